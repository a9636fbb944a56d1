"""Risk categories and what can be lost: exposures and their values."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class RiskConfig(AppConfig):
    name = "risk"
    verbose_name = _("Risk")

    def ready(self) -> None:
        from risk import monitors  # noqa: F401  fills the catalogue

        post_migrate.connect(ship, sender=self)


def ship(**_signal: Any) -> None:
    """Adds what ships with the product, once its tables are there."""
    from risk.services import categories, compulsory

    categories.add_missing()
    compulsory.add_missing()
