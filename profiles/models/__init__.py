from profiles.models.contacts import Contact
from profiles.models.customers import Customer, CustomerKind, CustomerStage, ServiceTier
from profiles.models.imports import ImportRow, ImportRun, ImportState
from profiles.models.locations import Location

__all__ = [
    "Contact",
    "Customer",
    "CustomerKind",
    "CustomerStage",
    "ImportRow",
    "ImportRun",
    "ImportState",
    "Location",
    "ServiceTier",
]
