"""Mail backends that can say how far a letter got: over SMTP, and into files where no server is configured.

`body_begun` is false as long as the receiving side certainly cannot have accepted the latest letter. The outbox asks it
after a failure; of a backend that does not have it, it assumes the worst.
"""

import os
import smtplib
from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.utils import timezone


class _Watched(smtplib.SMTP):
    """Remembers whether the DATA command of the latest letter went out: what follows it may have been accepted."""

    body_begun = False

    def putcmd(self, cmd: str, args: str = "") -> None:
        if cmd.lower() in ("mail", "data"):
            self.body_begun = cmd.lower() == "data"
        super().putcmd(cmd, args)


class _WatchedSSL(_Watched, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class SmtpBackend(smtp.EmailBackend):
    """Django's, which also greets the server when it opens, so that one that answers nobody is found out early."""

    _latest: _Watched | None = None

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _WatchedSSL if self.use_ssl else _Watched

    @property
    def body_begun(self) -> bool:
        return self._latest is not None and self._latest.body_begun

    def open(self) -> bool | None:
        is_new = super().open()
        if is_new and isinstance(self.connection, _Watched):
            self._latest = self.connection
            try:
                self._latest.ehlo_or_helo_if_needed()
            except OSError:
                self.close()
                raise
        return is_new


class FileBackend(BaseEmailBackend):
    """Writes each mail to a file of its own, named by time and address, which appears whole or not at all."""

    body_begun = False

    def __init__(self, *, file_path: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.folder = Path(file_path or settings.EMAIL_FILE_PATH)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            self._write(message)
        return len(email_messages)

    def _write(self, message: EmailMessage) -> None:
        address = parseaddr(message.recipients()[0])[1]
        readable = "".join(letter if letter.isalnum() or letter in "@.-_" else "_" for letter in address)[:100]
        name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{readable}"
        draft = self.folder / f".{name}.{os.getpid()}"
        with draft.open("wb") as file:
            file.write(message.message().as_bytes())
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self.folder / f"{name}.eml")
