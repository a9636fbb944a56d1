"""Whatever is endorsed, corrected and withdrawn, every day of a policy has one version, and reads as it should."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from programmes.services import terms
from programmes.services.terms import Given
from tests.factories import PolicyFactory, SectionFactory, TermsFactory, UserFactory

FIRST = datetime.date(2026, 4, 1)
DAYS = 20

acts = st.lists(
    st.tuples(
        st.sampled_from(["endorse", "endorse", "correct", "withdraw"]),
        st.integers(0, DAYS - 1),
        st.integers(1, 9).map(lambda millions: Decimal(millions * 1_000_000)),
    ),
    max_size=8,
)


def day(number):
    return FIRST + datetime.timedelta(days=number)


@pytest.fixture
def by(db):
    return UserFactory()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts)
def test_days_read_as_endorsed_without_overlap_or_hole(by, acts):
    policy = PolicyFactory(inception_date=FIRST, expiry_date=day(DAYS - 1))
    section = SectionFactory(policy=policy)
    TermsFactory(section=section, limit=Decimal(1))
    expected = dict.fromkeys(range(DAYS), Decimal(1))
    begins = {0}

    for act, number, limit in acts:
        start = max(begun for begun in begins if begun <= number)
        end = min((begun for begun in begins if begun > number), default=DAYS)
        if act == "endorse":
            before = expected[number]
            terms.endorse(section=section, from_day=day(number), given=Given(values={"limit": limit}), by=by)
            if before != limit:
                begins.add(number)
                expected |= dict.fromkeys(range(number, end), limit)
        elif act == "correct":
            held = section.versions.get(first_day=day(start))
            terms.correct(terms=held, given=Given(values={"limit": limit}), by=by, version=held.version)
            expected |= dict.fromkeys(range(start, end), limit)
        elif start > 0:
            held = section.versions.get(first_day=day(start))
            terms.withdraw(terms=held, by=by, version=held.version, reason="entered by mistake")
            begins.remove(start)
            expected |= dict.fromkeys(range(start, end), expected[start - 1])

        versions = list(section.versions.all())
        assert {(row.first_day - FIRST).days for row in versions} == begins
        for at in range(DAYS):
            [held] = [row for row in versions if row.holds_on(day(at))]
            assert held.limit == expected[at]
