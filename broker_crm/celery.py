"""The Celery application: the worker's tasks and beat's timetable."""

import ctypes
import os
import signal
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broker_crm.settings")

app = Celery("broker_crm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# The database says what there is to do; beat only asks, and a message not taken by the next time is dropped.
app.conf.beat_schedule = {
    "customers to check": {"task": "monitoring.tasks.check_customers", "schedule": 5, "options": {"expires": 5}},
    "letters to send": {"task": "communications.tasks.send_messages", "schedule": 10, "options": {"expires": 10}},
    "imports to load": {"task": "programmes.tasks.load_imports", "schedule": 10, "options": {"expires": 10}},
    "the jobs of the night": {"task": "broker_crm.tasks.nightly_if_due", "schedule": 300, "options": {"expires": 300}},
}


@worker_process_init.connect
def end_with_the_worker(**_: Any) -> None:
    """A pool process dies with its worker, however that ends, so that none works on unseen."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
