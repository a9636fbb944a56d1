"""How far claims have used an aggregate, on any day: held against plain Python, and by a broker's own examples."""

import datetime
from decimal import Decimal

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.models import CoverageTrigger
from programmes.selectors.erosion import erosion, remaining_aggregate
from tests.factories import (
    ClaimFactory,
    ClaimMovementFactory,
    CustomerFactory,
    PolicyFactory,
    SectionFactory,
    TermsFactory,
)

pytestmark = pytest.mark.django_db

D = datetime.date
TRIGGERS = ["", *CoverageTrigger.values]


def section_with(aggregate="10000000", *, trigger="", policy=None, **terms):
    policy = policy or PolicyFactory()
    section = SectionFactory(policy=policy)
    TermsFactory(
        section=section,
        aggregate_limit=None if aggregate is None else Decimal(aggregate),
        coverage_trigger=trigger,
        **terms,
    )
    return section


def claim_on(section, *figures, **days):
    """A claim with figures as triples of day, outstanding and paid in millions."""
    claim = ClaimFactory(section=section, **days)
    for stood_on, outstanding, paid in figures:
        ClaimMovementFactory(
            claim=claim, stood_on=stood_on, outstanding=Decimal(outstanding) * 10**6, paid=Decimal(paid) * 10**6
        )
    return claim


def test_paid_and_outstanding_come_off_the_aggregate_by_the_latest_figures():
    section = section_with()
    claim_on(section, (D(2026, 6, 1), 4, 0), (D(2026, 9, 1), 1, 4))
    for on, left in {D(2026, 5, 31): 10, D(2026, 6, 1): 6, D(2026, 8, 31): 6, D(2026, 9, 1): 5}.items():
        assert remaining_aggregate([section], on) == {section.pk: Decimal(left * 10**6)}, on
    row = erosion([section], D(2026, 11, 23))[section.pk]
    assert (row.used, row.share, row.claims, row.tone) == (5_000_000, Decimal("0.5"), 1, "warn")
    assert (row.first_day, row.last_day, row.currency) == (D(2026, 4, 1), D(2027, 3, 31), "HKD")


def test_what_is_used_beyond_the_limit_leaves_nothing_and_not_less():
    section = section_with()
    claim_on(section, (D(2026, 6, 1), 12, 0))
    row = erosion([section], D(2026, 6, 1))[section.pk]
    assert (row.remaining, row.share, row.tone) == (0, Decimal("1.2"), "bad")


def test_a_new_aggregate_begins_on_the_anniversary():
    policy = PolicyFactory(inception_date=D(2025, 4, 1), expiry_date=D(2027, 3, 31))
    section = section_with(policy=policy)
    claim_on(section, (D(2026, 3, 20), 3, 0), lost_on=D(2026, 3, 15))
    claim_on(section, (D(2026, 5, 1), 1, 0), lost_on=D(2026, 4, 1))
    assert remaining_aggregate([section], D(2026, 3, 31))[section.pk] == 7_000_000
    assert remaining_aggregate([section], D(2026, 4, 1))[section.pk] == 10_000_000
    assert remaining_aggregate([section], D(2026, 5, 1))[section.pk] == 9_000_000
    last_year = erosion([section], D(2026, 3, 31), known_on=D(2026, 11, 23))[section.pk]
    assert last_year.used == 3_000_000


def test_claims_made_cover_counts_by_the_day_the_claim_was_made():
    policy = PolicyFactory(inception_date=D(2025, 4, 1), expiry_date=D(2027, 3, 31))
    made = section_with(trigger=CoverageTrigger.CLAIMS_MADE, policy=policy)
    occurred = section_with(trigger=CoverageTrigger.LOSSES_OCCURRING, policy=policy)
    for section in (made, occurred):
        claim_on(section, (D(2026, 6, 1), 3, 0), lost_on=D(2025, 12, 1), made_on=D(2026, 5, 1))
    left = remaining_aggregate([made, occurred], D(2026, 6, 1))
    assert left == {made.pk: 7_000_000, occurred.pk: 10_000_000}


def test_a_claim_made_in_the_extended_reporting_period_counts_in_the_last_year():
    section = section_with(trigger=CoverageTrigger.CLAIMS_MADE, extended_reporting_months=12)
    claim_on(section, (D(2027, 6, 1), 3, 0), lost_on=D(2026, 12, 1), made_on=D(2027, 5, 15))
    row = erosion([section], D(2027, 3, 31), known_on=D(2027, 6, 1))[section.pk]
    assert row.used == 3_000_000


