"""`load_demo`: fills an empty database with the demo book."""

import datetime
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from broker_crm.demo import loading
from common import dates


class Command(BaseCommand):
    """Loads an invented brokerage of about 400 customers, all or nothing."""

    help = "Fill an empty database with an invented brokerage: offices, users, customers, insurers, policies."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=2026, help="Another number gives another book (2026).")
        parser.add_argument(
            "--on",
            type=datetime.date.fromisoformat,
            help="The day around which the book is spread, as in 2026-11-23 (today).",
        )
        parser.add_argument(
            "--customers", type=int, default=loading.FULL_SIZE, help=f"About how many ({loading.FULL_SIZE})."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say in counts what was loaded. An occupied database is refused and left as it is."""
        began = time.monotonic()
        try:
            loaded = loading.load(seed=options["seed"], on=options["on"] or dates.today(), count=options["customers"])
        except loading.NotEmpty as error:
            raise CommandError(str(error)) from error
        for things, count in loaded.rows.items():
            self.stdout.write(f"{count:>7} {things}")
        self.stdout.write(f"Loaded in {time.monotonic() - began:.1f} s.")
