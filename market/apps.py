"""Classes of business, insurers with their ratings, value indices and exchange rates."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MarketConfig(AppConfig):
    name = "market"
    verbose_name = _("Market")

    def ready(self) -> None:
        post_migrate.connect(ship, sender=self)


def ship(**_signal: Any) -> None:
    """Adds what ships with the product, once its tables are there."""
    from market.services import classes, grades

    classes.add_missing()
    grades.add_missing()
