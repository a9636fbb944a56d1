"""What the agencies say of insurers as at a day, on one common scale, and how it moved.

Where agencies differ, the worst current grade counts (docs/adr/0010-security-of-an-insurer.md): a floor is a promise
to the customer that no agency doubts. A rating that was withdrawn does not count; without any grade it is unknown.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.db import connection, models
from django.db.models import DateField, Func, IntegerField, QuerySet, Value
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from common.ui.charts import lines
from market.models import InsurerRating, Outlook, RatingAgency, RatingGrade
from market.models.ratings import NOTCHES

COMMON_SCALE = (
    *("AAA", "AA+", "AA", "AA-", "A+", "A", "A-", "BBB+", "BBB", "BBB-", "BB+"),
    *("BB", "BB-", "B+", "B", "B-", "CCC+", "CCC", "CCC-", "CC", "C", "D"),
)
"""What each step of the common scale is called, the best first: as S&P and Fitch write it."""
AGENCIES = tuple(RatingAgency.values)
BEST_KNOWN_FIRST = (RatingAgency.SP, RatingAgency.AM_BEST, RatingAgency.MOODYS, RatingAgency.FITCH)


class SecurityNotch(Func):
    """The worst current grade of an insurer on a day as a step of the common scale; null: unrated.

    `SecurityNotch("insurer", on=day)` in any annotation; the database function says the same in raw statements.
    """

    function = "market_security_notch"
    output_field = IntegerField(null=True)

    def __init__(self, insurer: str, *, on: datetime.date) -> None:
        super().__init__(insurer, Value(on, output_field=DateField()))


def security_notch(insurer: UUID, on: datetime.date) -> int | None:
    """The worst current grade of the insurer on the day as a step of the common scale, 1 the best. None: unrated.

    DESIGN section 5, SECURITY_BELOW_FLOOR: an insurer is below a floor where this is above the floor's step.
    """
    with connection.cursor() as cursor:
        cursor.execute("select market_security_notch(%s, %s)", [insurer, on])
        notch: int | None = cursor.fetchone()[0]
        return notch


def notch_name(notch: int | None) -> str:
    """What a step of the common scale is called: 7 is A-. Empty for None."""
    return COMMON_SCALE[notch - 1] if notch else ""


def floors() -> list[tuple[str, str]]:
    """Steps to choose a floor from, from AA- to BB-, as pairs of the step and its name."""
    return [(str(notch), _("At least %(grade)s") % {"grade": notch_name(notch)}) for notch in range(4, 14)]


def grades_at_floor(notch: int | None) -> str:
    """The lowest grade of each agency that meets a floor: 7 is "A- (S&P), A- (AM Best)" and so on. One query.

    Empty for None. An agency whose grades all lie below the floor is left out.
    """
    if notch is None:
        return ""
    lowest: dict[str, RatingGrade] = {}
    for grade in RatingGrade.objects.filter(notch__lte=notch).order_by("rank"):
        lowest[grade.agency] = grade
    return ", ".join(
        _("%(grade)s (%(agency)s)") % {"grade": lowest[agency].grade, "agency": RatingAgency(agency).label}
        for agency in BEST_KNOWN_FIRST
        if agency in lowest
    )


def latest_ratings(on: datetime.date) -> QuerySet[InsurerRating]:
    """The latest row of each insurer and agency on or before the day, withdrawals included, with its grade."""
    return (
        InsurerRating.objects.filter(rated_on__lte=on)
        .order_by("insurer", "agency", "-rated_on")
        .distinct("insurer", "agency")
        .select_related("grade")
    )


def ratings_as_at(insurers: Iterable[UUID], on: datetime.date) -> dict[UUID, list[InsurerRating]]:
    """What each of the insurers is rated on the day, by agency in their usual order. One query.

    An agency that withdrew its rating is left out, and so is an insurer that nobody rates.
    """
    found: dict[UUID, list[InsurerRating]] = defaultdict(list)
    for rating in latest_ratings(on).filter(insurer__in=insurers):
        if rating.grade is not None:
            found[rating.insurer_id].append(rating)
    for ratings in found.values():
        ratings.sort(key=lambda rating: AGENCIES.index(rating.agency))
    return dict(found)


@dataclass(frozen=True)
class Security:
    """What an insurer's ratings come to: the worst grade, and whether an outlook looks down."""

    ratings: tuple[InsurerRating, ...]

    @cached_property
    def worst(self) -> InsurerRating | None:
        """The rating that counts; of several level ones that with the worse outlook. None: unrated."""
        graded = [(rating.grade.notch, is_watched(rating), rating) for rating in self.ratings if rating.grade]
        return max(graded, key=lambda each: each[:2], default=(0, False, None))[2]

    @property
    def notch(self) -> int | None:
        return self.worst.grade.notch if self.worst and self.worst.grade else None

    @property
    def name(self) -> str:
        """The step of the common scale in letters."""
        return notch_name(self.notch)

    @property
    def looks_down(self) -> bool:
        """Whether an agency whose grade counts as the worst has a negative outlook or the grade under review."""
        return self.worst is not None and is_watched(self.worst)


