"""How many queries each page costs, recorded, so that a query in a loop cannot creep in. At most 12 anywhere.

Counted on a small demonstration book as a supervisor sees it, who may change reference data too. A page that costs
more or less than recorded fails: less is good news to be recorded, more wants a reason. That counts do not grow with
the rows is tested beside each page.
"""

import datetime
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from broker_crm.demo import loading
from broker_crm.demo.people import MAIN_USER
from common.dates import today
from common.monitor import Severity
from communications.models import Message, Update
from market.models import (
    Authorisation,
    ClassOfBusiness,
    ExchangeRate,
    Insurer,
    InsurerContact,
    InsurerGroup,
    InsurerRating,
    ValueIndex,
    ValueIndexFigure,
)
from monitoring.models import Decision, Finding
from monitoring.services import decisions
from profiles.models import Contact, Customer, Location
from programmes.models import (
    Claim,
    ClaimMovement,
    Declaration,
    Instalment,
    Policy,
    PolicyCondition,
    PremiumPart,
    Renewal,
    Section,
    Terms,
)
from programmes.selectors.adequacy import adequacy_of
from risk.models import Control, Exposure, ExposureValue, Risk, RiskCategory, RiskProfile

MOST = 12
SUMS = {
    "programmes:adequacy": 1,
    "programmes:adequacy-summary": 1,
    "programmes:risk-cover": 1,
    "programmes:loss-walk": 1,
}
"""Pages that work adequacy out, and how often. The sum is many short statements over temporary tables, the same number
for any customer; what it costs by itself is measured and is not counted with the page."""

Row = Callable[[User], dict[str, Any]]


def first(model: Any, **filters: Any) -> Row:
    """The key of the first such row that the user may change, or see where nobody may."""

    def keyed(user: User) -> dict[str, Any]:
        rows = model.objects.visible_to(user).filter(**filters)
        return {"pk": (rows.editable_by(user).order_by("pk").first() or rows.order_by("pk")[0]).pk}

    return keyed


def customers(name: str) -> Row:
    return lambda user: {name: first(Customer)(user)["pk"]}


def an_acceptance(user: User) -> dict[str, Any]:
    """An acceptance that the user may approve; asked for where there is none yet."""
    asked = Decision.objects.approvable_by(user).order_by("pk").first()
    if asked is None:
        finding = Finding.objects.undecided().editable_by(user).filter(severity=Severity.CRITICAL).order_by("pk")[0]
        asked = decisions.accept(
            finding=finding,
            reason="They sell the company.",
            expires_on=today() + datetime.timedelta(days=30),
            on=today(),
            by=finding.customer.portfolio.manager,
            version=finding.version,
        )
    return {"pk": asked.pk}


def nothing(_user: User) -> dict[str, Any]:
    return {}


