"""Runs on a day that the test chooses."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from monitoring.models import Finding
from monitoring.services import runs
from tests.clock import Clock
from tests.factories import TODAY


@pytest.fixture
def night(db: None, clock: Clock) -> Callable[..., Any]:
    """Runs the book on a day, today unless another is given."""

    def run(on: datetime.date = TODAY, **given: Any) -> Any:
        clock.set(on)
        return runs.run(on=on, by=User.objects.system(), **given)

    return run


def finding_of(monitor: str, subject: Any) -> Finding:
    return Finding.objects.get(monitor=monitor, subject_id=subject.pk)
