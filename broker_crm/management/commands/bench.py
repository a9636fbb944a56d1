"""`bench`: what `make bench` runs, in a data folder of its own."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from broker_crm.bench import kept, measuring
from broker_crm.bench.databases import NotOurs
from common.dates import today


class Command(BaseCommand):
    help = "Measure on made-up books, and print one table with ratios to the floors it names and the last kept result."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--customers", type=int, default=100_000, help="of the largest book (100000)")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--keep", action="store_true", help="keep the result in docs/bench.json, to compare with")

    def handle(self, *args: Any, customers: int, seed: int, keep: bool, **options: Any) -> None:
        """Prints progress to the error stream and the table to the output; a missed target is marked, no failure."""
        if customers < 1:
            raise CommandError("A book has at least one customer.")
        on = today()
        try:
            rows = measuring.measure(customers=customers, seed=seed, on=on, say=self.stderr.write)
        except NotOurs as error:
            raise CommandError(str(error)) from error
        for line in kept.table(rows, kept.read(customers)):
            self.stdout.write(line)
        if keep:
            kept.write(customers, on, rows)
