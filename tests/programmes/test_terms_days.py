"""Whatever is endorsed, corrected, withdrawn, ended, resumed, cancelled and reinstated, every day reads as it should.

The product keeps ranges of days; the model here is as plain as can be: for each section a list that says for each day
which version holds and what it says. Both are told the same acts, refuse the same ones, and must read alike.
"""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.exceptions import WrongState
from programmes.models import Policy, Terms
from programmes.selectors.versions import sections_on
from programmes.services import breaks, policies, terms
from programmes.services.terms import Given
from tests.factories import PolicyFactory, SectionFactory, TermsFactory, UserFactory

FIRST = datetime.date(2026, 4, 1)
DAYS = 20
ACTS = ["endorse", "endorse", "correct", "withdraw", "end", "resume", "cancel", "reinstate", "reinstate"]

acts = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.integers(0, 1),
        st.integers(0, DAYS - 1),
        st.integers(1, 9).map(lambda millions: Decimal(millions * 1_000_000)),
    ),
    max_size=12,
)


class Refused(Exception):
    """The act makes no sense as things stand."""


class Days:
    """A section day by day: `held[day]` is the number of the version that holds, None where none does."""

    def __init__(self) -> None:
        self.limits = {0: Decimal(1)}
        self.held: list[int | None] = [0] * DAYS

    def first(self, version: int) -> int:
        return self.held.index(version)

    def last(self, version: int) -> int:
        return max(day for day in range(DAYS) if self.held[day] == version)

    def before(self, day: int) -> int | None:
        """The version that holds on the last day before with one."""
        return next((self.held[at] for at in range(day - 1, -1, -1) if self.held[at] is not None), None)

    def until_next(self, day: int) -> range:
        end = next((at for at in range(day + 1, DAYS) if self.held[at] not in (self.held[day], None)), DAYS)
        return range(day, end)

    def hold(self, days: range, version: int | None) -> None:
        for day in days:
            self.held[day] = version

    def make(self, limit: Decimal) -> int:
        self.limits[len(self.limits)] = limit
        return len(self.limits) - 1

    def endorse(self, day: int, limit: Decimal) -> None:
        version = self.held[day]
        if version is None:
            # Days without cover up to where the next version begins.
            self.hold(self.until_next(day), self.make(limit))
        elif self.first(version) == day:
            self.limits[version] = limit
        elif self.limits[version] != limit:
            self.hold(range(day, self.last(version) + 1), self.make(limit))

    def correct(self, day: int, limit: Decimal) -> None:
        if self.held[day] is None:
            raise Refused
        self.limits[self.held[day]] = limit

    def withdraw(self, day: int) -> None:
        version = self.held[day]
        if version is None or self.before(self.first(version)) is None:
            raise Refused
        first = self.first(version)
        self.hold(range(first, self.last(version) + 1), self.held[first - 1])

    def end(self, day: int) -> None:
        version = self.held[day]
        if version is None:
            raise Refused
        last = self.last(version)
        is_followed = last + 1 < DAYS and self.held[last + 1] is not None
        if is_followed or (self.first(version) == day and self.before(day) is None):
            raise Refused
        self.hold(range(day, last + 1), None)

    def resume(self, day: int) -> None:
        if self.held[day] is not None or self.before(day) is None:
            raise Refused
        days = self.until_next(day)
        version = self.held[day - 1]
        self.hold(days, self.make(self.limits[self.before(day)]) if version is None else version)

    def lapse(self, days: range) -> None:
        after = self.held[days.stop] if days.stop < DAYS else None
        if after is not None and days.start and self.held[days.start - 1] == after:
            self.hold(range(days.stop, self.last(after) + 1), self.make(self.limits[after]))
        self.hold(days, None)