def is_watched(rating: InsurerRating) -> bool:
    """Whether the agency says that its grade may well fall."""
    return rating.outlook in {Outlook.NEGATIVE, Outlook.UNDER_REVIEW}


def securities(insurers: Iterable[UUID], on: datetime.date) -> dict[UUID, Security]:
    """The security of each of the insurers that somebody rates. One query."""
    return {pk: Security(tuple(ratings)) for pk, ratings in ratings_as_at(insurers, on).items()}


@dataclass(frozen=True)
class RatingChange:
    """A row of an insurer's history. `steps` above 0: so many steps of the common scale better than before."""

    rating: InsurerRating
    before: InsurerRating | None

    @property
    def steps(self) -> int | None:
        if self.before is None or self.before.grade is None or self.rating.grade is None:
            return None
        return self.before.grade.notch - self.rating.grade.notch

    @property
    def words(self) -> str:
        """What happened in a word or two."""
        if self.rating.grade is None:
            return _("withdrawn")
        if self.before is None:
            return _("first rating here")
        if self.before.grade is None:
            return _("rated again")
        if self.steps:
            return _("upgraded") if self.steps > 0 else _("downgraded")
        return _("outlook changed") if self.before.outlook != self.rating.outlook else _("affirmed")

    @property
    def tone(self) -> str:
        if self.rating.grade is None:
            return "warn"
        return "" if not self.steps else "ok" if self.steps > 0 else "bad"


@dataclass(frozen=True)
class RatingHistory:
    """All that agencies ever said of an insurer."""

    rows: tuple[InsurerRating, ...]

    @cached_property
    def by_agency(self) -> dict[str, list[InsurerRating]]:
        """The rows of each agency, the earliest first, agencies in their usual order."""
        found: dict[str, list[InsurerRating]] = {agency: [] for agency in AGENCIES}
        for row in sorted(self.rows, key=lambda row: row.rated_on):
            found[row.agency].append(row)
        return {agency: rows for agency, rows in found.items() if rows}

    def on(self, day: datetime.date) -> list[InsurerRating]:
        """The latest of each agency on or before the day, withdrawals included."""
        latest = [[row for row in rows if row.rated_on <= day] for rows in self.by_agency.values()]
        return [rows[-1] for rows in latest if rows]

    def security(self, day: datetime.date) -> Security:
        return Security(tuple(row for row in self.on(day) if row.grade is not None))

    @property
    def changes(self) -> list[RatingChange]:
        """Each row beside the one of the same agency before it, the latest first."""
        found = [
            RatingChange(row, before)
            for rows in self.by_agency.values()
            for before, row in pairwise([None, *rows])
            if row is not None
        ]
        return sorted(found, key=lambda change: (change.rating.rated_on, change.rating.agency), reverse=True)

    def picture(self, on: datetime.date) -> lines.Picture | None:
        """The step of the common scale over time, a line of steps for each agency. None without a grade."""
        series = [self._line(agency, rows, on) for agency, rows in self.by_agency.items()]
        series = [line for line in series if any(value is not None for _day, value in line.points)]
        if not series:
            return None
        return lines.picture(
            series,
            label=_("Grades on the common scale over time"),
            axis=lines.Axis(
                worded=lambda notch: notch_name(round(notch)), is_best_below=True, step=1, bounds=(1, NOTCHES)
            ),
            last_day=on,
        )

    def _line(self, agency: str, rows: list[InsurerRating], on: datetime.date) -> lines.Line:
        known = [row for row in rows if row.rated_on <= on]
        return lines.Line(
            name=str(RatingAgency(agency).label),
            points=tuple((row.rated_on, row.grade.notch if row.grade else None) for row in known),
            words=tuple(
                f"{row.grade.grade}{', ' + str(row.get_outlook_display()) if row.outlook else ''}"
                if row.grade
                else _("withdrawn")
                for row in known
            ),
            last_words=known[-1].grade.grade if known and known[-1].grade else "",
            is_stepped=True,
        )


def history_of(insurer: models.Model) -> RatingHistory:
    """All ratings of an insurer. One query."""
    return RatingHistory(tuple(InsurerRating.objects.filter(insurer=insurer.pk).select_related("grade")))


def grades_by_agency() -> list[tuple[str, list[tuple[str, str]]]]:
    """Grades to choose from, in groups by agency, the best first."""
    found: dict[str, list[tuple[str, str]]] = {agency: [] for agency in AGENCIES}
    for grade in RatingGrade.objects.order_by("rank"):
        found[grade.agency].append((str(grade.pk), grade.grade))
    return [(str(RatingAgency(agency).label), grades) for agency, grades in found.items()]
