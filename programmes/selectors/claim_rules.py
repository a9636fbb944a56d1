"""What a claim and its figures must satisfy: pure rules that the services, the forms and the import hold to alike."""

import datetime
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Protocol

from django.utils.translation import gettext as _

from common.dates import add_months
from common.money import round_money
from common.templatetags.ui import day_text
from programmes.models import CoverageTrigger, Policy, Terms
from programmes.selectors.versions import holding

Faults = dict[str, str]
"""Sentences by the field that they concern."""


class Figures(Protocol):
    """A movement of a claim, saved or not."""

    stood_on: datetime.date
    outstanding: Decimal
    paid: Decimal


class Days(Protocol):
    """The days of a claim, saved or not."""

    lost_on: datetime.date
    made_on: datetime.date | None
    notified_on: datetime.date | None
    closed_on: datetime.date | None


def day_faults(claim: Days, *, on: datetime.date) -> Faults:
    """Days that have not come by `on`, and those before the loss."""
    before = {
        "made_on": _("A claim is not made before the loss."),
        "notified_on": _("A claim is not notified before the loss."),
        "closed_on": _("A claim is not closed before the loss."),
    }
    found = {}
    for name in ("lost_on", *before):
        day = getattr(claim, name)
        if day is None:
            continue
        if day > on:
            found[name] = _("That day has not come yet.")
        elif name in before and day < claim.lost_on:
            found[name] = before[name]
    return found


def cover_fault(claim: Days, policy: Policy, versions: Sequence[Terms]) -> Faults:
    """Why the section does not cover the claim by its days; nothing where it does.

    Cover for losses occurring needs terms of a bound policy on the day of the loss. Claims-made cover needs them on the
    day the claim was made, or before the end of the extended reporting period, for a loss not before the retroactive
    date. `versions` are all of the section's terms.
    """
    if policy.bound_on is None:
        return {"section": _("%(policy)s is not bound, so it covers nothing yet.") % {"policy": policy}}
    if not versions:
        return {"section": _("This section has no terms yet.")}
    by_loss = holding(versions, claim.lost_on) if policy.runs_on(claim.lost_on) else None
    if by_loss is not None and not is_claims_made(by_loss):
        return {}
    by_claim = claims_made_terms(policy, versions, claim.made_on)
    if by_claim is not None:
        return retroactive_fault(claim, policy, by_claim)
    nearest = holding(versions, claim.made_on or claim.lost_on) or max(versions, key=lambda row: row.first_day)
    if not is_claims_made(nearest):
        said = _("The section has no cover on that day: it runs %(period)s.") % {"period": period_of(policy)}
        return {"lost_on": said}
    if claim.made_on is None:
        return {"made_on": _("This section covers claims made in its period: give the day.")}
    said = _("The section has no cover for a claim made on that day: it runs %(period)s.")
    return {"made_on": said % {"period": period_of(policy)}}


def claims_made_terms(policy: Policy, versions: Iterable[Terms], made_on: datetime.date | None) -> Terms | None:
    """The claims-made terms that answer a claim made on the day, within the extended reporting period too."""
    if made_on is None:
        return None
    last = policy.last_day_of_cover
    is_late = last is not None and made_on > last
    found = holding(versions, min(made_on, last) if last is not None else made_on)
    if found is None or not is_claims_made(found) or made_on < policy.inception_date:
        return None
    if is_late and last is not None:
        months = found.extended_reporting_months
        if not months or made_on > add_months(last, months):
            return None
    return found


def retroactive_fault(claim: Days, policy: Policy, terms: Terms) -> Faults:
    """Why claims-made terms do not reach back, or ahead, to the loss."""
    if terms.retroactive_date is not None and claim.lost_on < terms.retroactive_date:
        said = _("The loss is before the retroactive date of the section, %(day)s.")
        return {"lost_on": said % {"day": day_text(terms.retroactive_date)}}
    last = policy.last_day_of_cover
    if last is not None and claim.lost_on > last:
        said = _("The loss is after the last day of cover, %(day)s: the extended reporting period is for earlier ones.")
        return {"lost_on": said % {"day": day_text(last)}}
    return {}


def is_claims_made(terms: Terms) -> bool:
    return terms.coverage_trigger == CoverageTrigger.CLAIMS_MADE


def period_of(policy: Policy) -> str:
    """Such as "from 1 Apr 2026 to 31 Mar 2027"."""
    last = policy.last_day_of_cover
    said = {"first": day_text(policy.inception_date), "last": day_text(last)}
    return (_("from %(first)s") if last is None else _("from %(first)s to %(last)s")) % said


def counted_day(claim: Days, policy: Policy, versions: Sequence[Terms]) -> datetime.date:
    """The day on which a claim uses up an aggregate: the claim's under claims-made terms, else the loss's.

    Not after the policy's last day of cover. `erosion.EROSION` says the same in SQL.
    """
    made = claims_made_terms(policy, versions, claim.made_on) if claim.made_on else None
    day = claim.made_on if made is not None and claim.made_on is not None else claim.lost_on
    last = policy.last_day_of_cover
    return day if last is None else min(day, last)


def figure_faults(figures: Figures, *, lost_on: datetime.date, currency: str, on: datetime.date) -> Faults:
    """What is wrong with the figures of a day by themselves: the day, the amounts."""
    found = {}
    if figures.stood_on > on:
        found["stood_on"] = _("That day has not come yet.")
    elif figures.stood_on < lost_on:
        found["stood_on"] = _("There are no figures before the loss, %(day)s.") % {"day": day_text(lost_on)}
    for name in ("outstanding", "paid"):
        amount = Decimal(getattr(figures, name))
        if amount < 0:
            found[name] = _("An amount must not be negative.")
        elif amount != round_money(amount, currency):
            words = _("%(currency)s has no smaller unit: give a whole number.")
            found[name] = words % {"currency": currency}
    return found


def open_remainder(closed_on: datetime.date | None, figures: Iterable[Figures]) -> Figures | None:
    """The latest figures of a closed claim where they have something outstanding: a closed claim has nothing."""
    latest = max(figures, key=lambda row: row.stood_on, default=None)
    return latest if closed_on is not None and latest is not None and latest.outstanding else None
