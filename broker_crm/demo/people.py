"""Who can sign in to the demo. Imports no models, so that the sign-in page and the start-up can ask cheaply."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from common.reference import rows_of

DATA = Path(__file__).parent / "data"

PASSWORD = "harbour-lantern-26"  # noqa: S105  meant to be shown: it opens an invented book
"""The password of every demo user."""

MAIN_USER = "mei.lau@broker.example"
"""The account manager whose book has the showcase customers."""


@dataclass(frozen=True)
class Person:
    """Somebody of the brokerage. `role` is a code of accounts.Role; `team` is empty for those who serve the house."""

    name: str
    name_local: str
    email: str
    phone: str
    role: str
    office: str
    team: str
    language: str


@cache
def people() -> tuple[Person, ...]:
    """Everybody of the demo brokerage, the main user first."""
    return tuple(Person(**row) for row in rows_of(DATA / "users.csv"))


def sign_in_hint() -> tuple[list[tuple[str, str, str]], str]:
    """Who to sign in as: triples of name, role code and e-mail, the main user first, and the password of them all."""
    return [(person.name, person.role, person.email) for person in people()], PASSWORD
