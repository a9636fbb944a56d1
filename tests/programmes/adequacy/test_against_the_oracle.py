"""Random programmes, worked out by the SQL and by the oracle: no difference."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from risk import models as risk_models
from tests.programmes.adequacy.building import Built, sums_of
from tests.programmes.adequacy.drawing import DAY, worlds
from tests.programmes.adequacy.oracle import LOSS_KINDS, judge


def compare(world, risks):
    with transaction.atomic():
        built = Built(world, risks)
        found = sums_of(built.customers["us"].pk, on=DAY)
        names = {row.pk: key for key, row in built.sections.items()}
        for risk, row in zip(risks, built.risks, strict=True):
            if risk.closed_on is not None and risk.closed_on <= world.day:
                assert row.pk not in found
                continue
            expected, got = judge(world, risk), found[row.pk]
            assert (got["loss"], got["insured"], got["retained"]) == (
                expected.maximum_loss,
                expected.insured,
                expected.retained,
            ), risk
            if expected.maximum_loss is None:
                continue
            steps = {names[key]: step for key, step in got["steps"].items()}
            assert steps.keys() == expected.steps.keys()
            for key, step in expected.steps.items():
                mine = steps[key]
                assert mine["recovery"] == step.recovery, (risk, key)
                assert mine["start"] == step.start, (risk, key)
                assert mine["is_endless"] == step.is_endless or (mine["is_endless"] is None and step.room is None)
                assert step.is_endless or mine["room"] == step.room, (risk, key)
                assert mine["average"] == step.average, (risk, key)
                assert (mine["share"] is None) == (step.share is None)
                assert step.share is None or abs(mine["share"] - step.share) < Decimal("1e-9")
        transaction.set_rollback(True)


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=st.data())
def test_the_sql_gives_what_the_oracle_gives(db, drawn):
    compare(*drawn.draw(worlds()))


@pytest.mark.slow
@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=st.data())
def test_no_difference_in_two_thousand_programmes(db, drawn):
    compare(*drawn.draw(worlds()))


def test_the_kinds_of_loss_are_those_of_the_product():
    assert {str(kind) for kind in risk_models.LOSS_KINDS} == LOSS_KINDS
