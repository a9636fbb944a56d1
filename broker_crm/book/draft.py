"""One customer of the book while it is written: rows as lines for COPY, and what later rows need of earlier ones."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from broker_crm.book import brokerage
from broker_crm.book.draws import Draws, rounded
from broker_crm.book.keys import Keys
from common.models import Record
from profiles.models import Customer

NOTHING = "\\N"


class Sheet:
    """A table and the columns that are written, after the key and the customer's; others take their defaults."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        self.model = model
        # A row between two tables has a key that the database counts up, and no customer.
        self.begins = () if not issubclass(model, Record) else ("id",) if model is Customer else ("id", "customer_id")
        self.names = (*self.begins, *names)


@dataclass(frozen=True)
class Shared:
    """What customers share. Keys as text."""

    seed: int
    on: datetime.date
    classes: dict[str, str]
    categories: dict[str, str]
    tiers: list[str]
    insurers: list[str]
    indices: dict[str, str]
    compulsory: dict[str, list[str]]
    """By territory, the covers that the law asks of whoever employs somebody."""


@dataclass(slots=True)
class Item:
    """An exposure of the customer with what it is worth, in Hong Kong dollars."""

    key: str
    kind: str
    worth: float


@dataclass(slots=True)
class Place:
    """A location with the property in it."""

    key: str
    country: str
    items: list[Item] = field(default_factory=list)

    @property
    def worth(self) -> float:
        return sum(item.worth for item in self.items)


@dataclass(slots=True)
class Held:
    """A section in force. Amounts are in Hong Kong dollars."""

    key: str
    code: str
    inception: datetime.date
    limit: float
    aggregate: float
    per_dollar: float


class Draft:
    """A customer's rows by sheet, in the order in which the database can take them."""

    def __init__(self, shared: Shared, number: int) -> None:
        self.shared, self.number, self.on = shared, number, shared.on
        self.draws = Draws(f"{shared.seed} {number}")
        self.rows: dict[Sheet, list[str]] = defaultdict(list)
        self._next_key = Keys(seed=shared.seed, on=shared.on, number=number)
        self.portfolio = brokerage.portfolio_of(shared.seed, shared.on, number)
        self.manager = brokerage.manager_of(shared.seed, shared.on, number)
        self.customer = ""
        self.currency, self.per_dollar = "HKD", 1.0
        self.country = "HK"
        self.industry = ""
        self.places: list[Place] = []
        self.interruption: Item | None = None
        self.held: list[Held] = []

    def add(self, sheet: Sheet, *values: Any) -> str:
        """Another row of the customer. Returns its key. Text must hold no tabs, line ends or backslashes."""
        key = self._next_key()
        begins = (key, self.customer)[: len(sheet.begins)]
        self.rows[sheet].append("\t".join([*begins, *[NOTHING if value is None else str(value) for value in values]]))
        return key

    def days_ago(self, days: int) -> datetime.date:
        return self.on - datetime.timedelta(days=days)

    def money(self, dollars: float) -> int:
        """An amount of Hong Kong dollars in the customer's currency, to three digits."""
        return rounded(dollars * self.per_dollar, 3)

    @property
    def worth(self) -> float:
        """Of all the property, in Hong Kong dollars."""
        return sum(place.worth for place in self.places)


def listed(words: "tuple[str, ...] | list[str]") -> str:
    """Words as COPY reads an array."""
    return "{" + ",".join(words) + "}"
