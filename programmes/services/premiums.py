"""What is done with the premium of a policy: charged in parts, corrected, and paid in instalments."""

import datetime
from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import action
from accounts.models import User
from accounts.services import recording
from common.dates import add_months
from common.exceptions import WrongState
from common.money import minor_units, round_money
from programmes.models import PREMIUM_KINDS, Instalment, Policy, PremiumKind, PremiumPart, Section

CHARGED = action("premium.charged", gettext_lazy("charged"))
CORRECTED = action("premium.corrected", gettext_lazy("corrected a part of the premium:"))
REMOVED = action("premium.removed", gettext_lazy("removed a part of the premium:"))
TIED = action("premium.tied", gettext_lazy("brought to the sum of its parts the premium of"))
SPLIT = action("instalment.added", gettext_lazy("added an instalment due"))
CHANGED = action("instalment.changed", gettext_lazy("changed the instalment due"))
PAID = action("instalment.paid", gettext_lazy("marked as paid the instalment due"))
DROPPED = action("instalment.removed", gettext_lazy("removed the instalment due"))

MOST_INSTALMENTS = 60


@transaction.atomic
def charge(
    *,
    policy: Policy,
    amounts: Mapping[PremiumKind, Decimal],
    charged_from: datetime.date,
    by: User,
    section: Section | None = None,
    note: str = "",
) -> list[PremiumPart]:
    """Charges a premium, an additional one or (below 0) a return, in its parts; amounts of 0 are left out.

    Amounts are in the policy's currency. Raises ValidationError with the fields named: the kind in lower case for an
    amount, where nothing is charged and where more would be returned than was charged.
    """
    policy = Policy.locked(policy.pk)
    made = []
    for kind, amount in amounts.items():
        part = PremiumPart(
            customer_id=policy.customer_id,
            policy=policy,
            section=section,
            kind=kind,
            amount=round_money(amount, policy.currency),
            charged_from=charged_from,
            note=note,
        )
        if part.amount:
            made.append(recording.add(part, CHARGED, by=by))
    if not made:
        raise ValidationError({"net": _("Give at least one amount.")})
    _tie(policy, by=by, field="net")
    return made


@transaction.atomic
def correct(*, part: PremiumPart, by: User, version: int) -> PremiumPart:
    """Saves an edited part. Raises StaleVersion, ValidationError with the fields named."""
    policy = Policy.locked(part.policy_id)
    part.amount = round_money(part.amount, policy.currency)
    recording.change(part, CORRECTED, by=by, version=version)
    _tie(policy, by=by, field="amount")
    return part


@transaction.atomic
def remove(*, part: PremiumPart, reason: str, by: User, version: int) -> None:
    """Removes a part that was entered by mistake. Raises StaleVersion, ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the part is removed.")})
    policy = Policy.locked(part.policy_id)
    recording.remove(part, REMOVED, by=by, version=version, note=reason)
    _tie(policy, by=by, field="reason")


@transaction.atomic
def split(*, policy: Policy, number: int, first_on: datetime.date, months: int, by: User) -> list[Instalment]:
    """Lets the customer pay what is not paid yet in instalments, from a day on, so many months apart.

    They take the place of those that are not paid. Raises ValidationError with the fields named: among them `first_on`,
    where one would be due on the day of one that is paid.
    """
    policy = Policy.locked(policy.pk)
    paid = list(policy.instalments.exclude(paid_on=None))
    owed = payable(policy) - sum((row.amount for row in paid), Decimal(0))
    amounts = shares_of(owed, number, policy.currency)
    if months < 1:
        raise ValidationError({"months": _("Instalments are at least a month apart.")})
    for row in policy.instalments.filter(paid_on=None):
        recording.remove(row, DROPPED, by=by, version=row.version)
    made = []
    for at, amount in enumerate(amounts):
        due_on = add_months(first_on, months * at)
        if any(row.due_on == due_on for row in paid):
            raise ValidationError({"first_on": _("An instalment that is paid was due on one of these days.")})
        row = Instalment(customer_id=policy.customer_id, policy=policy, due_on=due_on, amount=amount)
        made.append(recording.add(row, SPLIT, by=by))
    return made


@transaction.atomic
def change_instalment(*, instalment: Instalment, by: User, version: int) -> Instalment:
    """Saves an edited instalment. Raises StaleVersion, ValidationError with the fields named."""
    policy = Policy.locked(instalment.policy_id)
    instalment.amount = round_money(instalment.amount, policy.currency)
    return recording.change(instalment, CHANGED, by=by, version=version)


@transaction.atomic
def pay(*, instalment: Instalment, on: datetime.date, by: User, version: int) -> Instalment:
    """Marks an instalment as paid on a day. Raises StaleVersion, WrongState where it is paid already."""
    current = recording.locked(instalment, version=version)
    if current.paid_on is not None:
        raise WrongState(_("This instalment is paid already."))
    current.paid_on = on
    return recording.change(current, PAID, by=by, version=version)


def shares_of(total: Decimal, number: int, currency: str) -> list[Decimal]:
    """A total in so many equal amounts of the currency's minor unit, what is left over in the first: they sum exactly.

    Raises ValidationError (number) where there is nothing to divide or too little for so many.
    """
    if total <= 0:
        raise ValidationError({"number": _("Nothing is left to be paid, so there is nothing to divide.")})
    if not 1 <= number <= MOST_INSTALMENTS:
        words = _("Between 1 and %(most)d instalments.") % {"most": MOST_INSTALMENTS}
        raise ValidationError({"number": words})
    unit = Decimal(1).scaleb(-minor_units(currency))
    each = (total / number).quantize(unit, rounding=ROUND_DOWN)
    if not each:
        raise ValidationError({"number": _("The amount is too small for so many instalments.")})
    return [total - each * (number - 1), *[each] * (number - 1)]


def payable(policy: Policy) -> Decimal:
    """What the customer pays: all parts together; without parts the premium as entered; in the policy's currency."""
    total: Decimal | None = policy.premium_parts.aggregate(total=Sum("amount"))["total"]
    return total if total is not None else policy.premium or Decimal(0)


def _tie(policy: Policy, *, by: User, field: str) -> None:
    """Keeps the premium of a locked policy equal to net premium and brokerage; without such parts it is not known."""
    total = policy.premium_parts.filter(kind__in=PREMIUM_KINDS).aggregate(total=Sum("amount"))["total"]
    if total is not None and total < 0:
        raise ValidationError({field: _("More would be returned than was charged.")})
    policy.premium = total
    recording.change(policy, TIED, by=by, version=policy.version)
