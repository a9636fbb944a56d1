"""`enrol_renewals`: puts the policies that are due into renewals, or says which would be on another day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.models import User
from common.arguments import day_of
from common.dates import today
from programmes.services import renewals


class Command(BaseCommand):
    help = (
        "Put every policy that has come up for renewal into the renewal of its customer and expiry. "
        "For any day but today it says what would be enrolled, and writes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-at", metavar="YYYY-MM-DD", help="default: today")

    def handle(self, *args: Any, as_at: str | None, **options: Any) -> None:
        """Prints how many policies and renewals. Raises CommandError for what is no day."""
        day = day_of(as_at) if as_at else today()
        if day != today():
            met = renewals.foresee(on=day)
            self.stdout.write(
                f"As at {day}: {met.policies} policies to enrol, {met.renewals} renewals to open. Nothing was written."
            )
        else:
            met = renewals.enrol(on=day, by=User.objects.system())
            self.stdout.write(f"{met.policies} policies enrolled, {met.renewals} renewals opened")
