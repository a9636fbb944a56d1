"""What the worker does for communications. Beat sweeps the outbox; the message that a release sends only hurries it."""

from celery import shared_task

from communications.services import outbox


@shared_task(name=outbox.SEND_TASK)
def send_messages() -> None:
    """One pass over the outbox. Any number may run at once, and any may die."""
    outbox.push()
