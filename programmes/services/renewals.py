"""Renewals: enrolled by night, taken in hand and settled by people."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.acting import acting_as
from accounts.actions import action
from accounts.models import User
from accounts.services import audit, recording
from common.exceptions import WrongState
from programmes.models import Policy, Renewal, RenewalOutcome, RenewalPolicy, RenewalStage
from programmes.selectors.renewing import due_for_renewal, is_followed

ENROLLED = action("renewal.enrolled", gettext_lazy("enrolled the renewal of"))
STARTED = action("renewal.started", gettext_lazy("took in hand the renewal of"))
SETTLED = action("renewal.settled", gettext_lazy("settled the renewal of"))
RELEASED = action("renewal.released", gettext_lazy("took a cancelled policy out of the renewal of"))

TRANSITIONS: dict[str, set[str]] = {
    RenewalStage.OPEN: {RenewalStage.IN_HAND, RenewalStage.SETTLED},
    RenewalStage.IN_HAND: {RenewalStage.SETTLED},
    RenewalStage.SETTLED: set(),
}
"""From each stage, the stages that may follow."""


class NotRenewable(Exception):
    """The policy does not come up for renewal."""


class NothingFollows(ValidationError):
    """A policy of the renewal has no successor, so it is not renewed, unless a note says how it is covered."""

    def __init__(self, policies: list[Policy]) -> None:
        numbers = ", ".join(policy.number for policy in policies)
        words = _("Nothing bound follows %(policies)s yet. Enter the new policy, or say in the note how it is covered.")
        super().__init__({"note": words % {"policies": numbers}})
        self.policies = policies


@dataclass(frozen=True)
class Enrolment:
    """What an enrolment did: policies that joined a renewal, and renewals made for them."""

    policies: int
    renewals: int


# Rows are made from one look at what is due; a renewal of the day that is not settled takes further policies in.
ADD_RENEWALS = """
with added as (
    insert into programmes_renewal (customer_id, expiry_date, stage, outcome, note)
    select distinct due.customer_id, due.expiry_date, 'OPEN', '', '' from ({due}) as due (id, customer_id, expiry_date)
    on conflict (customer_id, expiry_date) where stage <> 'SETTLED' do nothing
    returning id
) select count(*) from added
"""
ADD_POLICIES = """
with added as (
    insert into programmes_renewalpolicy (customer_id, renewal_id, policy_id)
    select due.customer_id, renewal.id, due.id from ({due}) as due (id, customer_id, expiry_date)
    join programmes_renewal renewal on renewal.customer_id = due.customer_id
        and renewal.expiry_date = due.expiry_date and renewal.stage <> 'SETTLED'
    on conflict (policy_id) do nothing
    returning renewal_id, policy_id
), recorded as (
    select audit_record(%s, %s, %s, renewal.customer_id, 'programmes.renewal', renewal.id,
        to_char(renewal.expiry_date, 'FMDD Mon YYYY'), '{{}}'::jsonb,
        jsonb_build_object('policies', jsonb_agg(policy.number order by policy.number)), ''),
        count(*) as policies
    from added
    join programmes_renewal renewal on renewal.id = added.renewal_id
    join programmes_policy policy on policy.id = added.policy_id
    group by renewal.id
) select coalesce(sum(policies), 0) from recorded
"""


def enrol(*, on: datetime.date, by: User, policies: Any = None) -> Enrolment:
    """Puts every policy that is due as at `on` and in no renewal into the renewal of its customer and expiry.

    Set-based, and doing it twice changes nothing. `policies` narrows the policies looked at (a QuerySet).
    """
    due = due_for_renewal(Policy.objects.all() if policies is None else policies, on).filter(renewal_policy=None)
    rows, params = due.order_by().values_list("pk", "customer_id", "expiry_date").query.sql_with_params()
    with acting_as(by), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ADD_RENEWALS.format(due=rows), params)
        (added,) = cursor.fetchone()
        cursor.execute(ADD_POLICIES.format(due=rows), [*params, by.pk, by.name, ENROLLED.code])
        (joined,) = cursor.fetchone()
    return Enrolment(policies=int(joined), renewals=added)


def foresee(*, on: datetime.date) -> Enrolment:
    """What `enrol` would do on a day. Writes nothing."""
    due = due_for_renewal(Policy.objects.all(), on).filter(renewal_policy=None)
    pairs = list(due.values_list("customer_id", "expiry_date"))
    there = set(
        Renewal.objects.exclude(stage=RenewalStage.SETTLED)
        .filter(customer_id__in={customer_id for customer_id, _day in pairs})
        .values_list("customer_id", "expiry_date")
    )
    return Enrolment(policies=len(pairs), renewals=len(set(pairs) - there))


@transaction.atomic
def start_for(*, policy: Policy, on: datetime.date, by: User) -> Renewal:
    """Takes the renewal that holds the policy in hand, enrolling the policy first where the night has not done so.

    One that is in hand already is returned as it is. Raises NotRenewable where the policy is not due for renewal,
    WrongState where its renewal is settled.
    """
    renewal = Renewal.objects.filter(policies=policy).first()
    if renewal is None:
        enrol(on=on, by=by, policies=Policy.objects.filter(pk=policy.pk))
        renewal = Renewal.objects.filter(policies=policy).first()
    if renewal is None:
        raise NotRenewable(
            _("%(policy)s does not come up for renewal: not renewable, cancelled, or followed by another already.")
            % {"policy": policy.number}
        )
    if renewal.stage == RenewalStage.IN_HAND:
        return renewal
    return start(renewal=renewal, by=by, version=renewal.version)


@transaction.atomic
def start(*, renewal: Renewal, by: User, version: int) -> Renewal:
    """Takes an open renewal in hand. Raises StaleVersion, WrongState."""
    current = recording.locked(renewal, version=version)
    _step(current, RenewalStage.IN_HAND)
    current.started_at, current.started_by = timezone.now(), by
    return recording.change(current, STARTED, by=by, version=version)


@transaction.atomic
def settle(*, renewal: Renewal, outcome: RenewalOutcome, by: User, version: int, note: str = "") -> Renewal:
    """Ends the work on a renewal with an outcome.

    RENEWED needs a bound policy after each one that the renewal holds, or a note that says how it is covered; the other
    outcomes need a note. Raises NothingFollows, ValidationError, StaleVersion, WrongState.
    """
    current = recording.locked(renewal, version=version)
    _step(current, RenewalStage.SETTLED)
    if outcome == RenewalOutcome.RENEWED and not note.strip():
        alone = list(current.policies.filter(~is_followed(ends="expiry_date")).order_by("number"))
        if alone:
            raise NothingFollows(alone)
    if outcome != RenewalOutcome.RENEWED and not note.strip():
        raise ValidationError({"note": _("Say why it is not renewed.")})
    current.outcome, current.note = outcome, note.strip()
    current.settled_at, current.settled_by = timezone.now(), by
    return recording.change(current, SETTLED, by=by, version=version, note=current.note)


@transaction.atomic
def release(*, policy: Policy, reason: str, by: User) -> None:
    """Takes a cancelled policy out of the renewal that still asks for it, and settles that one where nothing is left.

    Part of cancelling: runs in its transaction. A settled renewal keeps its policies, as what was decided then.
    """
    held = RenewalPolicy.objects.filter(policy=policy).exclude(renewal__stage=RenewalStage.SETTLED).first()
    if held is None:
        return
    renewal = Renewal.locked(held.renewal_id)
    held.delete()
    audit.record(
        RELEASED, renewal, by=by, customer_id=renewal.customer_id, before={"policies": [policy.number]}, note=reason
    )
    if not renewal.policies.exists():
        settle(
            renewal=renewal,
            outcome=RenewalOutcome.NOT_RENEWED,
            by=by,
            version=renewal.version,
            note=_("%(policy)s is cancelled: %(reason)s") % {"policy": policy.number, "reason": reason.strip()},
        )


def _step(renewal: Renewal, to: RenewalStage) -> None:
    """Moves the renewal on. Raises WrongState where the life cycle does not allow it."""
    if to not in TRANSITIONS[renewal.stage]:
        raise WrongState(
            _("The renewal is %(now)s: it cannot become %(next)s.")
            % {"now": renewal.get_stage_display().lower(), "next": to.label.lower()}
        )
    renewal.stage = to
