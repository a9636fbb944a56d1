"""A mail server for the tests of sending."""

from collections.abc import Iterator

import pytest

from tests.communications.smtp import Server, serving


@pytest.fixture
def smtp_server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def mail_goes_to(smtp_server: Server, settings) -> Server:
    """This process, too, sends to the server of the test."""
    settings.EMAIL_BACKEND = "communications.delivery.SmtpBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    return smtp_server
