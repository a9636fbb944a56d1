"""A real SMTP server in the test, which can stop at any command until the test lets it go on."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

PATIENCE = 30
"""Seconds that a test waits for something that happens in another process."""


@dataclass
class Server:
    """What the server got and answers. `pause_at` names the command it stops at: EHLO, MAIL, RCPT or DATA."""

    port: int = 0
    pause_at: str = ""
    answers: dict[str, str] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    accepted: list[EmailMessage] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)
    resumed: threading.Event = field(default_factory=threading.Event)
    hangs_up_at: str = ""
    unknown: set[str] = field(default_factory=set)

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, name: str, responses: list[str]):
        session.host_name = name
        await self._at("EHLO", server)
        return responses

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]):
        await self._at("MAIL", server)
        if "MAIL" not in self.answers:
            envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]):
        await self._at("RCPT", server)
        if address in self.unknown:
            return "550 5.1.1 No such person here"
        if "RCPT" not in self.answers:
            envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await self._at("DATA", server)
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250") and self.hangs_up_at != "DATA":
            self.accepted.append(message_from_bytes(envelope.content, policy=default))
            await self._at("ACCEPTED", server)
        return answer

    async def _at(self, command: str, server: SMTP) -> None:
        self.commands.append(command)
        if self.hangs_up_at == command:
            server.transport.abort()
        if self.pause_at == command:
            self.reached.set()
            for _ in range(PATIENCE * 100):
                if self.resumed.is_set():
                    return
                await asyncio.sleep(0.01)

    def wait_until_reached(self) -> None:
        assert self.reached.wait(PATIENCE), f"Nobody came to {self.pause_at}; seen: {self.commands}"

    def go_on(self) -> None:
        self.pause_at = ""
        self.resumed.set()


class OnAnyPort(Controller):
    """aiosmtpd's, which greets itself once it listens, on the port that the machine gave it."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def serving() -> Iterator[Server]:
    """A server on a free port of this machine, until the block ends."""
    server = Server()
    controller = OnAnyPort(server, hostname="127.0.0.1", port=0)
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        server.go_on()
        controller.stop()
