"""What is done with the risks of a customer's register."""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.services import audit, recording
from common.exceptions import WrongState
from profiles.models import Customer
from risk.models import Exposure, ExposureKind, Risk, RiskExposure, Treatment
from risk.selectors.starting import Proposal
from risk.statement.rules import EARLIEST, amount_slip

ADDED = audit.action("risk.added", _("added the risk"))
CHANGED = audit.action("risk.changed", _("changed the risk"))
CLOSED = audit.action("risk.ended", _("closed the risk"))
REOPENED = audit.action("risk.resumed", _("reopened the risk"))

AMOUNTS = ("maximum_loss", "typical_loss", "required_limit", "maximum_retention")
OF_COVER = ("required_limit", "security_floor", "indemnity_months")
"""What is said of the insurance that a risk is transferred to."""
NOT_INSURED = (Treatment.AVOID, Treatment.RETAIN)
NAMED = 50
"""The record names so many exposures of a risk; more are counted."""
MOST_MONTHS = 120
"""Nobody insures a longer interruption: more is a slip."""


@transaction.atomic
def add(*, risk: Risk, exposures: Iterable[Exposure] = (), by: User) -> Risk:
    """Adds a risk with the exposures it can strike. Raises ValidationError with the fields named."""
    linked = list(exposures)
    refuse_slips(risk, linked)
    risk.full_clean()
    risk.save(force_insert=True)
    link(risk, linked)
    record_added([risk], {risk.pk: linked}, by=by)
    return risk


@transaction.atomic
def change(*, risk: Risk, exposures: Iterable[Exposure] | None, by: User, version: int) -> Risk:
    """Saves an edited risk and the exposures it can strike (None: they stay as they are). No change writes nothing.

    Raises StaleVersion when somebody saved it meanwhile, ValidationError with the fields named.
    """
    current = recording.locked(risk, version=version)
    had = list(Exposure.objects.filter(risks=risk).select_related("location"))
    linked = had if exposures is None else list(exposures)
    refuse_slips(risk, linked)
    before, after = audit.changes(current, risk)
    if {row.pk for row in had} != {row.pk for row in linked}:
        before, after = before | names_of(had), after | names_of(linked)
    risk.version = version
    if not after:
        return risk
    risk.full_clean()
    risk.version = version + 1
    risk.save(force_update=True)
    link(risk, linked)
    audit.record(CHANGED, risk, by=by, customer_id=risk.customer_id, before=before, after=after)
    return risk


@transaction.atomic
def close(*, risk: Risk, day: datetime.date, reason: str, by: User, version: int, on: datetime.date) -> Risk:
    """Takes a risk out of the register from a day on, not after `on`; it stays to be read.

    Raises StaleVersion, WrongState for a risk that is closed, ValidationError with the fields named.
    """
    current = recording.locked(risk, version=version)
    if current.closed_on is not None:
        raise WrongState(_("The risk is closed already."))
    wrong: dict[str, Any] = {}
    if day > on:
        wrong["day"] = _("That day is still to come.")
    elif day < EARLIEST:
        wrong["day"] = _("That day is before 1900.")
    if not reason.strip():
        wrong["reason"] = _("Say why.")
    if wrong:
        raise ValidationError(wrong)
    current.closed_on = day
    return recording.change(current, CLOSED, by=by, version=version, note=reason.strip())


