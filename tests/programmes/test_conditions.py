"""Warranties, subjectivities, declarations: entered, settled with evidence, adjusted, and refused at their fields."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from common.exceptions import StaleVersion, WrongState
from programmes.models import ConditionState, Declaration, PolicyCondition
from programmes.services import conditions, declarations
from tests.factories import (
    TODAY,
    CustomerFactory,
    DeclarationFactory,
    PolicyConditionFactory,
    PolicyFactory,
    PremiumPartFactory,
    SectionFactory,
)

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def policy(people):
    return PolicyFactory(customer=CustomerFactory(portfolio=people.portfolio), number="PAR 2026/118")


@pytest.fixture
def survey(policy):
    return PolicyConditionFactory(policy=policy)


@pytest.fixture
def turnover(policy):
    PremiumPartFactory(policy=policy)
    return DeclarationFactory(policy=policy)


def page(name, row):
    return reverse(f"programmes:{name}", args=[row.pk])


def shown(client, url):
    form = client.get(url).context["form"]
    return {field.html_name: field.value() for field in form if field.value() not in (None, "", False)}


def settled(condition, by, state="SATISFIED", **given):
    given = {"settled_on": TODAY, "evidence": "Survey report of 20 Nov, in the file"} | given
    return conditions.settle(
        condition=condition, state=ConditionState(state), by=by, version=condition.version, **given
    )


# Warranties and subjectivities


def test_a_subjectivity_is_added_with_its_day(client, people, policy):
    client.force_login(people.owner)
    url = page("condition-add", policy)
    given = {"kind": "SUBJECTIVITY", "wording": "Survey within 30 days", "due_on": "2026-12-15"}
    assert list(client.post(url, given | {"wording": ""}).context["form"].errors) == ["wording"]
    client.post(url, given)
    made = PolicyCondition.objects.get()
    assert (made.policy, made.customer, made.due_on) == (policy, policy.customer, datetime.date(2026, 12, 15))
    assert "Survey within 30 days" in client.get(page("conditions", policy)).text


def test_what_is_settled_says_since_when_and_what_shows_it(people, survey):
    done = settled(survey, people.owner)
    assert (done.state, done.settled_on) == ("SATISFIED", TODAY)
    back = settled(done, people.owner, "OPEN", evidence="")
    assert (back.state, back.settled_on) == ("OPEN", None)


@pytest.mark.parametrize("state", ["SATISFIED", "WAIVED", "BREACHED"])
def test_without_evidence_or_day_nothing_is_settled(people, survey, state):
    for given, field in [({"evidence": " "}, "evidence"), ({"settled_on": None}, "settled_on")]:
        with pytest.raises(ValidationError) as refused:
            settled(survey, people.owner, state, **given)
        assert list(refused.value.message_dict) == [field]
    survey.refresh_from_db()
    assert survey.state == "OPEN"


def test_a_condition_is_settled_on_its_page(client, people, policy, survey):
    client.force_login(people.owner)
    url = page("condition-settle", survey)
    given = shown(client, url)
    answer = client.post(url, given)
    assert list(answer.context["form"].errors) == ["evidence"]
    client.post(url, given | {"evidence": "Survey report, in the file"})
    text = client.get(page("conditions", policy)).text
    assert "Satisfied" in text
    assert "Survey report, in the file" in text
    history = client.get(page("policy-history", policy)).text
    assert "Settled Subjectivity: Survey of the warehouse" in history


def test_what_is_overdue_is_shown_as_such(client, people, policy):
    PolicyConditionFactory(policy=policy, due_on=TODAY - datetime.timedelta(days=1))
    DeclarationFactory(policy=policy, due_on=TODAY - datetime.timedelta(days=1))
    client.force_login(people.owner)
    assert client.get(page("conditions", policy)).text.count("overdue") == 2


def test_a_second_editor_of_a_condition_is_told(people, survey):
    stale = PolicyCondition.objects.get(pk=survey.pk)
    settled(survey, people.owner)
    stale.wording = "Something else"
    with pytest.raises(StaleVersion):
        conditions.change(condition=stale, by=people.supervisor, version=1)


# Declarations


def test_a_declaration_is_asked_for_and_its_period_checked(client, people, policy):
    client.force_login(people.owner)
    url = page("declaration-add", policy)
    given = shown(client, url) | {"basis": "TURNOVER", "due_on": "2027-06-30"}
    answer = client.post(url, given | {"last_day": "2026-01-01"})
    assert list(answer.context["form"].errors) == ["last_day"]
    client.post(url, given)
    assert Declaration.objects.get().first_day == policy.inception_date


def declared(declaration, by, figure="80000000"):
    return declarations.declare(
        declaration=declaration, figure=Decimal(figure), declared_on=TODAY, by=by, version=declaration.version
    )


def adjusted(declaration, by, net="50000", brokerage="12500"):
    return declarations.adjust(
        declaration=declaration,
        net=Decimal(net),
        brokerage=Decimal(brokerage),
        adjusted_on=TODAY,
        by=by,
        version=declaration.version,
    )


def test_an_adjustment_is_charged_as_parts_of_the_premium(people, policy, turnover):
    done = adjusted(declared(turnover, people.owner), people.owner)
    assert (done.adjustment, done.adjusted_on) == (Decimal("62500"), TODAY)
    policy.refresh_from_db()
    assert policy.premium == Decimal("1062500")
    assert "Turnover" in policy.premium_parts.get(kind="BROKERAGE").note


def test_nothing_is_charged_where_nothing_is_adjusted(people, policy, turnover):
    done = adjusted(declared(turnover, people.owner), people.owner, "0", "0")
    assert done.adjustment == 0
    assert policy.premium_parts.count() == 1


def test_an_adjustment_follows_a_declaration_once(people, turnover):
    with pytest.raises(WrongState, match="follows a declaration"):
        adjusted(turnover, people.owner)
    done = adjusted(declared(turnover, people.owner), people.owner)
    with pytest.raises(WrongState, match="adjusted by it already"):
        adjusted(done, people.owner)
    with pytest.raises(WrongState, match="adjusted by it already"):
        declared(done, people.owner)


@pytest.mark.parametrize(("net", "brokerage", "field"), [("50000", "-1", "brokerage"), ("-2000000", "0", "net")])
def test_an_adjustment_that_cannot_be_leaves_no_trace(people, policy, turnover, *, net, brokerage, field):
    done = declared(turnover, people.owner)
    with pytest.raises(ValidationError) as refused:
        adjusted(done, people.owner, net, brokerage)
    assert list(refused.value.message_dict) == [field]
    done.refresh_from_db()
    assert done.adjusted_on is None
    assert policy.premium_parts.count() == 1


def test_a_premium_that_is_not_in_parts_is_not_replaced_by_an_adjustment(people):
    policy = PolicyFactory()
    done = declared(DeclarationFactory(policy=policy), people.owner)
    with pytest.raises(ValidationError, match="Charge the premium in parts first"):
        adjusted(done, people.owner)
    policy.refresh_from_db()
    assert policy.premium == Decimal("1250000")


def test_a_figure_is_declared_and_adjusted_on_the_pages(client, people, policy, turnover):
    client.force_login(people.owner)
    url = page("declare", turnover)
    assert list(client.post(url, shown(client, url) | {"figure": "-1"}).context["form"].errors) == ["figure"]
    client.post(url, shown(client, url) | {"figure": "80,000,000"})
    url = page("adjust", turnover)
    client.post(url, shown(client, url) | {"net": "50,000"})
    text = client.get(page("conditions", policy)).text
    assert "80,000,000" in text
    assert "50,000.00" in text


# Who


@pytest.mark.parametrize(
    "name",
    ["condition-add", "condition-change", "condition-settle", "declaration-add", "declaration-change", "declare"],
)
def test_they_are_changed_by_owner_and_supervisor_only(client, people, policy, *, survey, turnover, name):
    row = policy if name.endswith("add") else survey if name.startswith("condition") else turnover
    for who, status in {"owner": 200, "supervisor": 200, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(page(name, row)).status_code == status, who


def test_the_page_costs_the_same_whatever_the_rows(client, people, policy, django_assert_max_num_queries):
    client.force_login(people.owner)
    client.get(page("conditions", policy))
    with django_assert_max_num_queries(12) as few:
        client.get(page("conditions", policy))
    for _turn in range(15):
        PolicyConditionFactory(policy=policy, section=SectionFactory(policy=policy))
        DeclarationFactory(policy=policy, section=SectionFactory(policy=policy))
    with django_assert_max_num_queries(12) as many:
        client.get(page("conditions", policy))
    assert len(few.captured_queries) == len(many.captured_queries)
