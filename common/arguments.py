"""Arguments of commands, read so that a wrong one is answered by one sentence."""

import datetime

from django.core.management.base import CommandError


def day_of(text: str) -> datetime.date:
    """The day written as 2026-11-23. Raises CommandError.

    For `handle`: what a `type` of argparse refuses is answered with the command's whole usage.
    """
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is not a day: write it as 2026-11-23.") from None
