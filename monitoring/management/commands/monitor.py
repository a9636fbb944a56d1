"""`monitor`: runs the monitors for today, or shows what they would find on another day."""

import datetime
from collections import Counter
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from common import sentences
from common.arguments import day_of
from common.dates import today
from common.monitor import catalogue, monitor_of
from common.templatetags.ui import money
from monitoring.services import runs
from profiles.models import Customer

SHOWN = 100
"""Findings of another day that are listed one by one."""


class Command(BaseCommand):
    help = (
        "Run the monitors over the book, or over one customer, and bring the findings up to date. "
        "For any day but today it says what would be found, and writes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-at", metavar="YYYY-MM-DD", help="default: today")
        parser.add_argument("--customer", type=UUID, metavar="ID", help="this customer alone")

    def handle(self, *args: Any, as_at: str | None, customer: UUID | None, **options: Any) -> None:
        """Prints counts. Raises CommandError for a customer that there is not, and for what is no day."""
        day = day_of(as_at) if as_at else today()
        if customer and not Customer.objects.filter(pk=customer).exists():
            raise CommandError(f"There is no customer {customer}.")
        customer_ids = [customer] if customer else None
        if day != today():
            self._preview(day, customer_ids)
        else:
            self._run(day, customer_ids)

    def _run(self, day: datetime.date, customer_ids: list[UUID] | None) -> None:
        run = runs.run(on=day, by=User.objects.system(), customer_ids=customer_ids)
        self.stdout.write(f"As at {day}:")
        for code, counts in sorted(run.counts.items()):
            became = ", ".join(f"{count} {name}" for name, count in counts.items() if name != "found" and count)
            self.stdout.write(
                f"  {code:<20} {counts['found']:>7} found  {became or 'nothing before, nothing now'}"
                f"  ({run.milliseconds.get(code, 0)} ms)"
            )
        self.stdout.write(f"  matched and written in {run.milliseconds['matching']} ms")

    def _preview(self, day: datetime.date, customer_ids: list[UUID] | None) -> None:
        rows = runs.preview(on=day, customer_ids=customer_ids)
        counts = Counter(row.monitor for row in rows)
        self.stdout.write(f"As at {day}, if it were today (nothing is written):")
        for monitor in catalogue():
            self.stdout.write(f"  {monitor.code:<20} {counts[monitor.code]:>7} would be open")
        for row in rows[:SHOWN]:
            words = sentences.sentence(monitor_of(row.monitor), row.facts)
            at_stake = f"  {money(row.amount, row.currency)} at stake" if row.amount is not None else ""
            self.stdout.write(f"  {row.severity.label}: {row.customer_name} ({row.known_as}): {words}{at_stake}")
        if len(rows) > SHOWN:
            self.stdout.write(f"  and {len(rows) - SHOWN} more")
