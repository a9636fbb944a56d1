"""A customer's risk profile: the version that counts on a day, what a version says, and how two of them differ."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.selectors.timeline import Change, changes_between, label_of
from accounts.services import audit
from common.templatetags.ui import money
from market.selectors.ratings import notch_name
from profiles.models import Customer
from risk.models import CompulsoryRequirement, RiskProfile, Tolerance

SAYS = (
    "currency",
    "appetite_one_loss",
    "appetite_year",
    "security_floor",
    "most_with_one_group",
    "indemnity_months",
    "strategy",
)
"""What a version says itself, in the order it is read."""
LISTED = ("tolerances", "compulsory")


def profile_on(customer: Customer, on: datetime.date) -> RiskProfile | None:
    """The version that counts on the day: the latest that is signed off and holds from that day or before. One query.

    None: the customer has agreed on nothing yet, and what a comparison needs of it is unknown.
    """
    signed_off = RiskProfile.objects.filter(customer=customer, signed_off_on__isnull=False, valid_from__lte=on)
    return signed_off.order_by("-valid_from").first()


def with_all(rows: QuerySet[RiskProfile]) -> QuerySet[RiskProfile]:
    """The versions with everything they say, for `Version.of`. Two queries beside that of the rows."""
    tolerances = Tolerance.objects.select_related("category").order_by("category__rank", "category__code")
    compulsory = CompulsoryRequirement.objects.select_related("class_of_business").order_by(
        "territory", "class_of_business__rank", "minimum"
    )
    return rows.select_related("customer", "signed_off_by", "agreed_with").prefetch_related(
        Prefetch("tolerances", tolerances), Prefetch("compulsory", compulsory)
    )


@dataclass(frozen=True)
class Version:
    """A version with its tolerances, category by category, and the compulsory covers it names."""

    profile: RiskProfile
    tolerances: tuple[Tolerance, ...]
    compulsory: tuple[CompulsoryRequirement, ...]

    @classmethod
    def of(cls, profile: RiskProfile) -> "Version":
        """Of a saved row; costs no query after `with_all`."""
        return cls(profile, tuple(profile.tolerances.all()), tuple(profile.compulsory.all()))

    @property
    def says_nothing(self) -> bool:
        """Whether nothing is agreed by it: it has only a day and a currency."""
        given = [getattr(self.profile, name) for name in SAYS if name != "currency"]
        return all(value in (None, "") for value in given) and not self.tolerances and not self.compulsory

    def said(self) -> dict[str, Any]:
        """What it says, ready for the record: the grade for the step, and a line of words for each thing listed."""
        values = {name: self._plain(name) for name in SAYS}
        values["security_floor"] = notch_name(self.profile.security_floor) or None
        return values | {
            "tolerances": [tolerance_in_words(row, self.profile.currency) for row in self.tolerances],
            "compulsory": [str(row) for row in self.compulsory],
        }

    def _plain(self, name: str) -> Any:
        """A field as the record keeps it; typed amounts with as many decimals as kept ones."""
        field: Any = self.profile._meta.get_field(name)
        value = getattr(self.profile, name)
        if isinstance(value, Decimal):
            return format(value.quantize(Decimal(1).scaleb(-field.decimal_places)), "f")
        return audit.plain(self.profile, field)


def tolerance_in_words(row: Tolerance, currency: str) -> str:
    """A tolerance on a line of its own: "Fire: level 8, HKD 1,000,000"."""
    figures = {"category": row.category, "level": row.level, "amount": money(row.amount, currency)}
    if row.amount is None:
        return _("%(category)s: level %(level)s") % figures
    if row.level is None:
        return _("%(category)s: %(amount)s") % figures
    return _("%(category)s: level %(level)s, %(amount)s") % figures


def differences(before: Version, after: Version) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs between two versions, as two dictionaries for the record; of lists only the lines that differ."""
    was, now = before.said(), after.said()
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for name in now:
        if was[name] == now[name]:
            continue
        old[name], new[name] = was[name], now[name]
        if name in LISTED:
            old[name] = [line for line in was[name] if line not in now[name]]
            new[name] = [line for line in now[name] if line not in was[name]]
    return old, new


