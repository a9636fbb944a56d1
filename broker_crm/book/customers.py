"""The customer itself: where it is, in which currency it counts, how it is looked after."""

from broker_crm.book.currencies import PER_HONG_KONG_DOLLAR
from broker_crm.book.draft import Draft, Sheet
from profiles.models import Customer

SOURCE = "book"
"""What the customers and insurers of the book are known by; a book goes in once."""

CUSTOMERS = Sheet(
    Customer,
    "source",
    "external_id",
    "portfolio_id",
    "name",
    "industry",
    "country",
    "currency",
    "tier_id",
    "stage",
    "in_care_since",
    "profile_reviewed_on",
)
COUNTRIES = (*["HK"] * 16, "SG", "SG", "TW", "CN")
CURRENCIES = {"HK": "HKD", "SG": "SGD", "TW": "TWD", "CN": "CNY"}
INDUSTRIES = (
    *["Trading", "Retail", "Restaurants", "Property holding", "Manufacturing", "Logistics", "Professional services"],
    *["Technology", "Construction", "Hotels", "Health care", "Education"],
)
FIRST = ("Amber", "Blue", "Cedar", "Dragon", "East", "Fortune", "Golden", "Harbour", "Island", "Jade", "Kapok", "Lotus")
SECOND = ("Bay", "Bridge", "Crane", "Field", "Gate", "Grove", "Hill", "Junk", "Lantern", "Peak", "River", "Wharf")


def write(draft: Draft) -> None:
    """Adds the customer. Its key is the first."""
    draws = draft.draws
    draft.country = draws.one_of(COUNTRIES)
    draft.currency = CURRENCIES[draft.country]
    draft.per_dollar = PER_HONG_KONG_DOLLAR[draft.currency]
    draft.industry = draws.one_of(INDUSTRIES)
    draft.customer = draft.add(
        CUSTOMERS,
        SOURCE,
        f"C-{draft.number}",
        draft.portfolio,
        f"{draws.one_of(FIRST)} {draws.one_of(SECOND)} {draft.industry} {draft.number}",
        draft.industry,
        draft.country,
        draft.currency,
        draws.one_of(draft.shared.tiers),
        "CUSTOMER" if draws.happens(0.97) else draws.one_of(("PROSPECT", "LOST")),
        draft.days_ago(int(draws.between(30, 3000))) if draws.happens(0.98) else None,
        draft.days_ago(int(draws.between(0, 330))) if draws.happens(0.94) else None,
    )
