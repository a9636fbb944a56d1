"""What is done with claims: recorded, changed, their figures given as at a day and corrected, closed, reopened."""

import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import action
from accounts.models import User
from accounts.services import recording
from common.exceptions import WrongState
from common.templatetags.ui import day_text
from programmes.models import Claim, ClaimMovement, Section
from programmes.selectors import claim_rules

ADDED = action("claim.added", gettext_lazy("recorded the claim"))
CHANGED = action("claim.changed", gettext_lazy("changed the claim"))
CLOSED = action("claim.closed", gettext_lazy("closed the claim"))
REOPENED = action("claim.reopened", gettext_lazy("reopened the claim"))
FIGURES_GIVEN = action("claim_movement.added", gettext_lazy("gave the figures of"))
FIGURES_CORRECTED = action("claim_movement.corrected", gettext_lazy("corrected the figures of"))
FIGURES_REMOVED = action("claim_movement.removed", gettext_lazy("took away the figures of"))

WHAT_COVER_RESTS_ON = ["section_id", "lost_on", "made_on"]


@transaction.atomic
def add(*, claim: Claim, figures: ClaimMovement | None = None, by: User, on: datetime.date) -> Claim:
    """Records a claim on its section, with its first figures where they are given. `on` is today.

    Raises ValidationError with the fields named: days that cannot be, a loss outside the cover, figures that are wrong.
    """
    claim.customer_id = claim.section.customer_id
    _refuse(_claim_faults(claim, on=on, is_moved=True))
    recording.add(claim, ADDED, by=by)
    if figures is not None:
        figures.claim = claim
        give_figures(figures=figures, by=by, on=on)
    return claim


@transaction.atomic
def change(*, claim: Claim, by: User, version: int, on: datetime.date) -> Claim:
    """Saves an edited claim. Cover is asked about again only where what it rests on was changed.

    Raises StaleVersion, and ValidationError with the fields named: among them `section` where the figures given so far
    are in another currency, and `lost_on` where figures stand before it.
    """
    current = recording.locked(claim, version=version)
    is_moved = any(getattr(current, name) != getattr(claim, name) for name in WHAT_COVER_RESTS_ON)
    faults = _claim_faults(claim, on=on, is_moved=is_moved)
    if is_moved:
        faults |= _moved_faults(claim, current)
    _refuse(faults)
    return recording.change(claim, CHANGED, by=by, version=version)


@transaction.atomic
def give_figures(*, figures: ClaimMovement, by: User, on: datetime.date) -> ClaimMovement:
    """Adds what stood outstanding and was paid in all as at a day. Raises ValidationError with the fields named."""
    claim = Claim.locked(figures.claim_id)
    figures.customer_id = claim.customer_id
    _refuse(_figure_faults(figures, claim, on=on))
    return recording.add(figures, FIGURES_GIVEN, by=by)


@transaction.atomic
def correct_figures(*, figures: ClaimMovement, by: User, version: int, on: datetime.date) -> ClaimMovement:
    """Saves figures that were entered wrongly. Raises StaleVersion, ValidationError with the fields named."""
    claim = Claim.locked(figures.claim_id)
    recording.locked(figures, version=version)
    _refuse(_figure_faults(figures, claim, on=on))
    return recording.change(figures, FIGURES_CORRECTED, by=by, version=version)


@transaction.atomic
def remove_figures(*, figures: ClaimMovement, reason: str, by: User, version: int) -> None:
    """Takes away figures that belong to another claim or never were. Raises StaleVersion, and ValidationError without
    a reason or where a closed claim would be left with something outstanding."""
    claim = Claim.locked(figures.claim_id)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why they are taken away.")})
    others = list(claim.movements.exclude(pk=figures.pk))
    if claim_rules.open_remainder(claim.closed_on, others):
        raise ValidationError({"reason": _("The claim is closed, and these figures settle it: reopen it first.")})
    recording.remove(figures, FIGURES_REMOVED, by=by, version=version, note=reason)


