"""What the worker does for the house as a whole: the jobs of the night."""

from celery import shared_task
from django.utils import timezone

from broker_crm import nightly
from common.dates import today
from monitoring.services import runs


@shared_task(name="broker_crm.tasks.nightly_if_due")
def nightly_if_due() -> None:
    """Runs the night's jobs once a day, when the night has begun or as soon after as anything runs at all.

    Beat asks every few minutes; whether it is due is read from the database, so no lost message loses a night.
    Raises RuntimeError naming the jobs that failed.
    """
    now = timezone.now()
    if not runs.is_due(now=now):
        return
    night = nightly.run(on=today(), now=now)
    if night.failed:
        raise RuntimeError(f"Nightly jobs failed: {', '.join(night.failed)}")
