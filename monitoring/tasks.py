"""What the worker does for monitoring: customers of whom something changed."""

from celery import shared_task

from accounts.models import User
from accounts.services.audit import CHECK_TASK
from monitoring.services import checks


@shared_task(name=CHECK_TASK)
def check_customers() -> None:
    """Runs the monitors of the customers in line. Any number may run at once, and any may die."""
    checks.run_waiting(by=User.objects.system())
