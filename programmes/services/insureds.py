"""What is done with the insureds of a policy: further customers that it insures beside the one who arranged it."""

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts.actions import action
from accounts.models import User
from accounts.services import audit, recording
from profiles.models import Customer
from programmes.models import Policy, PolicyInsured

ADDED = action("insured.added", gettext_lazy("added as an insured"))
REMOVED = action("insured.removed", gettext_lazy("removed as an insured"))


@transaction.atomic
def add(*, policy: Policy, insured: Customer, by: User) -> PolicyInsured:
    """Names a customer as an insured: the policy counts in its cover too. Raises ValidationError where it is one."""
    made = PolicyInsured(customer_id=policy.customer_id, policy=policy, insured=insured)
    recording.add(made, ADDED, by=by)
    audit.ask_for_checks([insured.pk], by=by)
    return made


@transaction.atomic
def remove(*, insured: PolicyInsured, by: User, version: int) -> None:
    """Takes a customer off a policy: it no longer counts in its cover. Raises StaleVersion."""
    recording.remove(insured, REMOVED, by=by, version=version)
    audit.ask_for_checks([insured.insured_id], by=by)
