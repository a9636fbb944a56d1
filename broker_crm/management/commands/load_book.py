"""`load_book`: adds a made-up book of any size, for measuring."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from broker_crm.book import loading
from common.arguments import day_of
from common.dates import today


class Command(BaseCommand):
    """Loads a book of so many customers with all that adequacy needs, all or nothing."""

    help = "Add a made-up book of so many customers, realistic in its statistics: for measuring, not for showing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, required=True, help="how many")
        parser.add_argument("--seed", type=int, default=1, help="another number gives another book (1)")
        parser.add_argument("--on", metavar="YYYY-MM-DD", help="the day around which it is spread (today)")

    def handle(self, *args: Any, customers: int, seed: int, on: str | None, **options: Any) -> None:
        """Prints progress, then counts. A database that has a book already is refused and left as it is."""
        began = time.monotonic()

        def say(done: int) -> None:
            self.stdout.write(f"{done:>9} of {customers} customers, {time.monotonic() - began:.0f} s")
            self.stdout.flush()

        try:
            counts = loading.load(customers=customers, seed=seed, on=day_of(on) if on else today(), say=say)
        except loading.Refused as error:
            raise CommandError(str(error)) from error
        for things, count in counts.items():
            self.stdout.write(f"{count:>9} {things}")
        self.stdout.write(
            f"Loaded in {time.monotonic() - began:.1f} s. Findings come with the next night, or `monitor`."
        )
