"""To whom a customer's letters go."""

from collections.abc import Iterable
from uuid import UUID

from common.dates import today
from profiles.models import Contact, Customer, CustomerStage

NOT_WRITTEN_TO = frozenset({CustomerStage.LOST, CustomerStage.DO_NOT_CONTACT})
"""Stages of a customer that gets no letter, whatever its plan says."""


def recipients(customer_ids: Iterable[UUID]) -> dict[UUID, list[Contact]]:
    """The contacts who receive updates today, by customer, each address once. A customer without one is absent."""
    found: dict[UUID, list[Contact]] = {}
    rows = Contact.objects.filter(customer__in=list(customer_ids), receives_updates=True).exclude(email="")
    for contact in rows.exclude(left_on__lte=today()).order_by("customer_id", "name", "pk"):
        of_customer = found.setdefault(contact.customer_id, [])
        if contact.email.lower() not in {other.email.lower() for other in of_customer}:
            of_customer.append(contact)
    return found


def is_written_to(customer: Customer) -> bool:
    """Whether letters may go to the customer at all."""
    return customer.stage not in NOT_WRITTEN_TO
