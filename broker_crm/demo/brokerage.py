"""The demo brokerage itself: offices, teams, people, portfolios, and the market it places with."""

import datetime
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from accounts.models import Office, Portfolio, Role, Team, User
from broker_crm.demo.book import Book
from broker_crm.demo.people import DATA, PASSWORD, people
from common.dates import add_months
from common.reference import rows_of
from market.models import (
    Authorisation,
    ExchangeRate,
    Insurer,
    InsurerContact,
    InsurerGroup,
    InsurerRating,
    RatingGrade,
    ValueIndex,
    ValueIndexFigure,
)

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


INDICES = (
    ("BUILDING_COSTS_HK", "Building costs, Hong Kong", "建築成本（香港）", "HK", Decimal("0.0085"), Decimal("0.006")),
    ("MACHINERY_PRICES", "Machinery prices", "機器價格", "", Decimal("0.0055"), Decimal("0.004")),
)
"""Value indices: code, names, country, by how much each rises in a quarter, and how far it swings around that."""
QUARTERS = 32
SWING = (0, 1, 2, 1, 0, -1, -2, -1)


def add_market(book: Book) -> None:
    """Adds the insurers with their groups, ratings, authorisations and contacts, value indices and exchange rates."""
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
    add_ratings(book)
    add_authorisations(book)
    add_contacts(book)
    add_indices(book)
    for row in rows_of(DATA / "exchange_rates.csv"):
        book.add(
            ExchangeRate,
            currency=row["currency"],
            valid_from=datetime.date.fromisoformat(row["valid_from"]),
            units_per_base=Decimal(row["units_per_base"]),
        )


def add_ratings(book: Book) -> None:
    """Adds what the agencies said of the insurers so many months before the book's day; a few nobody rates."""
    grades = {(row.agency, row.grade): row for row in RatingGrade.objects.all()}
    for row in rows_of(DATA / "ratings.csv"):
        book.add(
            InsurerRating,
            insurer=book.insurers[row["insurer"]],
            agency=row["agency"],
            grade=grades[row["agency"], row["grade"]] if row["grade"] else None,
            outlook=row["outlook"],
            rated_on=months_before(book, row["months_ago"]),
            note=row["note"],
        )


def add_authorisations(book: Book) -> None:
    """Adds where the insurers may carry which classes; a few have lapsed."""
    for row in rows_of(DATA / "authorisations.csv"):
        book.add(
            Authorisation,
            insurer=book.insurers[row["insurer"]],
            territory=row["territory"],
            class_of_business=book.classes[row["class"]] if row["class"] else None,
            number=row["number"],
            valid_from=months_before(book, row["months_ago"]),
            valid_to=months_before(book, row["ended_months_ago"]) if row["ended_months_ago"] else None,
        )


def add_contacts(book: Book) -> None:
    """Adds people at the insurers; one has left."""
    for row in rows_of(DATA / "insurer_contacts.csv"):
        book.add(
            InsurerContact,
            insurer=book.insurers[row["insurer"]],
            name=row["name"],
            name_local=row["name_local"],
            job_title=row["job_title"],
            class_of_business=book.classes[row["class"]] if row["class"] else None,
            email=row["email"],
            phone=row["phone"],
            note=row["note"],
            left_on=months_before(book, row["left_months_ago"]) if row["left_months_ago"] else None,
        )


def add_indices(book: Book) -> None:
    """Adds value indices by quarter up to the book's day. Their figures are invented, and they say so."""
    quarter = book.on.replace(month=(book.on.month - 1) // 3 * 3 + 1, day=1)
    for code, name, name_zh, country, rise, swing in INDICES:
        index = book.value_indices[code] = book.add(
            ValueIndex, code=code, name=name, name_zh=name_zh, country=country, publisher="Invented for demonstration"
        )
        for at in range(QUARTERS):
            figure = 100 * (1 + rise) ** at * (1 + swing * SWING[at % len(SWING)])
            book.add(
                ValueIndexFigure,
                index=index,
                valid_from=add_months(quarter, 3 * (at + 1 - QUARTERS)),
                figure=figure.quantize(Decimal("0.01")),
            )


def months_before(book: Book, months: str) -> datetime.date:
    """The first day of the month so many months before the book's."""
    return add_months(book.on.replace(day=1), -int(months))
