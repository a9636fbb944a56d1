"""Users, roles, teams, portfolios, permission and the record of what was done."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and permission")

    def ready(self) -> None:
        post_migrate.connect(ship, sender=self)


def ship(**_signal: Any) -> None:
    """Adds what ships with the product, once its tables are there."""
    from accounts.models import User

    User.objects.ensure_system()