class Book:
    """A policy of two sections, in the database and day by day, told the same acts."""

    def __init__(self, by, expiry) -> None:
        self.by = by
        self.policy = PolicyFactory(inception_date=FIRST, expiry_date=expiry, review_date=day(DAYS))
        self.sections = [SectionFactory(policy=self.policy) for _section in range(2)]
        for section in self.sections:
            TermsFactory(section=section, limit=Decimal(1))
        self.days = [Days(), Days()]
        self.cancelled: int | None = None

    def act(self, act: str, at: int, number: int, limit: Decimal) -> None:
        """Does the act in both; where one refuses it the other must too."""
        try:
            getattr(self, f"model_{act}")(at, number, limit)
        except Refused:
            with pytest.raises((WrongState, ValidationError)):
                getattr(self, act)(at, number, limit)
        else:
            getattr(self, act)(at, number, limit)

    # In the database

    def version(self, at, number):
        held = self.sections[at].versions.on(day(number)).first()
        if held is None:
            raise WrongState("nothing holds")
        return held

    def endorse(self, at, number, limit):
        terms.endorse(section=self.sections[at], from_day=day(number), given=Given(values={"limit": limit}), by=self.by)

    def correct(self, at, number, limit):
        held = self.version(at, number)
        terms.correct(terms=held, given=Given(values={"limit": limit}), by=self.by, version=held.version)

    def withdraw(self, at, number, limit):
        held = self.version(at, number)
        terms.withdraw(terms=held, by=self.by, version=held.version, reason="entered by mistake")

    def end(self, at, number, limit):
        breaks.end(section=self.sections[at], from_day=day(number), reason="sold", by=self.by)

    def resume(self, at, number, limit):
        breaks.resume(section=self.sections[at], from_day=day(number), reason="bought back", by=self.by)

    def cancel(self, at, number, limit):
        version = Policy.objects.get(pk=self.policy.pk).version
        policies.cancel(policy=self.policy, from_day=day(number), reason="sold", by=self.by, version=version)

    def reinstate(self, at, number, limit):
        policies.reinstate(
            policy=self.policy,
            from_day=None if number == 0 else day(number),
            reason="paid after all",
            by=self.by,
            version=Policy.objects.get(pk=self.policy.pk).version,
        )

    # Day by day

    def model_endorse(self, at, number, limit):
        self.days[at].endorse(number, limit)

    def model_correct(self, at, number, limit):
        self.days[at].correct(number, limit)

    def model_withdraw(self, at, number, limit):
        self.days[at].withdraw(number)

    def model_end(self, at, number, limit):
        self.days[at].end(number)

    def model_resume(self, at, number, limit):
        self.days[at].resume(number)

    def model_cancel(self, at, number, limit):
        if self.cancelled is not None:
            raise Refused
        self.cancelled = number

    def model_reinstate(self, at, number, limit):
        if self.cancelled is None or 0 < number < self.cancelled:
            raise Refused
        lapsed = range(self.cancelled, number)
        for section in self.days:
            if not any(held is not None for day, held in enumerate(section.held) if day not in lapsed):
                raise Refused
        if lapsed:
            for section in self.days:
                section.lapse(lapsed)
        self.cancelled = None

    # Both

    def limits(self, at: int, number: int) -> Decimal | None:
        """What the model says that a section pays on a day; None where it has no cover."""
        section = self.days[at]
        is_over = self.cancelled is not None and number >= self.cancelled
        version = section.held[number]
        return None if is_over or version is None else section.limits[version]

    def read_alike(self) -> None:
        for section, days in zip(self.sections, self.days):
            rows = list(section.versions.all())
            for number in range(DAYS):
                held = [row for row in rows if row.holds_on(day(number))]
                version = days.held[number]
                assert [row.limit for row in held] == ([] if version is None else [days.limits[version]])


def day(number):
    return FIRST + datetime.timedelta(days=number)


@pytest.fixture
def by(db):
    return UserFactory()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts, has_expiry=st.booleans())
def test_days_read_as_asked_without_overlap_or_hole_that_nobody_asked_for(by, acts, has_expiry):
    book = Book(by, day(DAYS - 1) if has_expiry else None)
    for act in acts:
        book.act(*act)
        book.read_alike()
    policy = Policy.objects.get(pk=book.policy.pk)
    for number in range(DAYS):
        expected = [book.limits(at, number) for at in (0, 1)]
        shown = {row.section.pk: row.terms and row.terms.limit for row in sections_on(policy, on=day(number))}
        assert [shown[section.pk] for section in book.sections] == expected
        in_force = Policy.objects.in_force(day(number)).filter(pk=policy.pk)
        counted = dict(
            Terms.objects.on(day(number)).filter(section__policy__in=in_force).values_list("section", "limit")
        )
        assert [counted.get(section.pk) for section in book.sections] == expected


def test_a_lapse_of_the_whole_cover_of_a_section_is_refused(by):
    book = Book(by, day(DAYS - 1))
    book.act("end", 0, 5, None)
    book.act("cancel", 0, 0, None)
    with pytest.raises(ValidationError, match="reinstate the policy without a lapse"):
        book.reinstate(0, 5, None)
    assert Policy.objects.get(pk=book.policy.pk).cancelled_from == day(0)
    book.read_alike()
