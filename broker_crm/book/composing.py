"""The rows of one customer, whole: the same for the same seed, day and number, however large the book is."""

from broker_crm.book import claims, customers, lines, policies, premises, programmes, register, strategy
from broker_crm.book.draft import Draft, Shared, Sheet

SHEETS: tuple[Sheet, ...] = (
    customers.CUSTOMERS,
    premises.LOCATIONS,
    premises.EXPOSURES,
    premises.VALUES,
    policies.POLICIES,
    policies.SECTIONS,
    policies.TERMS,
    policies.COVER_TERMS,
    policies.LOCATIONS,
    lines.LINES,
    claims.CLAIMS,
    claims.MOVEMENTS,
    strategy.STEPS,
    strategy.TOLERANCES,
    strategy.COMPULSORY,
    strategy.PROFILES,
    register.RISKS,
    register.LINKS,
    register.CONTROLS,
)
"""In an order in which the database can take them: a profile that is signed off comes after what belongs to it, since
then nothing may be added to it."""


def customer(shared: Shared, number: int) -> Draft:
    """The customer with that number, from 1."""
    draft = Draft(shared, number)
    for noun in (customers, premises, programmes, claims, strategy, register):
        noun.write(draft)
    return draft
