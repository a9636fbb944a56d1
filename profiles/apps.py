"""Customers, contacts, locations, and import runs."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ProfilesConfig(AppConfig):
    name = "profiles"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from profiles import monitors  # noqa: F401  fills the catalogue

        post_migrate.connect(ship, sender=self)


def ship(**_signal: Any) -> None:
    """Adds what ships with the product, once its tables are there."""
    from profiles.services import tiers

    tiers.add_missing()
