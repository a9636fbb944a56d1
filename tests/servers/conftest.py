"""A checkout for each test of the servers, with nothing left running after it."""

import shutil

import pytest

from tests.servers.checkout import Checkout, free_port, wait_for_none


@pytest.fixture
def checkout(data):
    """A product on the data folder that the test's module names, at a port of its own."""
    checkout = Checkout(data, free_port())
    yield checkout
    for process in checkout.started:
        process.kill()
        process.communicate()
    assert wait_for_none(checkout, seconds=10) == {}
    shutil.rmtree(checkout.state.run, ignore_errors=True)  # what a killed supervisor left
