"""In whose name the database writes: carried into every history row, bulk statements included."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory

from accounts.models import User


@contextmanager
def acting_as(user: User, **details: Any) -> Iterator[None]:
    """Names the actor for the field history. Open it outside the transaction: its effect lasts until that ends."""
    with pghistory.context(actor=str(user.pk), actor_name=user.name, **details):
        yield
