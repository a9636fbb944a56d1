"""`first_start`: what `make run` does between migrating and opening the doors. Later starts find most of it done."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from profiles.models import Customer


class Command(BaseCommand):
    """Loads the demo book into an empty database and makes up the night's jobs; prints who can sign in."""

    help = "Load the demo book into an empty database, run the nightly jobs, say who can sign in."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Progress goes to standard error; standard output has only the lines to be shown when all is up."""
        if settings.DEMO and not Customer.objects.exists():
            self.stderr.write("First start: loading the demo book")
            call_command("load_demo", stdout=self.stderr)
        call_command("nightly", stdout=self.stderr)
