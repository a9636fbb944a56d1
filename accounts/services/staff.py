"""Adding people to the brokerage."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Office, Portfolio, Role, Team, User
from accounts.services import audit, recording

OFFICE_ADDED = audit.action("office.added", _("added the office"))
TEAM_ADDED = audit.action("team.added", _("added the team"))
USER_ADDED = audit.action("user.added", _("added the user"))
PORTFOLIO_ADDED = audit.action("portfolio.added", _("added the portfolio"))


@transaction.atomic
def add(*, email: str, name: str, role: str, office: str, team: str, portfolio: str, password: str, by: User) -> User:
    """Adds a person, with the office, team and portfolio of those names where they are not there yet.

    A supervisor supervises the team. No portfolio named: none is made. Raises ValidationError with the fields named.
    """
    place = Office.objects.filter(name=office).first() or recording.add(Office(name=office), OFFICE_ADDED, by=by)
    crew = Team.objects.filter(office=place, name=team).first()
    crew = crew or recording.add(Team(office=place, name=team), TEAM_ADDED, by=by)
    person = User(email=email.strip().lower(), name=name, role=role, team=crew)
    person.set_password(password)
    recording.add(person, USER_ADDED, by=by)
    if role == Role.SUPERVISOR:
        crew.supervisors.add(person)
    if portfolio:
        recording.add(Portfolio(name=portfolio, team=crew, manager=person), PORTFOLIO_ADDED, by=by)
    return person
