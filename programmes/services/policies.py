"""What is done with a policy: entered, changed, bound, cancelled, reinstated."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import action
from accounts.models import User
from accounts.services import recording
from common.exceptions import WrongState
from common.money import round_money
from common.templatetags.ui import day_text
from programmes.models import PREMIUM_KINDS, Policy, Section
from programmes.selectors.versions import latest_terms
from programmes.services import breaks, insureds, renewals, sections, terms

ADDED = action("policy.added", gettext_lazy("added the policy"))
CHANGED = action("policy.changed", gettext_lazy("changed the policy"))
BOUND = action("policy.bound", gettext_lazy("bound the policy"))
CANCELLED = action("policy.cancelled", gettext_lazy("cancelled the policy"))
REVIEWED = action("policy.reviewed", gettext_lazy("reviewed the contract"))
REINSTATED = action("policy.reinstated", gettext_lazy("reinstated the policy"))


@transaction.atomic
def add(*, policy: Policy, by: User, following: Policy | None = None) -> Policy:
    """Adds a policy: without sections, or `following` another one, with its sections and their latest terms.

    Its insureds are copied too. The copied terms hold from the new inception. Raises ValidationError with the fields
    named: among them `currency`, since amounts are copied as they are.
    """
    _round_premium(policy)
    if following is None:
        return recording.add(policy, ADDED, by=by)
    if following.customer_id != policy.customer_id:
        raise ValidationError(_("Only a policy of the same customer follows another."))
    if following.currency != policy.currency:
        words = _("The terms are copied in %(currency)s: keep the currency, or add the policy without copying.")
        raise ValidationError({"currency": words % {"currency": following.currency}})
    recording.add(policy, ADDED, by=by, note=_("Follows %(policy)s") % {"policy": following})
    for section, latest in latest_terms(following):
        made = Section(
            policy=policy,
            reference=section.reference,
            name=section.name,
            class_of_business_id=section.class_of_business_id,
            not_in_sums=section.not_in_sums,
        )
        sections.add(section=made, given=terms.Given.of(latest), by=by)
    for named in following.insureds.select_related("insured"):
        insureds.add(policy=policy, insured=named.insured, by=by)
    return policy


@transaction.atomic
def change(*, policy: Policy, by: User, version: int) -> Policy:
    """Saves an edited policy. Terms that began with it begin with it still when its inception is corrected.

    Raises StaleVersion, and ValidationError with the fields named: among them `inception_date` and `expiry_date`, where
    an endorsement would be left outside the period.
    """
    _round_premium(policy)
    was = recording.locked(policy, version=version)
    if policy.premium != was.premium and policy.premium_parts.filter(kind__in=PREMIUM_KINDS).exists():
        words = _("The premium is the sum of its parts: charge, correct or remove those.")
        raise ValidationError({"premium": words})
    recording.change(policy, CHANGED, by=by, version=version)
    if (policy.inception_date, policy.expiry_date) != (was.inception_date, was.expiry_date):
        terms.follow_inception(policy=policy, was=was.inception_date)
    return policy


@transaction.atomic
def bind(*, policy: Policy, on: datetime.date, by: User, version: int) -> Policy:
    """Records that the insurers are bound since `on`. Raises StaleVersion, and WrongState where it is bound already."""
    current = recording.locked(policy, version=version)
    if current.bound_on is not None:
        raise WrongState(_("%(policy)s is bound already, since %(day)s.") % _named(current, current.bound_on))
    current.bound_on = on
    return recording.change(current, BOUND, by=by, version=version)


@transaction.atomic
def cancel(*, policy: Policy, from_day: datetime.date, reason: str, by: User, version: int) -> Policy:
    """Ends a bound policy early; `from_day` is the first day without cover. No renewal asks for it any more.

    Raises StaleVersion, WrongState where the policy is not bound or cancelled already, and ValidationError for a day
    outside the policy's period (cancelled_from) or without a reason (reason).
    """
    current = recording.locked(policy, version=version)
    if current.bound_on is None:
        raise WrongState(_("%(policy)s is not bound, so there is nothing to cancel.") % {"policy": current})
    if current.cancelled_from is not None:
        raise WrongState(_("%(policy)s is cancelled already, from %(day)s.") % _named(current, current.cancelled_from))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the policy is cancelled.")})
    current.cancelled_from = from_day
    recording.change(current, CANCELLED, by=by, version=version, note=reason)
    renewals.release(policy=current, reason=reason, by=by)
    return current


@transaction.atomic
def reinstate(*, policy: Policy, reason: str, by: User, version: int, from_day: datetime.date | None = None) -> Policy:
    """Takes back a cancellation: as if it had not been, or with cover again only `from_day` on.

    The days from the cancellation until then stay without cover: they are taken out of the terms of every section. The
    next night enrols the policy for renewal again. Raises StaleVersion, WrongState where the policy is not cancelled,
    and ValidationError without a reason (reason) or for a day (from_day) before the cancellation or after the expiry.
    """
    current = recording.locked(policy, version=version)
    if current.cancelled_from is None:
        raise WrongState(_("%(policy)s is not cancelled, so there is nothing to reinstate.") % {"policy": current})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the policy is reinstated.")})
    lapsed_from, current.cancelled_from = current.cancelled_from, None
    if from_day is not None and from_day < lapsed_from:
        words = _("Cover resumes on the day of the cancellation, %(day)s, at the earliest.")
        raise ValidationError({"from_day": words % {"day": day_text(lapsed_from)}})
    if from_day is not None and not current.covers(from_day):
        raise ValidationError({"from_day": _("Cover resumes within the period of the policy.")})
    note = reason
    if from_day is not None and from_day > lapsed_from:
        last = from_day - datetime.timedelta(days=1)
        breaks.lapse(policy=current, first=lapsed_from, last=last, reason=reason)
        days = {"first": day_text(lapsed_from), "last": day_text(last), "reason": reason}
        note = _("Without cover from %(first)s to %(last)s. %(reason)s") % days
    return recording.change(current, REINSTATED, by=by, version=version, note=note)


@transaction.atomic
def review(*, policy: Policy, next_on: datetime.date, note: str, on: datetime.date, by: User, version: int) -> Policy:
    """Records that a contract without expiry was reviewed on the day `on`, and when it is looked at next.

    Raises StaleVersion, WrongState for a policy with an expiry, and ValidationError (review_date, note) for a day not
    after `on` or without saying what came of it.
    """
    current = recording.locked(policy, version=version)
    if current.expiry_date is not None:
        raise WrongState(_("%(policy)s has an expiry: it is renewed, not reviewed.") % {"policy": current})
    if next_on <= on:
        raise ValidationError({"review_date": _("The next review is on a coming day.")})
    if not note.strip():
        raise ValidationError({"note": _("Say what came of the review.")})
    if current.review_date == next_on:
        raise ValidationError({"review_date": _("That is the day of this review: name the next one.")})
    current.review_date = next_on
    return recording.change(current, REVIEWED, by=by, version=version, note=note)


def _named(policy: Policy, day: datetime.date) -> dict[str, str]:
    return {"policy": str(policy), "day": day_text(day)}


def _round_premium(policy: Policy) -> None:
    if policy.premium is not None:
        policy.premium = round_money(policy.premium, policy.currency)