PAGES: dict[str, tuple[Row, int]] = {
    "accounts:profile": (nothing, 3),
    "common:gallery": (nothing, 2),
    "communications:customer-messages": (customers("pk"), 7),
    "communications:message-detail": (first(Message), 4),
    "communications:message-letter": (first(Message), 4),
    "communications:plan": (customers("pk"), 4),
    "communications:update-detail": (first(Update, state="DRAFT"), 6),
    "communications:update-edit": (first(Update, state="DRAFT"), 4),
    "communications:update-letter": (first(Update, state="DRAFT"), 5),
    "communications:updates": (nothing, 6),
    "desk:customer": (customers("pk"), 10),
    "desk:customers": (nothing, 9),
    "desk:find": (nothing, 8),
    "desk:import-add": (nothing, 6),
    "desk:imports": (nothing, 4),
    "desk:review-profile": (customers("pk"), 5),
    "desk:worklist": (nothing, 12),
    "market:class-change": (first(ClassOfBusiness), 6),
    "market:classes": (nothing, 4),
    "market:insurer": (first(Insurer), 11),
    "market:insurer-change": (first(Insurer), 5),
    "market:insurer-group-change": (first(InsurerGroup), 5),
    "market:authorisation-add": (first(Insurer), 5),
    "market:authorisation-change": (first(Authorisation), 5),
    "market:exchange-rates-import": (nothing, 3),
    "market:index": (first(ValueIndex), 6),
    "market:index-change": (first(ValueIndex), 4),
    "market:index-figure-add": (first(ValueIndex), 4),
    "market:index-figure-correct": (first(ValueIndexFigure), 4),
    "market:indices": (nothing, 7),
    "market:insurer-contact-add": (first(Insurer), 5),
    "market:insurer-contact-change": (first(InsurerContact), 5),
    "market:rating-add": (first(Insurer), 5),
    "market:rating-correct": (first(InsurerRating), 5),
    "market:rating-withdraw": (first(Insurer), 4),
    "market:value-indices-import": (nothing, 3),
    "programmes:insurer-business": (first(Insurer, short_name="Nine Terraces"), 6),
    "programmes:insurer-group": (first(InsurerGroup, name="Nine Terraces Group"), 8),
    "programmes:insurer-groups": (nothing, 7),
    "programmes:insurers": (nothing, 11),
    "market:rate-correct": (first(ExchangeRate), 4),
    "market:rates": (nothing, 4),
    "market:rates-of": (lambda user: {"currency": "HKD"}, 8),
    "monitoring:finding": (first(Finding), 5),
    "monitoring:decision": (an_acceptance, 4),
    "monitoring:decision-answer": (an_acceptance, 4),
    "monitoring:decision-withdraw": (an_acceptance, 4),
    "monitoring:decisions": (nothing, 7),
    "monitoring:finding-decide": (first(Finding, state="OPEN", decision=None), 7),
    "monitoring:monitors": (nothing, 6),
    "profiles:contact-add": (customers("customer_pk"), 4),
    "profiles:contact-change": (first(Contact), 4),
    "profiles:customer-add": (nothing, 7),
    "profiles:customer-change": (customers("pk"), 6),
    "profiles:customer-history": (customers("pk"), 6),
    "profiles:customer-profile": (customers("pk"), 5),
    "profiles:location-add": (customers("customer_pk"), 4),
    "profiles:location-change": (first(Location), 4),
    "profiles:locations": (customers("customer_pk"), 6),
    "programmes:adequacy": (customers("customer_pk"), 5),
    "programmes:adequacy-summary": (customers("customer_pk"), 4),
    "programmes:loss-walk": (first(Risk), 12),
    "programmes:risk-cover": (first(Risk), 12),
    "programmes:claim": (first(Claim), 8),
    "programmes:claim-add": (customers("customer_pk"), 8),
    "programmes:claim-change": (first(Claim), 8),
    "programmes:claim-close": (first(Claim, closed_on=None), 5),
    "programmes:claim-reopen": (first(Claim, closed_on__isnull=False), 4),
    "programmes:claims": (nothing, 9),
    "programmes:claims-export": (nothing, 6),
    "programmes:claims-import": (nothing, 3),
    "programmes:correct": (first(Terms), 11),
    "programmes:cover": (customers("customer_pk"), 8),
    "programmes:customer-claims": (customers("customer_pk"), 8),
    "programmes:customer-experience": (customers("customer_pk"), 8),
    "programmes:endorse": (first(Section), 12),
    "programmes:experience": (nothing, 8),
    "programmes:figures-add": (first(Claim), 5),
    "programmes:figures-correct": (first(ClaimMovement), 4),
    "programmes:figures-remove": (first(ClaimMovement), 4),
    "programmes:policies": (nothing, 8),
    "programmes:policy": (first(Policy), 12),
    "programmes:policy-add": (customers("customer_pk"), 6),
    "programmes:policy-bind": (first(Policy, bound_on=None), 4),
    "programmes:policy-cancel": (first(Policy, bound_on__isnull=False, cancelled_from=None), 4),
    "programmes:policy-change": (first(Policy), 8),
    "programmes:policy-history": (first(Policy), 5),
    "programmes:insureds": (first(Policy), 5),
    "programmes:policy-review": (first(Policy), 4),
    "programmes:policy-under": (first(Policy), 5),
    "programmes:premium": (first(Policy), 6),
    "programmes:charge": (first(Policy), 5),
    "programmes:split": (first(Policy), 6),
    "programmes:part-change": (first(PremiumPart), 5),
    "programmes:part-remove": (first(PremiumPart), 4),
    "programmes:instalment-change": (first(Instalment), 4),
    "programmes:conditions": (first(Policy), 6),
    "programmes:condition-add": (first(Policy), 5),
    "programmes:condition-change": (first(PolicyCondition), 5),
    "programmes:condition-settle": (first(PolicyCondition), 4),
    "programmes:declaration-add": (first(Policy), 5),
    "programmes:declaration-change": (first(Declaration), 5),
    "programmes:declare": (first(Declaration), 4),
    "programmes:adjust": (first(Declaration), 4),
    "programmes:policy-reinstate": (first(Policy), 4),
    "programmes:programme": (customers("customer_pk"), 11),
    "programmes:renewal": (first(Renewal), 6),
    "programmes:renewal-settle": (first(Renewal, stage="IN_HAND"), 5),
    "programmes:renewals": (nothing, 8),
    "programmes:schedule": (customers("customer_pk"), 12),
    "programmes:section-add": (first(Policy), 11),
    "programmes:section-change": (first(Section), 5),
    "programmes:section-end": (first(Section), 5),
    "programmes:section-resume": (first(Section), 5),
    "programmes:sign-down": (first(Terms), 6),
    "programmes:tower": (first(Policy, class_of_business__mode="TOWER"), 11),
    "programmes:withdraw": (first(Terms), 4),
    "risk:register": (customers("pk"), 8),
    "risk:register-begin": (customers("pk"), 7),
    "risk:risk": (first(Risk, exposures__isnull=False), 12),
    "risk:risk-add": (customers("pk"), 11),
    "risk:risk-change": (first(Risk, closed_on=None), 12),
    "risk:risk-close": (first(Risk, closed_on=None), 4),
    "risk:control-add": (first(Risk, closed_on=None), 5),
    "risk:control-change": (first(Control), 5),
    "risk:control-finish": (first(Control, done_on=None), 4),
    "risk:categories": (nothing, 6),
    "risk:category-change": (first(RiskCategory), 8),
    "risk:exposure": (first(Exposure), 9),
    "risk:exposure-add": (customers("pk"), 7),
    "risk:exposure-add-at": (first(Location), 7),
    "risk:exposure-change": (first(Exposure), 7),
    "risk:compulsory": (nothing, 3),
    "risk:risk-profile": (customers("pk"), 11),
    "risk:risk-profile-add": (customers("pk"), 11),
    "risk:risk-profile-version": (first(RiskProfile, signed_off_on__isnull=False), 10),
    "risk:risk-profile-change": (first(RiskProfile, signed_off_on=None), 9),
    "risk:risk-profile-sign-off": (first(RiskProfile, signed_off_on=None), 12),
    "risk:risk-profile-withdraw": (first(RiskProfile, signed_off_on=None), 4),
    "risk:scales": (customers("pk"), 5),
    "risk:value-add": (first(Exposure), 5),
    "risk:value-correct": (first(ExposureValue), 4),
    "risk:values": (customers("pk"), 9),
    "risk:values-changes": (customers("pk"), 5),
    "risk:values-export": (lambda user: {**customers("pk")(user), "form": "xlsx"}, 5),
    "risk:values-grid": (customers("pk"), 8),
    "risk:values-history": (customers("pk"), 5),
    "risk:values-import": (customers("pk"), 4),
}


