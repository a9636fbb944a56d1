"""Errors a user can do something about."""

from typing import Any


class StaleVersion(Exception):
    """Somebody else saved the row meanwhile. `current` is the row as it is now."""

    def __init__(self, current: Any) -> None:
        super().__init__(f"{current._meta.label} {current.pk} is at version {current.version} by now.")
        self.current = current


class WrongState(Exception):
    """A step that the life cycle does not allow from the state the row is in. The text names both states."""
