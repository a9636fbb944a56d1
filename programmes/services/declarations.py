"""What is done with declarations: asked for, declared, and the premium adjusted by them."""

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
from common.money import round_money
from programmes.models import Declaration, PremiumKind
from programmes.services import premiums

ADDED = action("declaration.added", gettext_lazy("asked for the declaration of"))
CHANGED = action("declaration.changed", gettext_lazy("changed the declaration of"))
DECLARED = action("declaration.declared", gettext_lazy("recorded the declaration of"))
ADJUSTED = action("declaration.adjusted", gettext_lazy("adjusted the premium by the declaration of"))


def add(*, declaration: Declaration, by: User) -> Declaration:
    """Asks for a figure by a day. Raises ValidationError with the fields named."""
    declaration.customer_id = declaration.policy.customer_id
    return recording.add(declaration, ADDED, by=by)


def change(*, declaration: Declaration, by: User, version: int) -> Declaration:
    """Saves what is to be declared and by when. Raises StaleVersion, ValidationError."""
    return recording.change(declaration, CHANGED, by=by, version=version)


@transaction.atomic
def declare(
    *, declaration: Declaration, figure: Decimal, declared_on: datetime.date, by: User, version: int
) -> Declaration:
    """Records the figure that was declared, or corrects it while no premium is adjusted by it.

    Raises StaleVersion, WrongState after the adjustment, ValidationError with the fields named.
    """
    current = recording.locked(declaration, version=version)
    if current.adjusted_on is not None:
        raise WrongState(_("The premium is adjusted by it already."))
    current.figure, current.declared_on = figure, declared_on
    return recording.change(current, DECLARED, by=by, version=version)


@transaction.atomic
def adjust(
    *,
    declaration: Declaration,
    net: Decimal,
    brokerage: Decimal,
    adjusted_on: datetime.date,
    by: User,
    version: int,
) -> Declaration:
    """Adjusts the premium by a declaration, and charges net premium and brokerage as parts; below 0 is a return.

    Amounts are in the policy's currency; both 0 says that nothing is to be adjusted. Raises StaleVersion, WrongState
    without a declaration or after an adjustment, ValidationError with the fields named.
    """
    current = recording.locked(declaration, version=version)
    if current.declared_on is None:
        raise WrongState(_("An adjustment follows a declaration."))
    if current.adjusted_on is not None:
        raise WrongState(_("The premium is adjusted by it already."))
    if net * brokerage < 0:
        raise ValidationError({"brokerage": _("Net premium and brokerage go the same way.")})
    policy = current.policy
    net, brokerage = round_money(net, policy.currency), round_money(brokerage, policy.currency)
    current.adjustment, current.adjusted_on = net + brokerage, adjusted_on
    recording.change(current, ADJUSTED, by=by, version=version)
    if net or brokerage:
        if not policy.premium_parts.exists() and policy.premium is not None:
            words = _("Charge the premium in parts first, so that the adjustment has something to add to.")
            raise ValidationError({"net": words})
        premiums.charge(
            policy=policy,
            amounts={PremiumKind.NET: net, PremiumKind.BROKERAGE: brokerage},
            charged_from=adjusted_on,
            section=current.section,
            note=str(current)[:200],
            by=by,
        )
    return current
