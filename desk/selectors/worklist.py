"""The worklist: findings that wait for somebody, one line for each thing they are about, the worst one leading."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import format_date
from django.db.models import BooleanField, Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from accounts.models import Portfolio, User
from common.dates import add_months
from common.monitor import Severity, Topic
from common.templatetags.ui import locale
from common.ui.charts import bars
from monitoring.models import Decision, Finding
from monitoring.selectors.acts import Act, act_of
from monitoring.selectors.findings import Returned, returned
from profiles.models import Customer, CustomerStage
from programmes.models import Renewal, RenewalStage

MONTHS = 6
ORDER = (
    F("severity").desc(),
    F("amount_house").desc(nulls_last=True),
    F("due_on").asc(nulls_last=True),
    F("monitor").desc(),  # where all is equal, "the policy expires" says more than "its section ends"
    F("pk").asc(),
)


@dataclass(frozen=True)
class Narrowing:
    """What the address narrows the worklist to. `least` in the house's currency; `manager` an account manager's key."""

    topic: str = ""
    least: int = 0
    manager: UUID | None = None


@dataclass(frozen=True)
class Line:
    """One line: the finding that leads, those folded under it, what an earlier decision rested on; its act, where the
    user may do it."""

    finding: Finding
    act: Act | None
    others: list[Finding] = field(default_factory=list)
    returned: Returned | None = None

    @property
    def level(self) -> str:
        return Severity(self.finding.severity).name.lower()


@dataclass(frozen=True)
class Counts:
    """How many lines there are in all and by topic, and how many more are below the threshold."""

    total: int
    by_topic: dict[str, int]
    hidden: int


def looks_on(user: User) -> bool:
    """Whether no portfolio is in the user's hands: such a one may read the book, and acts on nothing."""
    return user.reach.editable is not None and not user.reach.editable


def in_sight(user: User, rows: Any, path: str) -> Any:
    """Rows of the portfolios in the user's hands; for one who looks on, of those that the user may see."""
    return (user.reach.limit_visible if looks_on(user) else user.reach.limit_editable)(rows, path)


def waiting(user: User, narrowing: Narrowing) -> QuerySet[Finding]:
    """The findings that wait for the user, or for the account manager asked for, whatever topic and amount.

    One who looks on sees what waits for others. A supervisor's are also those that others ask to accept.
    """
    return of_manager(in_sight(user, Finding.objects.waiting_for(user), "customer__portfolio"), narrowing)


def asked_for(user: User, narrowing: Narrowing) -> QuerySet[Finding]:
    """The findings in the user's hands that somebody asked to accept, whoever may approve it."""
    return of_manager(in_sight(user, Finding.objects.awaiting_approval(), "customer__portfolio"), narrowing)


def of_manager(rows: QuerySet[Finding], narrowing: Narrowing) -> QuerySet[Finding]:
    return rows.filter(customer__portfolio__manager=narrowing.manager) if narrowing.manager else rows


def is_material(least: int) -> Q:
    """At least so much at stake. What has no amount, or none that can be compared, always is."""
    return Q(amount_house__gte=least) | Q(amount_house=None)


def first_of_each(rows: QuerySet[Finding], least: int) -> QuerySet[Finding]:
    """The finding that leads each line: a material one before all others, the worst one first."""
    weight = Case(When(is_material(least), then=True), default=False, output_field=BooleanField())
    weighed: QuerySet[Any] = rows.annotate(is_material=weight)
    firsts = weighed.order_by("about_id", "-is_material", *ORDER).distinct("about_id").values("pk")
    return Finding.objects.filter(pk__in=firsts)


def counts(user: User, narrowing: Narrowing) -> Counts:
    """Lines by topic. A line counts once, under the topic of the finding that leads it."""
    material = is_material(narrowing.least)
    found = first_of_each(waiting(user, narrowing), narrowing.least).aggregate(
        total=Count("pk", filter=material),
        everything=Count("pk"),
        **{topic: Count("pk", filter=material & Q(topic=topic)) for topic in Topic.values},
    )
    return Counts(
        total=found["total"],
        by_topic={topic: found[topic] for topic in Topic.values},
        hidden=found["everything"] - found["total"],
    )


def leads(user: User, narrowing: Narrowing) -> QuerySet[Finding]:
    """The finding that leads each line, in the order of the worklist: severity, amount at stake, day."""
    rows = first_of_each(waiting(user, narrowing), narrowing.least).filter(is_material(narrowing.least))
    if narrowing.topic:
        rows = rows.filter(topic=narrowing.topic)
    return rows.select_related("customer__portfolio__manager", "decision__decided_by").order_by(*ORDER)


