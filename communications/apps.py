"""What we tell customers: plans, updates, and the messages that carry them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunicationsConfig(AppConfig):
    name = "communications"
    verbose_name = _("Communications")

    def ready(self) -> None:
        from communications import monitors  # noqa: F401  fills the catalogue
