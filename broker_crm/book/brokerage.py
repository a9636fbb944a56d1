"""The people of the book's brokerage: an account manager for every 200 customers, a team for every ten of them."""

import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password

from accounts.models import Office, Portfolio, Role, Team, User
from broker_crm.book.keys import key_named

IN_A_PORTFOLIO = 200
PORTFOLIOS_IN_A_TEAM = 10


def portfolio_of(seed: int, on: datetime.date, number: int) -> str:
    """The portfolio of the customer with that number."""
    return key_named(f"portfolio {number // IN_A_PORTFOLIO}", seed=seed, on=on)


def manager_of(seed: int, on: datetime.date, number: int) -> str:
    """Who looks after the customer with that number."""
    return key_named(f"manager {number // IN_A_PORTFOLIO}", seed=seed, on=on)


def add(*, seed: int, on: datetime.date, customers: int) -> dict[str, int]:
    """Adds an office, its teams with supervisors, managers and portfolios for customers numbered from 1.

    Nobody of them can sign in before a password is set. Returns how many of what.
    """

    def key(name: str) -> UUID:
        return UUID(key_named(name, seed=seed, on=on))

    portfolios = range(customers // IN_A_PORTFOLIO + 1)
    teams = range(portfolios[-1] // PORTFOLIOS_IN_A_TEAM + 1)
    office = Office.objects.create(id=key("office"), name=f"Book {seed}")
    nobody = make_password(None)
    Team.objects.bulk_create(Team(id=key(f"team {at}"), office=office, name=f"Team {at + 1}") for at in teams)
    people = [
        User(
            id=key(f"supervisor {at}"),
            email=f"supervisor-{at + 1}@book.example",
            name=f"Supervisor {at + 1}",
            role=Role.SUPERVISOR,
            team_id=key(f"team {at}"),
            password=nobody,
        )
        for at in teams
    ] + [
        User(
            id=key(f"manager {at}"),
            email=f"manager-{at + 1}@book.example",
            name=f"Manager {at + 1}",
            role=Role.ACCOUNT_MANAGER,
            team_id=key(f"team {at // PORTFOLIOS_IN_A_TEAM}"),
            password=nobody,
        )
        for at in portfolios
    ]
    User.objects.bulk_create(people)
    supervising = Team.supervisors.through
    supervising.objects.bulk_create(
        supervising(team_id=key(f"team {at}"), user_id=key(f"supervisor {at}")) for at in teams
    )
    Portfolio.objects.bulk_create(
        Portfolio(
            id=key(f"portfolio {at}"),
            name=f"Portfolio {at + 1}",
            team_id=key(f"team {at // PORTFOLIOS_IN_A_TEAM}"),
            manager_id=key(f"manager {at}"),
        )
        for at in portfolios
    )
    return {"teams": len(teams), "users": len(people), "portfolios": len(portfolios)}
