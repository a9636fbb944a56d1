"""The worker's part: sweeps that may run any time and twice, so that a lost message loses nothing."""

from celery import shared_task

from programmes.services import oed_imports


@shared_task
def load_imports() -> int:
    """Loads every import that waits, and those whose worker died. Returns how many were loaded."""
    return oed_imports.load_waiting()
