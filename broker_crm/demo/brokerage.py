"""The demo brokerage itself: offices, teams, people, portfolios, and the market it places with."""

import datetime
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from accounts.models import Office, Portfolio, Role, Team, User
from broker_crm.demo.book import Book
from broker_crm.demo.people import DATA, PASSWORD, people
from common.reference import rows_of
from market.models import ExchangeRate, Insurer, InsurerGroup

OFFICES = (
    ("Hong Kong", "香港", "18/F, 1 Lantern Street, Quarry Bay, Hong Kong", "+85221000100", "Asia/Hong_Kong", "HKD"),
    ("Singapore", "新加坡", "08-21, 9 Banyan Row, Singapore", "+6565550100", "Asia/Singapore", "SGD"),
    ("Taipei", "臺北", "12F, 88 Camphor Lane, Xinyi, Taipei", "+886255550100", "Asia/Taipei", "TWD"),
)

SUPERVISES = {
    "winnie.fung@broker.example": ("Commercial", "Corporate"),
    "marcus.lim@broker.example": ("South-East Asia", "Taiwan"),
}

PORTFOLIOS = {
    "mei.lau@broker.example": ("Kowloon and New Territories West", ("tony.kwok@broker.example",), 60),
    "jason.ho@broker.example": ("Kowloon East and Sai Kung", ("tony.kwok@broker.example",), 58),
    "carmen.yip@broker.example": ("Hong Kong Island", (), 57),
    "winnie.fung@broker.example": ("Key accounts", ("tony.kwok@broker.example",), 38),
    "daniel.tan@broker.example": ("Singapore", ("priya.menon@broker.example",), 56),
    "aisha.rahman@broker.example": ("Singapore and Malaysia", ("priya.menon@broker.example",), 52),
    "marcus.lim@broker.example": ("Regional accounts", (), 30),
    "yichun.lin@broker.example": ("Taiwan", (), 49),
}
"""Portfolios by their manager: name, assistants, and how many of 400 customers are in it."""


def add_brokerage(book: Book) -> None:
    """Adds offices, teams, people and portfolios."""
    offices = {
        name: book.add(
            Office, name=name, name_local=local, address=address, phone=phone, time_zone=zone, currency=currency
        )
        for name, local, address, phone, zone, currency in OFFICES
    }
    teams: dict[str, Team] = {}
    # One hash for all of them: hashing is slow on purpose, and the password is no secret.
    password = make_password(PASSWORD)
    for person in people():
        if person.team and person.team not in teams:
            teams[person.team] = book.add(Team, office=offices[person.office], name=person.team)
    for person in people():
        book.people[person.email] = book.add(
            User,
            email=person.email,
            name=person.name,
            name_local=person.name_local,
            phone=person.phone,
            role=Role(person.role),
            team=teams.get(person.team),
            language=person.language,
            password=password,
        )
    for email, names in SUPERVISES.items():
        for name in names:
            book.add(Team.supervisors.through, team=teams[name], user=book.people[email])
    for email, (name, assistants, _customers) in PORTFOLIOS.items():
        manager = book.people[email]
        assert manager.team
        portfolio = book.portfolios[email] = book.add(Portfolio, name=name, team=manager.team, manager=manager)
        for assistant in assistants:
            book.add(Portfolio.assistants.through, portfolio=portfolio, user=book.people[assistant])


def add_market(book: Book) -> None:
    """Adds the insurers with their groups, and two years of exchange rates."""
    groups: dict[str, InsurerGroup] = {}
    for row in rows_of(DATA / "insurers.csv"):
        group = row["group"]
        if group and group not in groups:
            groups[group] = book.add(InsurerGroup, name=group)
        book.insurers[row["short_name"]] = book.add(
            Insurer,
            name=row["name"],
            name_local=row["name_local"],
            short_name=row["short_name"],
            group=groups.get(group),
            country=row["country"],
        )
    for row in rows_of(DATA / "exchange_rates.csv"):
        book.add(
            ExchangeRate,
            currency=row["currency"],
            valid_from=datetime.date.fromisoformat(row["valid_from"]),
            units_per_base=Decimal(row["units_per_base"]),
        )
