"""Random programmes, registers and strategies, judged by the SQL and by the oracle: no difference."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.selectors.adequacy import adequacy_of
from tests.programmes.adequacy.building import Built
from tests.programmes.adequacy.drawing import DAY, PLACES, books, worlds
from tests.programmes.adequacy.judging import OF_COVER, customer_findings, verdict
from tests.programmes.adequacy.oracle import half_up

ALL_CODES = {
    *("UNINSURED", "EXCLUDED", "LIMIT_SHORTFALL", "TOWER_GAP", "SHARE_UNPLACED", "SHARE_OVERPLACED"),
    *("DOUBLE_INSURANCE", "RETENTION_EXCEEDED", "INDEMNITY_PERIOD_SHORT", "AVERAGE_APPLIES", "AGGREGATE_ERODED"),
    *("SECURITY_BELOW_FLOOR", "CONCENTRATION_EXCEEDED", "COVER_ENDS", "LEVEL_ABOVE_TOLERANCE", "STRATEGY_MISMATCH"),
    *("UNKNOWN", "COMPULSORY_MISSING", "APPETITE_EXCEEDED"),
}
ALL_STATUSES = {
    *("UNINSURED", "EXCLUDED", "SHORTFALL", "UNKNOWN", "MISMATCH", "WATCH", "RETAINED_AS_PLANNED", "ADEQUATE"),
}

FIGURES = {
    "LIMIT_SHORTFALL": {"short": "short"},
    "TOWER_GAP": {"gap": "gap"},
    "SHARE_UNPLACED": {"unplaced": "amount"},
    "SHARE_OVERPLACED": {"overplaced": "amount"},
    "DOUBLE_INSURANCE": {"overplaced": "amount"},
    "RETENTION_EXCEEDED": {"retained": "retained", "most": "most"},
    "INDEMNITY_PERIOD_SHORT": {"months": "months", "needed": "needed"},
}

programmes = st.one_of(books(), books(), worlds())


def said_of(world, risks):
    """Codes and statuses that the oracle finds."""
    verdicts = [found for risk in risks if (found := verdict(world, risk)) is not None]
    codes = {code for found in verdicts for code in found.findings} | set(customer_findings(world, risks))
    return codes | {found.status for found in verdicts}


def figures_of(found):
    """The figures that must agree, by the oracle's names."""
    names = FIGURES.get(found.code, {})
    return {ours: Decimal(str(found.facts[theirs])) for ours, theirs in names.items()}


def compare(world, risks):
    """Judges the world by both and says where they differ."""
    with transaction.atomic():
        built = Built(world, risks)
        judged = adequacy_of(built.customers["us"].pk, on=DAY)
        by_risk = {row.risk.pk: row for row in judged.risks}
        for risk, row in zip(risks, built.risks, strict=True):
            expected, got = verdict(world, risk), by_risk.get(row.pk)
            assert (expected is None) == (got is None), risk
            if expected is not None:
                compare_risk(risk, expected, got)
        expected = customer_findings(world, risks)
        assert {found.code for found in judged.findings} == set(expected)
        for found in judged.findings:
            if found.code == "APPETITE_EXCEEDED":
                assert Decimal(found.facts["year"]) == half_up(
                    expected[found.code]["cost"], PLACES.get(world.currency, 2)
                )
        cases = {found.facts["case"] for found in judged.findings if found.code == "COMPULSORY_MISSING"}
        assert cases == expected.get("COMPULSORY_MISSING", set())
        transaction.set_rollback(True)


def compare_risk(risk, expected, got):
    sums = expected.sums
    assert (got.maximum_loss, got.insured, got.retained_amount) == (sums.maximum_loss, sums.insured, sums.retained), (
        risk
    )
    assert {found.code for found in got.findings} == set(expected.findings), risk
    assert got.status == expected.status, risk
    for found in got.findings:
        assert figures_of(found) == expected.findings[found.code], (risk, found.code)
        if found.code == "UNKNOWN":
            compare_missing({row["figure"] for row in found.facts["missing"]}, expected)


def compare_missing(missing, expected):
    """Figures of the risk exactly. Of sections those that matter, which are some of all that is not known of them."""
    if "exchange_rate" in expected.risk_missing:
        # What a missing rate makes unknown may be named beside the rate, or in its place.
        beside = {"maximum_loss", "values", "most_to_bear"}
        assert missing - OF_COVER - beside == expected.risk_missing - OF_COVER - beside
        assert missing & {*beside, "exchange_rate"}
        return
    assert missing >= expected.risk_missing
    assert missing - expected.risk_missing <= expected.cover_missing
    assert bool(missing & OF_COVER) == bool(expected.cover_missing | expected.risk_missing & OF_COVER)


QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=40, derandomize=True, **QUIET)
@given(programmes)
def test_the_sql_finds_what_the_oracle_finds(db, drawn):
    compare(*drawn)


@pytest.mark.slow
@settings(max_examples=2000, **QUIET)
@given(programmes)
def test_no_other_finding_in_two_thousand_programmes(db, drawn):
    compare(*drawn)
