"""The day that the tests of the desk choose."""

from tests.monitoring.conftest import clock

__all__ = ["clock"]