def cost_of_a_sum(customer: UUID) -> int:
    """The statements of adequacy of a customer with a risk and a section that answers it."""
    with CaptureQueriesContext(connection) as captured:
        adequacy_of(customer, on=today())
    return len(captured)


@pytest.mark.django_db
def test_every_page_costs_the_queries_recorded_for_it(client):
    loading.load(seed=2026, on=today(), count=40)
    call_command("nightly", verbosity=0)
    user = User.objects.filter(role="SUPERVISOR", supervised_teams__portfolios__manager__email=MAIN_USER).get()
    client.force_login(user)
    found, refused = {}, {}
    of_a_sum = cost_of_a_sum(Risk.objects.visible_to(user).order_by("pk")[0].customer_id)
    for name, (row, _recorded) in PAGES.items():
        url = reverse(name, kwargs=row(user))
        client.get(url)  # what is read once and kept, such as drawings of icons, is not the page's
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(url, {"q": "ltd"} if name == "desk:find" else {})
        found[name] = len(captured) - SUMS.get(name, 0) * of_a_sum
        if answer.status_code not in {200, 403}:
            refused[name] = answer.status_code
    assert not refused
    assert {name: count for name, count in found.items() if count > MOST} == {}
    assert found == {name: recorded for name, (_row, recorded) in PAGES.items()}