def awaiting_others(user: User, narrowing: Narrowing) -> int:
    """How many findings in the user's hands somebody asked to accept, for another than the user to approve."""
    for_others = ~Q(customer__portfolio__in=user.reach.supervised) | Q(decision__decided_by=user)
    return asked_for(user, narrowing).filter(for_others).count()


def stake_of(rows: QuerySet[Finding]) -> Decimal | None:
    """What is at stake in the lines led by these findings, in the house's currency; None where nothing is known."""
    return rows.order_by().aggregate(stake=Sum("amount_house"))["stake"]


def lines(user: User, narrowing: Narrowing, page: Iterable[Finding]) -> list[Line]:
    """The lines led by these findings, by two queries whatever their number."""
    page = list(page)
    others: dict[UUID, list[Finding]] = defaultdict(list)
    abouts = [lead.about_id for lead in page]
    rest = of_manager(in_sight(user, Finding.objects.waiting_or_asked_for(), "customer__portfolio"), narrowing)
    rest = rest.filter(about_id__in=abouts).exclude(pk__in=[lead.pk for lead in page]).select_related("decision")
    for finding in rest.order_by(*ORDER):
        others[finding.about_id].append(finding)
    decided = Decision.objects.filter(finding__in=[lead.pk for lead in page], superseded_at__isnull=False)
    decided = decided.select_related("decided_by", "ended_by").order_by("created_at")
    last = {decision.finding_id: decision for decision in decided}
    return [
        Line(
            finding=lead,
            act=None if looks_on(user) else act_of(lead),
            others=others[lead.about_id],
            returned=returned(lead, last[lead.pk]) if lead.pk in last else None,
        )
        for lead in page
    ]


def renewals_by_month(user: User, manager: UUID | None, *, on: datetime.date, url: str) -> tuple[bars.Bars, int]:
    """Policies in renewals that are not settled, by month of expiry from this one on, and how many renewals are in
    hand."""
    first = on.replace(day=1)
    rows = in_sight(user, Renewal.objects.exclude(stage=RenewalStage.SETTLED), "customer__portfolio")
    if manager:
        rows = rows.filter(customer__portfolio__manager=manager)
    by_month: dict[datetime.date, int] = defaultdict(int)
    in_hand = 0
    counted = rows.values("stage", month=TruncMonth("expiry_date"))
    for row in counted.annotate(renewals=Count("pk", distinct=True), held=Count("policies")).order_by():
        by_month[max(row["month"], first)] += row["held"]
        in_hand += row["renewals"] if row["stage"] == RenewalStage.IN_HAND else 0
    drawn = []
    for ahead in range(MONTHS):
        month = add_months(first, ahead)
        label = format_date(month, "MMM", locale=locale())
        query = urlencode({"month": f"{month:%Y-%m}"} | narrowed_alike(user, manager))
        drawn.append(bars.Bar(label, by_month[month], f"{url}?{query}", {0: "bad", 1: "warn"}.get(ahead, "")))
    return bars.draw(drawn, label=_("Policies to renew, by month of expiry")), in_hand


def narrowed_alike(user: User, manager: UUID | None) -> dict[str, str]:
    """What the address of another list says so that it shows the same portfolios as the worklist."""
    mine = {} if looks_on(user) else {"mine": "on"}
    return mine | ({"manager": str(manager)} if manager else {})


@dataclass(frozen=True)
class Health:
    """The book in a few figures."""

    customers: int
    reviewed: int
    onboarding: int

    @property
    def reviewed_percent(self) -> int | None:
        """Of a hundred customers, how many had their profile reviewed within a year."""
        return round(100 * self.reviewed / self.customers) if self.customers else None


def health(user: User, manager: UUID | None, *, on: datetime.date) -> Health:
    """The customers in the user's hands, or in sight: how many, reviewed within a year, being taken on."""
    rows = in_sight(user, Customer.objects.filter(stage=CustomerStage.CUSTOMER), "portfolio")
    if manager:
        rows = rows.filter(portfolio__manager=manager)
    found: dict[str, Any] = rows.aggregate(
        customers=Count("pk"),
        reviewed=Count("pk", filter=Q(profile_reviewed_on__gte=add_months(on, -12))),
        onboarding=Count("pk", filter=Q(in_care_since=None)),
    )
    return Health(**found)


def managers(user: User) -> QuerySet[User]:
    """The account managers of the portfolios in the user's hands, or in sight of one who looks on."""
    portfolios = in_sight(user, Portfolio.objects.all(), "pk")
    return User.objects.filter(portfolios__in=portfolios).distinct().order_by("name")
