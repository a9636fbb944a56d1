"""`nightly`: the jobs of the night, made up at once; on a day on which they have run there is next to nothing to do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from broker_crm import nightly
from common.dates import today


class Command(BaseCommand):
    help = "Enrol renewals, draft updates and run the monitors for today, unless that has been done."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints what each job did. Raises CommandError naming the jobs that failed; the others were run."""
        night = nightly.run(on=today(), now=timezone.now(), say=self.stdout.write)
        if night.failed:
            raise CommandError(f"Failed: {', '.join(night.failed)}. The log says why.")
