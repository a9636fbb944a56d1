"""Who may see and change what. The one table of role and reach; querysets ask it, views never decide.

| role               | sees                    | changes                                   | reference data |
|--------------------|-------------------------|-------------------------------------------|----------------|
| account manager    | portfolios of the team  | portfolios they manage or assist          | sees           |
| assistant          | portfolios of the team  | portfolios they manage or assist          | sees           |
| supervisor         | portfolios of own and supervised teams | those of the teams supervised, and own | changes |
| compliance officer | everything              | nothing                                   | sees           |
| administrator      | everything              | nothing of customers                      | changes        |
| system             | everything              | everything                                | changes        |

A supervisor also approves what others ask for in the portfolios of the teams supervised.
A service user has one of these roles and the portfolios it is put on as manager or assistant, and sees only those.
"""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from accounts.models import User

Rows = TypeVar("Rows", bound=models.QuerySet[Any])

NOTHING: frozenset[uuid.UUID] = frozenset()


@dataclass(frozen=True)
class Reach:
    """Portfolios a user may see and change; None means all of them.

    `supervised` are those of the teams whose supervisor the user is: where others ask, this user approves.
    """

    visible: frozenset[uuid.UUID] | None
    editable: frozenset[uuid.UUID] | None
    changes_reference_data: bool = False
    supervised: frozenset[uuid.UUID] = NOTHING

    def limit_visible(self, rows: Rows, path: str) -> Rows:
        return rows if self.visible is None else rows.filter(**{f"{path}__in": self.visible})

    def limit_editable(self, rows: Rows, path: str) -> Rows:
        return rows if self.editable is None else rows.filter(**{f"{path}__in": self.editable})

    def may_edit(self, portfolio_id: uuid.UUID) -> bool:
        return self.editable is None or portfolio_id in self.editable

    def may_approve(self, portfolio_id: uuid.UUID) -> bool:
        return portfolio_id in self.supervised


def reach_of(user: "User") -> Reach:
    """What the user reaches, by one query at most."""
    from accounts.models import Portfolio, Role, Team, UserKind

    if user.kind == UserKind.SYSTEM:
        return Reach(visible=None, editable=None, changes_reference_data=True)
    if not user.is_active:
        return Reach(visible=NOTHING, editable=NOTHING)
    if user.role == Role.COMPLIANCE_OFFICER and user.kind == UserKind.PERSON:
        return Reach(visible=None, editable=NOTHING)
    if user.role == Role.ADMINISTRATOR and user.kind == UserKind.PERSON:
        return Reach(visible=None, editable=NOTHING, changes_reference_data=True)

    supervises = Exists(Team.supervisors.through.objects.filter(team_id=OuterRef("team_id"), user_id=user.pk))
    assists = Exists(Portfolio.assistants.through.objects.filter(portfolio_id=OuterRef("pk"), user_id=user.pk))
    rows = Portfolio.objects.annotate(is_own=Q(manager_id=user.pk) | Q(assists), is_supervised=Q(supervises))
    is_supervisor = user.role == Role.SUPERVISOR
    if user.kind == UserKind.SERVICE:
        rows = rows.filter(is_own=True)
    elif is_supervisor:
        rows = rows.filter(Q(is_own=True) | Q(is_supervised=True) | Q(team_id=user.team_id))
    else:
        rows = rows.filter(Q(is_own=True) | Q(team_id=user.team_id))
    found = list(rows.values_list("pk", "is_own", "is_supervised"))
    return Reach(
        visible=frozenset(pk for pk, _own, _supervised in found),
        editable=frozenset(pk for pk, own, supervised in found if own or (is_supervisor and supervised)),
        changes_reference_data=is_supervisor,
        supervised=frozenset(
            pk for pk, _own, supervised in found if supervised and is_supervisor and user.kind == UserKind.PERSON
        ),
    )


class CustomerRowsQuerySet(models.QuerySet[Any]):
    """Rows that belong to a customer: permission follows the portfolio of `customer_path`."""

    portfolio_path = "customer__portfolio"

    def visible_to(self, user: "User") -> Any:
        return user.reach.limit_visible(self, self.portfolio_path)

    def editable_by(self, user: "User") -> Any:
        return user.reach.limit_editable(self, self.portfolio_path)


class ReferenceQuerySet(models.QuerySet[Any]):
    """Rows that everybody sees and only some may change: classes, insurers, rates."""

    def visible_to(self, user: "User") -> Any:
        return self if user.is_active else self.none()

    def editable_by(self, user: "User") -> Any:
        return self if user.is_active and user.reach.changes_reference_data else self.none()
