"""Sends what waits in the outbox, once: what the worker does all the time, for houses that would rather use cron."""

from typing import Any

from django.core.management.base import BaseCommand

from communications.models import MessageState
from communications.services import outbox


class Command(BaseCommand):
    help = "Hands the messages that wait in the outbox to the mail server, once, and prints how many went where."

    def handle(self, *args: Any, **options: Any) -> None:
        tally = outbox.push()
        self.stdout.write(
            f"{tally[MessageState.SENT]} sent, {tally[MessageState.QUEUED]} wait for another try, "
            f"{tally[MessageState.FAILED]} refused, {tally[MessageState.UNCONFIRMED]} perhaps sent"
        )