def compared(before: Version, after: Version) -> list[Change]:
    """What differs between two versions, in words, in the order it is read."""
    return list(changes_between(RiskProfile, *differences(before, after)))


def copy_of(version: Version | None, customer: Customer, begins: datetime.date) -> RiskProfile:
    """An unsaved version that says what another says, from a day; without one, nothing, in the customer's currency."""
    row = RiskProfile(customer=customer, valid_from=begins, currency=customer.currency)
    if version is not None:
        for name in SAYS:
            setattr(row, name, getattr(version.profile, name))
    return row


# The versions of a customer


@dataclass(frozen=True)
class Listed:
    """A version among the others: the last day it counts (None: open), and what it changed. `changes` None: the first.

    `state` is DRAFT, NOW, COMING or OVER.
    """

    version: Version
    last_day: datetime.date | None
    state: str
    changes: list[Change] | None
    before: Version | None

    @property
    def profile(self) -> RiskProfile:
        return self.version.profile


def versions_of(customer: Customer, on: datetime.date) -> list[Listed]:
    """All versions of a customer, the latest first, the draft before those signed off. Three queries."""
    rows = with_all(RiskProfile.objects.filter(customer=customer))
    versions = sorted(map(Version.of, rows), key=lambda each: (each.profile.is_draft, each.profile.valid_from))
    return list(listed(versions, on))[::-1]


def listed(versions: Sequence[Version], on: datetime.date) -> Iterable[Listed]:
    """Versions in their order, the draft last, each beside the one before it."""
    signed_off = [each for each in versions if not each.profile.is_draft]
    begun = [each for each in signed_off if each.profile.valid_from <= on]
    for at, version in enumerate(versions):
        before = versions[at - 1] if at else None
        profile = version.profile
        following = None if profile.is_draft else next(iter(signed_off[at + 1 :]), None)
        if profile.is_draft:
            state = "DRAFT"
        elif profile.valid_from > on:
            state = "COMING"
        else:
            state = "NOW" if version is begun[-1] else "OVER"
        yield Listed(
            version=version,
            last_day=following.profile.valid_from - datetime.timedelta(days=1) if following else None,
            state=state,
            changes=compared(before, version) if before else None,
            before=before,
        )


# What is doubtful, and what is missing


def doubts(version: Version) -> list[str]:
    """What in a version hardly goes together, in sentences: to be looked at, not refused."""
    profile = version.profile
    found: list[str] = []
    most = profile.appetite_one_loss
    for row in version.tolerances:
        if most is not None and row.amount is not None and row.amount > most:
            found.append(
                _("%(category)s: %(amount)s is tolerated of one loss, more than the %(most)s it will bear of any loss.")
                % {
                    "category": row.category,
                    "amount": money(row.amount, profile.currency),
                    "most": money(most, profile.currency),
                }
            )
    found.extend(narrower_doubts(version))
    return found


def narrower_doubts(version: Version) -> Iterable[str]:
    """Sentences for a category that tolerates more than the one above it."""
    by_code = {row.category.code: row for row in version.tolerances}
    for row in version.tolerances:
        above = [by_code[code] for code in row.category.path[:-1] if code in by_code]
        if not above:
            continue
        wider = above[-1]
        if exceeds(row.amount, wider.amount) or exceeds(row.level, wider.level):
            yield (
                _("%(category)s tolerates more than %(wider)s, of which it is a part.")
                % {"category": row.category, "wider": wider.category}
            )


def exceeds(figure: Decimal | int | None, most: Decimal | int | None) -> bool:
    return figure is not None and most is not None and figure > most


def missing(version: Version) -> list[str]:
    """The figures that are not agreed, by their labels: comparisons that need them say that they are unknown."""
    figures = [name for name in SAYS if name not in ("currency", "strategy")]
    return [label_of(RiskProfile, name) for name in figures if getattr(version.profile, name) is None]