@transaction.atomic
def close(*, claim: Claim, closed_on: datetime.date, paid: Decimal, by: User, version: int, on: datetime.date) -> Claim:
    """Closes a claim as at a day with what was paid in all; figures as at that day say so, with nothing outstanding.

    Raises StaleVersion, WrongState where it is closed already, and ValidationError with the fields named (`closed_on`,
    `paid`).
    """
    current = recording.locked(claim, version=version)
    if current.closed_on is not None:
        said = {"claim": str(current), "day": day_text(current.closed_on)}
        raise WrongState(_("%(claim)s is closed already, since %(day)s.") % said)
    current.closed_on = closed_on
    faults = claim_rules.day_faults(current, on=on)
    latest = current.movements.order_by("-stood_on").first()
    if latest is not None and latest.stood_on > closed_on:
        said = {"day": day_text(latest.stood_on)}
        faults["closed_on"] = _("There are figures as at a later day, %(day)s: close it on or after that.") % said
    _refuse({name: words for name, words in faults.items() if name == "closed_on"})
    _settle(current, latest, paid, closed_on=closed_on, by=by, on=on)
    return recording.change(current, CLOSED, by=by, version=version)


@transaction.atomic
def reopen(*, claim: Claim, reason: str, by: User, version: int) -> Claim:
    """Opens a closed claim again. Raises StaleVersion, WrongState where it is open, ValidationError with no reason."""
    current = recording.locked(claim, version=version)
    if current.closed_on is None:
        raise WrongState(_("%(claim)s is open already.") % {"claim": current})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the claim is opened again.")})
    current.closed_on = None
    return recording.change(current, REOPENED, by=by, version=version, note=reason)


def _settle(
    claim: Claim,
    latest: ClaimMovement | None,
    paid: Decimal,
    *,
    closed_on: datetime.date,
    by: User,
    on: datetime.date,
) -> None:
    """Makes the claim's latest figures say that `paid` was all, as at the day it closes."""
    if latest is not None and not latest.outstanding and latest.paid == paid:
        return
    if latest is not None and latest.stood_on == closed_on:
        latest.claim, latest.outstanding, latest.paid = claim, Decimal(0), paid
        _refuse(_figure_faults(latest, claim, on=on))
        recording.change(latest, FIGURES_CORRECTED, by=by, version=latest.version)
        return
    final = ClaimMovement(claim=claim, customer_id=claim.customer_id, stood_on=closed_on, paid=paid)
    _refuse(_figure_faults(final, claim, on=on))
    recording.add(final, FIGURES_GIVEN, by=by)


def _claim_faults(claim: Claim, *, on: datetime.date, is_moved: bool) -> claim_rules.Faults:
    """What is wrong with a claim; its cover only where `is_moved`."""
    faults = claim_rules.day_faults(claim, on=on)
    if is_moved and not faults:
        section = Section.objects.select_related("policy").get(pk=claim.section_id)
        faults |= claim_rules.cover_fault(claim, section.policy, list(section.versions.all()))
    alike = Claim.objects.filter(section=claim.section_id, reference=claim.reference)
    if alike.exclude(pk=claim.pk).exists():
        faults["reference"] = _("This section has a claim with that reference already.")
    if claim.location is not None and claim.location.customer_id != claim.customer_id:
        faults["location"] = _("That location is another customer's.")
    return faults


def _moved_faults(claim: Claim, current: Claim) -> claim_rules.Faults:
    """Why a claim cannot be moved to another section or day as it was."""
    faults = {}
    first = current.movements.order_by("stood_on").first()
    if claim.section.customer_id != current.customer_id:
        faults["section"] = _("That section is another customer's.")
    elif first is not None and claim.section.policy.currency != current.section.policy.currency:
        words = _("The figures given so far are in %(currency)s, and that policy is not.")
        faults["section"] = words % {"currency": current.section.policy.currency}
    if first is not None and first.stood_on < claim.lost_on:
        faults["lost_on"] = _("There are figures before that day, as at %(day)s.") % {"day": day_text(first.stood_on)}
    return faults


def _figure_faults(figures: ClaimMovement, claim: Claim, *, on: datetime.date) -> claim_rules.Faults:
    """What is wrong with figures of a claim, by themselves and beside its other ones."""
    currency = claim.section.policy.currency
    faults = claim_rules.figure_faults(figures, lost_on=claim.lost_on, currency=currency, on=on)
    others = list(claim.movements.exclude(pk=figures.pk))
    if any(other.stood_on == figures.stood_on for other in others):
        faults["stood_on"] = _("There are figures for that day already: correct those.")
    remainder = claim_rules.open_remainder(claim.closed_on, [*others, figures])
    if remainder is figures:
        faults["outstanding"] = _("The claim is closed: reopen it to have something outstanding.")
    elif remainder is not None:
        words = _("The claim is closed, and then its latest figures, as at %(day)s, would have something outstanding.")
        faults["stood_on"] = words % {"day": day_text(remainder.stood_on)}
    return faults


def _refuse(faults: claim_rules.Faults) -> None:
    if faults:
        raise ValidationError(dict(faults))
