"""The plan of a customer's updates: entered, changed, and made by itself for those in care."""

import datetime

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from common.dates import add_months, today
from communications.models import ContactPlan, UpdateMode
from communications.services import plans
from profiles.models import ServiceTier
from tests.factories import TODAY, ContactPlanFactory, CustomerFactory, MessageFactory, UpdateFactory


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio)


def plan_url(customer):
    return reverse("communications:plan", args=[customer.pk])


def typed(version=1, **changed):
    return {"version": version, "update_months": 4, "update_mode": "SEND", "next_update_on": "2027-01-15"} | changed


def test_messages_are_seen_by_the_team_and_by_nobody_else(client, people, customer):
    UpdateFactory(customer=customer)
    MessageFactory(customer=customer)
    url = reverse("communications:customer-messages", args=[customer.pk])
    for who, status in {"owner": 200, "colleague": 200, "supervisor": 200, "compliance": 200, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(url).status_code == status, who


def test_plan_is_changed_by_owner_and_supervisor_only(client, people, customer):
    for who, status in {"owner": 302, "supervisor": 302, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        ContactPlan.objects.all().delete()
        client.force_login(getattr(people, who))
        assert client.post(plan_url(customer), typed()).status_code == status, who
        assert ContactPlan.objects.exists() == (status == 302), who


def test_customer_without_a_plan_is_offered_what_its_tier_suggests(client, people, customer):
    customer.tier = ServiceTier.objects.get(name="Key")
    customer.save()
    client.force_login(people.owner)
    tab = client.get(reverse("communications:customer-messages", args=[customer.pk])).text
    assert "No plan yet" in tab
    assert "usually get an update every 3 months" in tab
    form = client.get(plan_url(customer)).context["form"]
    assert (form["update_months"].value(), form["update_mode"].value()) == (3, "DRAFT")
    assert not ContactPlan.objects.exists(), "looking wrote a plan"
    answer = client.post(plan_url(customer), typed(), follow=True)
    assert "every 4 months" in answer.text
    assert "Sent by itself" in answer.text
    assert AuditEntry.objects.get(action="contact_plan.added").actor_name == people.owner.name


def test_second_editor_of_a_plan_sees_both(client, people, customer):
    plan = ContactPlanFactory(customer=customer, update_months=6)
    client.force_login(people.supervisor)
    client.post(plan_url(customer), typed(plan.version, update_months=2))
    client.force_login(people.owner)
    answer = client.post(plan_url(customer), typed(plan.version, update_months=9))
    assert {"label": "Months between updates", "now": "2", "typed": "9"} in [
        row | {"label": str(row["label"]).capitalize()} for row in answer.context["form"].conflict
    ]
    plan.refresh_from_db()
    assert plan.update_months == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("update_months", "0"), ("update_months", "37"), ("update_months", "often"), ("next_update_on", "soon")],
)
def test_plan_that_makes_no_sense_is_refused(client, people, customer, field, value):
    client.force_login(people.owner)
    answer = client.post(plan_url(customer), typed(**{field: value}))
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not ContactPlan.objects.exists()


def test_customers_in_care_get_the_plan_of_their_tier_and_nobody_else_does(people):
    system = User.objects.system()
    in_care = CustomerFactory(in_care_since=TODAY - datetime.timedelta(days=30))
    long_in_care = CustomerFactory(in_care_since=datetime.date(2020, 1, 1))
    CustomerFactory(in_care_since=None)
    CustomerFactory(stage="PROSPECT")
    CustomerFactory(stage="DO_NOT_CONTACT")
    chosen = ContactPlanFactory(update_months=1)
    assert plans.add_missing(on=TODAY, by=system) == 2
    assert plans.add_missing(on=TODAY, by=system) == 0
    made = {plan.customer_id: plan for plan in ContactPlan.objects.exclude(pk=chosen.pk)}
    assert set(made) == {in_care.pk, long_in_care.pk}
    assert {plan.update_mode for plan in made.values()} == {UpdateMode.DRAFT}
    assert made[in_care.pk].next_update_on == add_months(in_care.in_care_since, 6)
    assert made[long_in_care.pk].next_update_on == TODAY
    assert AuditEntry.objects.filter(action="contact_plan.added").count() == 2


def test_next_update_is_shown_from_the_plan(client, people, customer):
    ContactPlanFactory(customer=customer, next_update_on=today() + datetime.timedelta(days=9))
    client.force_login(people.owner)
    assert "in 9 days" in client.get(reverse("communications:customer-messages", args=[customer.pk])).text
