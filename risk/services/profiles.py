"""What is done with a customer's risk profile: a version drafted, changed, withdrawn, and signed off for good."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import action
from accounts.models import User
from accounts.services import audit, recording
from common.exceptions import WrongState
from common.money import round_money
from common.templatetags.ui import day_text
from profiles.models import Contact, Customer
from risk.models import CompulsoryRequirement, RiskProfile, Tolerance
from risk.selectors.profiles import Version, differences, with_all

DRAFTED = action("risk_profile.drafted", gettext_lazy("drafted the risk profile"))
CHANGED = action("risk_profile.changed", gettext_lazy("changed the draft of the risk profile"))
WITHDRAWN = action("risk_profile.withdrawn", gettext_lazy("withdrew the draft of the risk profile"))
SIGNED_OFF = action("risk_profile.signed_off", gettext_lazy("signed off the risk profile"))

MOST_MONTHS = 60
"""No business is given longer than this to be as it was; a longer figure is a slip of the keys."""
FAR_AWAY = datetime.timedelta(days=20 * 366)
"""A version that begins further from today was given another day by a slip of the keys."""


@transaction.atomic
def draft(
    *,
    profile: RiskProfile,
    tolerances: Iterable[Tolerance],
    compulsory: Iterable[CompulsoryRequirement],
    by: User,
    on: datetime.date,
) -> RiskProfile:
    """Adds a version that is not signed off. Raises ValidationError with the fields named, WrongState beside a draft.

    Amounts are in the profile's currency. `on` is today.
    """
    customer = Customer.locked(profile.customer_id)
    if RiskProfile.objects.filter(customer=customer, signed_off_on=None).exists():
        raise WrongState(_("There is a version that is not signed off yet: change that one."))
    version = Version(profile, tuple(tolerances), tuple(compulsory))
    refuse_slips(version, on)
    profile.full_clean()
    profile.save(force_insert=True)
    write_parts(version)
    said = {"valid_from": profile.valid_from.isoformat()} | version.said()
    after = {name: value for name, value in said.items() if value not in (None, "", [])}
    audit.record(DRAFTED, profile, by=by, customer_id=customer.pk, after=after)
    return profile


@transaction.atomic
def change(
    *,
    profile: RiskProfile,
    tolerances: Iterable[Tolerance],
    compulsory: Iterable[CompulsoryRequirement],
    by: User,
    version: int,
    on: datetime.date,
) -> RiskProfile:
    """Saves an edited draft. No change writes nothing. `on` is today.

    Raises StaleVersion when somebody saved it meanwhile, WrongState once it is signed off, and ValidationError with
    the fields named.
    """
    current = locked_draft(profile, version=version)
    had = Version.of(with_all(RiskProfile.objects.filter(pk=profile.pk)).get())
    given = Version(profile, tuple(tolerances), tuple(compulsory))
    refuse_slips(given, on)
    before, after = differences(had, given)
    if current.valid_from != profile.valid_from:
        before["valid_from"], after["valid_from"] = current.valid_from.isoformat(), profile.valid_from.isoformat()
    profile.version = version
    if not after:
        return profile
    profile.full_clean()
    profile.version = version + 1
    profile.save(force_update=True)
    write_parts(given)
    audit.record(CHANGED, profile, by=by, customer_id=profile.customer_id, before=before, after=after)
    return profile


@transaction.atomic
def withdraw(*, profile: RiskProfile, by: User, version: int) -> None:
    """Deletes a draft; what it said stays in the record. Raises StaleVersion, WrongState once it is signed off."""
    current = locked_draft(profile, version=version)
    said = Version.of(with_all(RiskProfile.objects.filter(pk=profile.pk)).get()).said()
    before = {name: value for name, value in said.items() if value not in (None, "", [])}
    audit.record(WITHDRAWN, current, by=by, customer_id=current.customer_id, before=before)
    current.delete()


@transaction.atomic
def sign_off(
    *,
    profile: RiskProfile,
    agreed_with: Contact,
    signed_off_on: datetime.date,
    by: User,
    version: int,
    on: datetime.date,
) -> RiskProfile:
    """Makes a draft count from its day, as the customer agreed; from then on nothing in it changes, by anybody.

    `on` is today. Raises StaleVersion, WrongState once it is signed off, and ValidationError with the fields named:
    also where it says nothing, or begins before the version that it follows.
    """
    Customer.locked(profile.customer_id)
    current = locked_draft(profile, version=version)
    given = Version.of(with_all(RiskProfile.objects.filter(pk=profile.pk)).get())
    if given.says_nothing:
        raise ValidationError(_("It says nothing yet: there is nothing to agree on."))
    refuse_slips(given, on)
    if signed_off_on > on:
        raise ValidationError({"signed_off_on": _("That day is still to come.")})
    if agreed_with.customer_id != current.customer_id:
        raise ValidationError({"agreed_with": _("That contact is another customer's.")})
    if agreed_with.left_on is not None and agreed_with.left_on <= signed_off_on:
        raise ValidationError({"agreed_with": _("That contact had left by that day.")})
    current.agreed_with, current.signed_off_on, current.signed_off_by = agreed_with, signed_off_on, by
    return recording.change(current, SIGNED_OFF, by=by, version=version)


def locked_draft(profile: RiskProfile, *, version: int) -> RiskProfile:
    """The draft as the database has it, locked. Raises StaleVersion, WrongState once it is signed off."""
    current = recording.locked(profile, version=version)
    if not current.is_draft:
        raise WrongState(_("This version is signed off and stays as it is: draft a new one."))
    return current


def refuse_slips(version: Version, on: datetime.date) -> None:
    """Raises ValidationError, naming each field, for what contradicts itself or cannot be meant."""
    profile = version.profile
    wrong = contradictions(profile)
    if any(is_finer(row.amount, profile.currency) for row in version.tolerances):
        wrong["tolerances"] = _("%(currency)s has no such small part.") % {"currency": profile.currency}
    if words := day_fault(profile, on):
        wrong["valid_from"] = words
    if wrong:
        raise ValidationError(wrong)


def contradictions(profile: RiskProfile) -> dict[str, Any]:
    """What in the figures of a version contradicts itself or cannot be meant, by field. No query."""
    wrong: dict[str, Any] = {}
    one, year = profile.appetite_one_loss, profile.appetite_year
    if one is not None and year is not None and one > year:
        wrong["appetite_one_loss"] = _("This is more than it will bear in a whole year.")
    if profile.indemnity_months is not None and profile.indemnity_months > MOST_MONTHS:
        wrong["indemnity_months"] = _("At most %(months)s months.") % {"months": MOST_MONTHS}
    for name in ("appetite_one_loss", "appetite_year"):
        if is_finer(getattr(profile, name), profile.currency):
            wrong[name] = _("%(currency)s has no such small part.") % {"currency": profile.currency}
    return wrong


def is_finer(amount: Decimal | None, currency: str) -> bool:
    """Whether an amount has decimals that its currency does not have."""
    return amount is not None and bool(currency) and round_money(amount, currency) != amount


def day_fault(profile: RiskProfile, on: datetime.date) -> str:
    """Why a version cannot begin on its day; empty where it can. Versions follow one another."""
    if abs(profile.valid_from - on) > FAR_AWAY:
        return _("That day is too far away.")
    signed_off = RiskProfile.objects.filter(customer=profile.customer_id, signed_off_on__isnull=False)
    latest = signed_off.exclude(pk=profile.pk).order_by("-valid_from").first()
    if latest is None or profile.valid_from > latest.valid_from:
        return ""
    return _("It follows the version from %(day)s, so it begins later.") % {"day": day_text(latest.valid_from)}


def write_parts(version: Version) -> None:
    """Saves tolerances and compulsory covers of a draft; a tolerance of the same category stays the same row.

    Raises ValidationError for a tolerance that says nothing, or that is given twice.
    """
    profile = version.profile
    held = {row.category_id: row for row in profile.tolerances.all()}
    for given in version.tolerances:
        row = held.pop(given.category_id, None) or Tolerance(
            customer_id=profile.customer_id, profile=profile, category=given.category
        )
        if not row._state.adding and (row.level, row.amount) == (given.level, given.amount):
            continue
        row.version += 0 if row._state.adding else 1
        row.level, row.amount = given.level, given.amount
        row.full_clean()
        row.save()
    for row in held.values():
        row.delete()
    profile.compulsory.set(version.compulsory)