def test_a_section_without_an_aggregate_is_bounded_by_none():
    assert remaining_aggregate([section_with(None)], D(2026, 6, 1)) == {}
    assert remaining_aggregate([section_with()], D(2026, 3, 31)) == {}, "before its terms begin"
    assert remaining_aggregate([], D(2026, 6, 1)) == {}


def test_cover_without_end_has_an_aggregate_on_the_last_day_there_is():
    policy = PolicyFactory(expiry_date=None, review_date=D(2027, 4, 1))
    section = section_with(policy=policy)
    assert erosion([section], D.max)[section.pk].last_day == D.max


def test_many_sections_cost_one_query(django_assert_num_queries):
    sections = [section_with() for _ in range(12)]
    with django_assert_num_queries(1):
        assert len(erosion(sections, D(2026, 6, 1))) == 12


days = st.dates(D(2024, 1, 1), D(2028, 12, 31))
figures = st.lists(
    st.tuples(days, st.integers(0, 9), st.integers(0, 9)), max_size=3, unique_by=lambda movement: movement[0]
)
claims = st.lists(
    st.tuples(days, st.none() | st.integers(0, 500), figures), max_size=4
)  # the loss, days until the claim was made, movements
books = st.tuples(
    st.sampled_from([D(2024, 2, 29), D(2024, 3, 1), D(2025, 1, 1), D(2025, 7, 15)]),
    st.sampled_from([6, 12, 18, 36, 60]),
    st.none() | st.integers(0, 700),
    st.lists(
        st.tuples(st.sampled_from(TRIGGERS), st.none() | st.integers(1, 20), st.none() | st.integers(1, 900), claims),
        min_size=1,
        max_size=3,
    ),
)


def anniversary_before(inception, day):
    """The latest anniversary on or before the day, counted one by one from long before."""
    years = -5
    while inception + relativedelta(years=years + 1) <= day:
        years += 1
    return inception + relativedelta(years=years), inception + relativedelta(years=years + 1)


def left_of(row, on, known_on):
    """What is left of a section's aggregate by a slow reading of the rules; None where it has none on the day."""
    policy, versions = row.policy, sorted(row.versions.all(), key=lambda version: version.first_day)
    terms = next((version for version in versions if version.holds_on(on)), None)
    if terms is None or terms.aggregate_limit is None:
        return None
    begins, ends = anniversary_before(policy.inception_date, on)
    used = Decimal(0)
    for claim in row.claims.all():
        day = claim.lost_on
        if terms.coverage_trigger == "CLAIMS_MADE" and claim.made_on is not None:
            day = claim.made_on
        if policy.last_day_of_cover is not None:
            day = min(day, policy.last_day_of_cover)
        known = [movement for movement in claim.movements.all() if movement.stood_on <= known_on]
        if begins <= day < ends and known:
            latest = max(known, key=lambda movement: movement.stood_on)
            used += latest.outstanding + latest.paid
    return max(terms.aggregate_limit - used, Decimal(0))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(book=books, on=days, known_on=days)
def test_every_aggregate_is_as_plain_python_works_it_out(db, book, on, known_on):
    inception, months, cancelled_after, plans = book
    expiry = inception + relativedelta(months=months, days=-1)
    cancelled = None if cancelled_after is None else inception + datetime.timedelta(days=cancelled_after)
    policy = PolicyFactory(
        customer=CustomerFactory(),
        inception_date=inception,
        expiry_date=expiry,
        cancelled_from=cancelled if cancelled and cancelled <= expiry else None,
    )
    sections = []
    for trigger, millions, endorsed_after, made in plans:
        section = section_with(None if millions is None else millions * 10**6, trigger=trigger, policy=policy)
        if endorsed_after:
            first = section.versions.get()
            first.last_day = inception + datetime.timedelta(days=endorsed_after - 1)
            first.save()
            TermsFactory(
                section=section,
                first_day=inception + datetime.timedelta(days=endorsed_after),
                aggregate_limit=Decimal(7_000_000),
                coverage_trigger=TRIGGERS[endorsed_after % 3],
            )
        for lost_on, until_made, moved in made:
            made_on = None if until_made is None else lost_on + datetime.timedelta(days=until_made)
            claim_on(section, *moved, lost_on=lost_on, made_on=made_on)
        sections.append(section)
    expected = {section.pk: left_of(section, on, known_on) for section in sections}
    found = erosion(sections, on, known_on=known_on)
    assert {key: row.remaining for key, row in found.items()} == {
        key: left for key, left in expected.items() if left is not None
    }
    if known_on == on:
        assert remaining_aggregate(sections, on) == {key: row.remaining for key, row in found.items()}
