"""What is done with claims: recorded, changed, figures given and corrected, closed, opened again; and refusals."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from common.exceptions import StaleVersion, WrongState
from programmes.models import Claim, ClaimMovement, CoverageTrigger
from programmes.services import claims
from tests.factories import (
    TODAY,
    ClaimFactory,
    ClaimMovementFactory,
    LocationFactory,
    PolicyFactory,
    SectionFactory,
    TermsFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

D = datetime.date
LOSS = D(2026, 5, 15)


@pytest.fixture
def by(db):
    return UserFactory()


@pytest.fixture
def section():
    return TermsFactory().section


def claims_made(**terms):
    return TermsFactory(coverage_trigger=CoverageTrigger.CLAIMS_MADE, **terms).section


def new_claim(section, **fields):
    return Claim(section=section, **{"reference": "CL-1", "lost_on": LOSS} | fields)


def figures(claim, stood_on, outstanding=0, paid=0):
    return ClaimMovement(claim=claim, stood_on=stood_on, outstanding=Decimal(outstanding), paid=Decimal(paid))


def refused(act):
    with pytest.raises(ValidationError) as error:
        act()
    return list(error.value.message_dict)


def test_a_claim_is_recorded_with_its_first_figures(by, section):
    claim = claims.add(claim=new_claim(section), figures=figures(None, D(2026, 6, 1), 400_000), by=by, on=TODAY)
    assert claim.customer == section.customer
    assert [(row.stood_on, row.outstanding, row.paid) for row in claim.movements.all()] == [(D(2026, 6, 1), 400_000, 0)]
    entries = AuditEntry.objects.filter(customer_id=claim.customer_id)
    assert set(entries.values_list("action", flat=True)) == {"claim.added", "claim_movement.added"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"lost_on": D(2026, 11, 24)}, "lost_on"),
        ({"made_on": D(2026, 5, 14)}, "made_on"),
        ({"notified_on": D(2026, 5, 14)}, "notified_on"),
        ({"notified_on": D(2026, 11, 24)}, "notified_on"),
        ({"lost_on": D(2026, 3, 31)}, "lost_on"),
    ],
)
def test_days_that_cannot_be_are_named_and_nothing_is_saved(by, section, fields, field):
    assert refused(lambda: claims.add(claim=new_claim(section, **fields), by=by, on=TODAY)) == [field]
    assert not Claim.objects.exists()
    assert not AuditEntry.objects.exists()


def test_figures_that_are_wrong_take_the_claim_back_with_them(by, section):
    act = lambda: claims.add(claim=new_claim(section), figures=figures(None, D(2026, 5, 1), 1), by=by, on=TODAY)  # noqa: E731
    assert refused(act) == ["stood_on"]
    assert not Claim.objects.exists()


def test_a_policy_not_bound_or_already_cancelled_covers_nothing(by):
    not_bound = TermsFactory(section__policy=PolicyFactory(bound_on=None)).section
    assert refused(lambda: claims.add(claim=new_claim(not_bound), by=by, on=TODAY)) == ["section"]
    cancelled = TermsFactory(section__policy=PolicyFactory(cancelled_from=LOSS)).section
    assert refused(lambda: claims.add(claim=new_claim(cancelled), by=by, on=TODAY)) == ["lost_on"]
    claims.add(claim=new_claim(cancelled, lost_on=LOSS - datetime.timedelta(days=1)), by=by, on=TODAY)
    assert refused(lambda: claims.add(claim=new_claim(SectionFactory()), by=by, on=TODAY)) == ["section"]


class TestClaimsMade:
    """Cover for claims made in the period, for losses that may lie before it."""

    def test_the_day_the_claim_was_made_must_be_given_and_lie_in_the_period(self, by):
        section = claims_made()
        assert refused(lambda: claims.add(claim=new_claim(section), by=by, on=TODAY)) == ["made_on"]
        early = new_claim(section, lost_on=D(2025, 1, 1), made_on=D(2026, 3, 31))
        assert refused(lambda: claims.add(claim=early, by=by, on=TODAY)) == ["made_on"]
        claims.add(claim=new_claim(section, lost_on=D(2025, 1, 1), made_on=D(2026, 4, 1)), by=by, on=TODAY)

    def test_a_loss_before_the_retroactive_date_is_not_covered(self, by):
        section = claims_made(retroactive_date=D(2024, 1, 1))
        before = new_claim(section, lost_on=D(2023, 12, 31), made_on=LOSS)
        assert refused(lambda: claims.add(claim=before, by=by, on=TODAY)) == ["lost_on"]
        claims.add(claim=new_claim(section, lost_on=D(2024, 1, 1), made_on=LOSS), by=by, on=TODAY)

    def test_the_extended_reporting_period_is_for_losses_before_its_begin(self, by):
        policy = PolicyFactory(inception_date=D(2025, 4, 1), expiry_date=D(2026, 3, 31))
        section = claims_made(section__policy=policy, extended_reporting_months=2)
        late = {"made_on": D(2026, 5, 31)}
        claims.add(claim=new_claim(section, lost_on=D(2026, 3, 1), **late), by=by, on=TODAY)
        after = new_claim(section, reference="CL-2", lost_on=D(2026, 4, 1), **late)
        assert refused(lambda: claims.add(claim=after, by=by, on=TODAY)) == ["lost_on"]
        too_late = new_claim(section, reference="CL-2", lost_on=D(2026, 3, 1), made_on=D(2026, 6, 1))
        assert refused(lambda: claims.add(claim=too_late, by=by, on=TODAY)) == ["made_on"]

    def test_a_section_that_turned_to_claims_made_still_answers_earlier_losses(self, by, section):
        first = section.versions.get()
        first.last_day = D(2026, 6, 30)
        first.save()
        TermsFactory(section=section, first_day=D(2026, 7, 1), coverage_trigger=CoverageTrigger.CLAIMS_MADE)
        claims.add(claim=new_claim(section, made_on=D(2026, 8, 1)), by=by, on=TODAY)
        later = new_claim(section, reference="CL-2", lost_on=D(2026, 8, 1))
        assert refused(lambda: claims.add(claim=later, by=by, on=TODAY)) == ["made_on"]


def test_a_location_or_reference_that_is_not_its_own_is_refused(by, section):
    elsewhere = new_claim(section, location=LocationFactory())
    assert refused(lambda: claims.add(claim=elsewhere, by=by, on=TODAY)) == ["location"]
    claims.add(claim=new_claim(section), by=by, on=TODAY)
    assert refused(lambda: claims.add(claim=new_claim(section), by=by, on=TODAY)) == ["reference"]


# Figures


@pytest.fixture
def claim(section):
    return ClaimFactory(section=section)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ((D(2026, 11, 24), 1), "stood_on"),
        ((D(2026, 5, 14), 1), "stood_on"),
        ((D(2026, 6, 30), 1), "stood_on"),
        ((D(2026, 7, 1), -1), "outstanding"),
        ((D(2026, 7, 1), 0, -1), "paid"),
    ],
)
def test_figures_that_cannot_be_are_named(by, claim, given, field):
    ClaimMovementFactory(claim=claim)
    assert refused(lambda: claims.give_figures(figures=figures(claim, *given), by=by, on=TODAY)) == [field]
    assert claim.movements.count() == 1


def test_a_currency_without_a_smaller_unit_takes_whole_amounts(by):
    section = TermsFactory(section__policy__currency="JPY").section
    given = figures(ClaimFactory(section=section), D(2026, 7, 1), "100.5")
    assert refused(lambda: claims.give_figures(figures=given, by=by, on=TODAY)) == ["outstanding"]


def test_a_correction_changes_the_day_and_amounts_in_place(by, claim):
    row = ClaimMovementFactory(claim=claim)
    row.stood_on, row.paid = D(2026, 7, 1), Decimal(250_000)
    claims.correct_figures(figures=row, by=by, version=1, on=TODAY)
    assert ClaimMovement.objects.get().paid == 250_000
    with pytest.raises(StaleVersion):
        claims.correct_figures(figures=row, by=by, version=1, on=TODAY)


def test_figures_of_another_claim_are_taken_away_with_a_reason(by, claim):
    row = ClaimMovementFactory(claim=claim)
    assert refused(lambda: claims.remove_figures(figures=row, reason=" ", by=by, version=1)) == ["reason"]
    claims.remove_figures(figures=row, reason="Those of CL-9", by=by, version=1)
    assert not claim.movements.exists()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.note, entry.before["outstanding"]) == (
        "claim_movement.removed",
        "Those of CL-9",
        "400000.00",
    )


# Closed and open


def test_closing_says_what_was_paid_in_all_with_nothing_outstanding(by, claim):
    ClaimMovementFactory(claim=claim)
    claims.close(claim=claim, closed_on=D(2026, 9, 1), paid=Decimal(450_000), by=by, version=1, on=TODAY)
    claim.refresh_from_db()
    last = claim.movements.get(stood_on=D(2026, 9, 1))
    assert (claim.closed_on, last.outstanding, last.paid) == (D(2026, 9, 1), 0, 450_000)
    with pytest.raises(WrongState, match="closed already"):
        claims.close(claim=claim, closed_on=D(2026, 9, 2), paid=Decimal(1), by=by, version=2, on=TODAY)


def test_closing_on_the_day_of_the_latest_figures_corrects_those(by, claim):
    ClaimMovementFactory(claim=claim)
    claims.close(claim=claim, closed_on=D(2026, 6, 30), paid=Decimal(450_000), by=by, version=1, on=TODAY)
    row = claim.movements.get()
    assert (row.outstanding, row.paid) == (0, 450_000)


def test_closing_changes_no_figures_that_say_so_already(by, claim):
    ClaimMovementFactory(claim=claim, outstanding=0, paid=Decimal(7))
    claims.close(claim=claim, closed_on=D(2026, 9, 1), paid=Decimal(7), by=by, version=1, on=TODAY)
    assert claim.movements.count() == 1


@pytest.mark.parametrize("day", [D(2026, 11, 24), D(2026, 5, 14), D(2026, 6, 29)])
def test_a_claim_is_not_closed_in_future_before_its_loss_or_before_its_figures(by, claim, day):
    ClaimMovementFactory(claim=claim)
    act = lambda: claims.close(claim=claim, closed_on=day, paid=Decimal(1), by=by, version=1, on=TODAY)  # noqa: E731
    assert refused(act) == ["closed_on"]
    assert claim.movements.get().outstanding == 400_000


def test_a_closed_claim_has_nothing_outstanding_until_it_is_reopened(by, claim):
    claims.close(claim=claim, closed_on=D(2026, 9, 1), paid=Decimal(5), by=by, version=1, on=TODAY)
    more = figures(claim, D(2026, 10, 1), 10, 5)
    assert refused(lambda: claims.give_figures(figures=more, by=by, on=TODAY)) == ["outstanding"]
    claims.give_figures(figures=figures(claim, D(2026, 8, 1), 5), by=by, on=TODAY)  # as it stood before
    settled = claim.movements.get(stood_on=D(2026, 9, 1))
    act = lambda: claims.remove_figures(figures=settled, reason="Wrong", by=by, version=1)  # noqa: E731
    assert refused(act) == ["reason"]
    settled.stood_on = D(2026, 7, 1)
    assert refused(lambda: claims.correct_figures(figures=settled, by=by, version=1, on=TODAY)) == ["stood_on"]
    assert refused(lambda: claims.reopen(claim=claim, reason="", by=by, version=2)) == ["reason"]
    claims.reopen(claim=claim, reason="The customer appeals", by=by, version=2)
    claims.give_figures(figures=more, by=by, on=TODAY)
    with pytest.raises(WrongState, match="open already"):
        claims.reopen(claim=claim, reason="Again", by=by, version=3)


# Changed


def test_words_are_changed_though_the_cover_reads_otherwise_by_now(by, claim):
    section = claim.section
    section.versions.all().delete()
    claim.description = "Water in the lift pit"
    claims.change(claim=claim, by=by, version=1, on=TODAY)
    claim.lost_on = D(2026, 5, 16)
    assert refused(lambda: claims.change(claim=claim, by=by, version=2, on=TODAY)) == ["section"]


def test_a_loss_is_not_moved_behind_its_figures_nor_to_another_currency(by, claim):
    ClaimMovementFactory(claim=claim)
    claim.lost_on = D(2026, 7, 1)
    assert refused(lambda: claims.change(claim=claim, by=by, version=1, on=TODAY)) == ["lost_on"]
    claim.lost_on = LOSS
    other = TermsFactory(section__policy=PolicyFactory(customer=claim.customer, currency="USD")).section
    claim.section = other
    assert refused(lambda: claims.change(claim=claim, by=by, version=1, on=TODAY)) == ["section"]
    claim.section = TermsFactory().section
    assert "section" in refused(lambda: claims.change(claim=claim, by=by, version=1, on=TODAY))
