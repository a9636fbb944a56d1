"""Drafts the updates that are due, releases those whose plan says so, and hands over what waits in the outbox."""

import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from common.arguments import day_of
from common.dates import today
from communications.models import MessageState
from communications.services import outbox
from programmes.services import updates


class Command(BaseCommand):
    help = (
        "Drafts the updates that are due today, releases those whose plan says so, and hands what waits in the outbox "
        "to the mail server. For any other day it says what would be due, and writes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-at", metavar="YYYY-MM-DD", help="default: today")

    def handle(self, *args: Any, as_at: str | None, **options: Any) -> None:
        day = day_of(as_at) if as_at else today()
        if day != today():
            self._foresee(day)
        else:
            self._send(day)

    def _foresee(self, day: datetime.date) -> None:
        met = updates.foresee(on=day)
        self.stdout.write(
            f"As at {day}: {met.drafted} to draft, {met.refreshed} drafts to bring up to date, "
            f"{met.left_to_their_editors} edited drafts to leave alone; "
            f"{met.released} to release by themselves, {met.without_recipient} without a recipient. "
            "Nothing was written."
        )

    def _send(self, day: datetime.date) -> None:
        met = updates.draft_due(on=day, by=User.objects.system())
        tally = outbox.push()
        self.stdout.write(
            f"{met.plans_added} plans added, {met.drafted} updates drafted, {met.refreshed} brought up to date, "
            f"{met.unchanged} unchanged, {met.left_to_their_editors} edited drafts left alone\n"
            f"{met.released} released by themselves, {met.without_recipient} without a recipient\n"
            f"{tally[MessageState.SENT]} messages sent, {tally[MessageState.QUEUED]} wait for another try, "
            f"{tally[MessageState.FAILED]} refused, {tally[MessageState.UNCONFIRMED]} perhaps sent"
        )
        if met.failed:
            raise CommandError(f"{met.failed} updates could not be released: the log says why.")
