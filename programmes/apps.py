"""Policies, their sections, terms and lines, towers and renewals."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    name = "programmes"
    verbose_name = _("Programmes")

    def ready(self) -> None:
        from programmes import monitors  # noqa: F401  fills the catalogue