@transaction.atomic
def reopen(*, risk: Risk, reason: str, by: User, version: int) -> Risk:
    """Puts a closed risk back into the register.

    Raises StaleVersion, WrongState for a risk that is open, ValidationError with the fields named.
    """
    current = recording.locked(risk, version=version)
    if current.closed_on is None:
        raise WrongState(_("The risk is open."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    current.closed_on = None
    return recording.change(current, REOPENED, by=by, version=version, note=reason.strip())


@transaction.atomic
def begin(*, customer: Customer, proposals: Sequence[Proposal], by: User) -> list[Risk]:
    """Adds the risks that were chosen from the starting register, but for those there meanwhile. Returns the added.

    A risk is there already where the register has one of the same category at the same place.
    """
    Customer.locked(customer.pk)  # two who begin at once would add everything twice
    there = set(Risk.objects.filter(customer=customer).values_list("category_id", "location_id"))
    added: list[Risk] = []
    linked: dict[UUID, list[Exposure]] = {}
    for proposal in proposals:
        risk = proposal.risk(customer)
        if (risk.category_id, risk.location_id) in there:
            continue
        there.add((risk.category_id, risk.location_id))
        refuse_slips(risk, proposal.exposures)
        risk.full_clean()
        added.append(risk)
        linked[risk.pk] = proposal.exposures
    Risk.objects.bulk_create(added)
    RiskExposure.objects.bulk_create(
        RiskExposure(customer=customer, risk=risk, exposure=exposure) for risk in added for exposure in linked[risk.pk]
    )
    record_added(added, linked, by=by, note=str(_("From the starting register.")))
    return added


def record_added(risks: Sequence[Risk], linked: dict[UUID, list[Exposure]], *, by: User, note: str = "") -> None:
    for risk in risks:
        said = audit.values(risk) | (names_of(linked[risk.pk]) if linked[risk.pk] else {})
        audit.record(ADDED, risk, by=by, customer_id=risk.customer_id, after=said, note=note, check=False)
    if risks:
        audit.ask_for_checks([risks[0].customer_id], by=by)


def link(risk: Risk, exposures: Sequence[Exposure]) -> None:
    """Makes these the exposures that the risk can strike; what is so already is left alone."""
    wanted = {row.pk for row in exposures}
    had = set(RiskExposure.objects.filter(risk=risk).values_list("exposure_id", flat=True))
    RiskExposure.objects.filter(risk=risk, exposure__in=had - wanted).delete()
    RiskExposure.objects.bulk_create(
        RiskExposure(customer_id=risk.customer_id, risk=risk, exposure_id=key) for key in sorted(wanted - had)
    )


def names_of(exposures: Sequence[Exposure]) -> dict[str, list[str]]:
    """The exposures as the record keeps them: what, and where; of very many, how many."""
    if len(exposures) > NAMED:
        return {
            "exposures": [
                ngettext("%(count)d exposure", "%(count)d exposures", len(exposures)) % {"count": len(exposures)}
            ]
        }
    return {"exposures": sorted(f"{row}, {row.location}" if row.location else str(row) for row in exposures)}


def refuse_slips(risk: Risk, exposures: Sequence[Exposure]) -> None:
    """Raises ValidationError, naming each field, for what cannot be meant."""
    wrong: dict[str, Any] = {}
    if risk.location is not None and risk.location.customer_id != risk.customer_id:
        wrong["location"] = _("That location is another customer's.")
    if any(exposure.customer_id != risk.customer_id for exposure in exposures):
        wrong["exposures"] = _("One of these exposures is another customer's.")
    for name in AMOUNTS:
        if (given := getattr(risk, name)) is not None and (text := amount_refused(name, given, risk.currency)):
            wrong[name] = text
    most = risk.maximum_loss
    if most is not None and risk.maximum_retention is not None and risk.maximum_retention > most:
        wrong.setdefault("maximum_retention", _("This is more than the largest loss."))
    if risk.treatment in NOT_INSURED:
        for name in OF_COVER:
            if getattr(risk, name) is not None:
                wrong[name] = _("Leave this empty: a risk that is avoided or retained is not insured.")
    if risk.indemnity_months is not None and risk.indemnity_months > MOST_MONTHS:
        wrong["indemnity_months"] = _("That is more than ten years.")
    if wrong:
        raise ValidationError(wrong)


def amount_refused(name: str, amount: Decimal, currency: str) -> Any:
    """Why an amount of a risk cannot be meant; empty where it can. Nothing may be borne, so that alone may be 0."""
    if amount == 0 and name != "maximum_retention":
        return _("Give an amount above 0, or leave it empty.")
    return amount_slip(ExposureKind.OTHER, amount, currency)
