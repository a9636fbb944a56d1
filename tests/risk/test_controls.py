"""Controls of a risk: entered, done with evidence, opened again, removed; and found when overdue."""

import datetime

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from common.dates import today
from common.monitor import Scope, Severity, monitor_of
from monitoring.models import Finding
from monitoring.selectors.acts import act_of
from risk.models import Control
from tests.factories import ControlFactory, CustomerFactory, LocationFactory, RiskFactory, UserFactory


def day(ahead):
    return today() + datetime.timedelta(days=ahead)


@pytest.fixture
def risk(people):
    place = LocationFactory(customer=CustomerFactory(portfolio=people.portfolio), name="Tsing Yi store")
    return RiskFactory(customer=place.customer, location=place)


@pytest.fixture
def control(risk):
    return ControlFactory(risk=risk, due_on=day(-1))


def typed(**changed):
    return {
        "version": "1",
        "name": "Fit sprinklers",
        "origin": "INSURER",
        "owner": "Operations",
        "responsible": "",
        "due_on": day(30).isoformat(),
    } | changed


def test_a_control_is_added_to_its_risk_and_listed_there(client, people, risk):
    client.force_login(people.owner)
    answer = client.post(reverse("risk:control-add", args=[risk.pk]), typed(responsible=str(people.owner.pk)))
    assert answer.url == reverse("risk:risk", args=[risk.pk])
    control = Control.objects.get()
    assert (control.customer_id, control.responsible, control.origin) == (risk.customer_id, people.owner, "INSURER")
    page = client.get(answer.url).text
    assert "Fit sprinklers" in page
    assert "Recommended by an insurer" in page
    assert "Added the control Fit sprinklers" in page


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("name", {"name": " "}),
        ("origin", {"origin": "MARS"}),
        ("due_on", {"due_on": "2999-01-01"}),
        ("due_on", {"due_on": "0226-12-01"}),
        ("due_on", {"due_on": "tomorrow"}),
    ],
)
def test_a_slip_is_refused_at_its_field_with_what_was_typed(client, people, risk, field, changed):
    client.force_login(people.owner)
    answer = client.post(reverse("risk:control-add", args=[risk.pk]), typed(owner="Chief engineer") | changed)
    assert list(answer.context["form"].errors) == [field]
    assert "Chief engineer" in answer.text
    assert not Control.objects.exists()


def test_only_people_near_the_customer_can_follow_it_up(client, people, risk):
    elsewhere = UserFactory(name="Somebody Elsewhere")
    client.force_login(people.owner)
    answer = client.post(reverse("risk:control-add", args=[risk.pk]), typed(responsible=str(elsewhere.pk)))
    assert list(answer.context["form"].errors) == ["responsible"]
    assert "Somebody Elsewhere" not in answer.text


def test_a_control_is_done_with_evidence(client, people, control):
    client.force_login(people.owner)
    url = reverse("risk:control-finish", args=[control.pk])
    for field, changed in (("evidence", {"evidence": " "}), ("done_on", {"done_on": day(1).isoformat()})):
        answer = client.post(url, {"version": "1", "done_on": today().isoformat(), "evidence": "Report"} | changed)
        assert list(answer.context["form"].errors) == [field]
    client.post(url, {"version": "1", "done_on": today().isoformat(), "evidence": "Report of 3 May"})
    control.refresh_from_db()
    assert (control.done_on, control.evidence, control.version) == (today(), "Report of 3 May", 2)
    assert "Report of 3 May" in client.get(reverse("risk:risk", args=[control.risk_id])).text
    again = client.post(url, {"version": "2", "done_on": today().isoformat(), "evidence": "x"})
    assert again.context["form"].non_field_errors() == ["The control is done already."]


def test_a_control_that_is_done_is_opened_again_and_the_record_keeps_what_was_said(client, people, control):
    control.done_on, control.evidence = today(), "Report"
    control.save()
    client.force_login(people.owner)
    client.post(reverse("risk:control-open-again", args=[control.pk]), {"version": "1"})
    control.refresh_from_db()
    assert (control.done_on, control.evidence) == (None, "")
    assert AuditEntry.objects.of_object(control).first().before["evidence"] == "Report"
    client.post(reverse("risk:control-open-again", args=[control.pk]), {"version": "1"})
    assert "Somebody changed the control meanwhile" in client.get(reverse("risk:risk", args=[control.risk_id])).text


def test_what_shows_that_it_is_done_can_be_put_right_but_not_taken_away(client, people, control):
    control.done_on, control.evidence = today(), "Report"
    control.save()
    client.force_login(people.owner)
    url = reverse("risk:control-change", args=[control.pk])
    answer = client.post(url, typed(done_on=today().isoformat(), evidence=""))
    assert list(answer.context["form"].errors) == ["evidence"]
    client.post(url, typed(done_on=today().isoformat(), evidence="Report of 3 May"))
    control.refresh_from_db()
    assert (control.evidence, control.name) == ("Report of 3 May", "Fit sprinklers")


def test_a_second_editor_is_told_what_changed_meanwhile(client, people, control):
    client.force_login(people.owner)
    url = reverse("risk:control-change", args=[control.pk])
    client.post(url, typed(owner="Finance"))
    assert "Somebody else saved this while you were typing" in client.post(url, typed(owner="The board")).text


def test_a_removed_control_stays_in_the_history_of_its_risk(client, people, control):
    client.force_login(people.owner)
    client.post(reverse("risk:control-remove", args=[control.pk]), {"version": "1"})
    assert not Control.objects.exists()
    assert "Removed the control" in client.get(reverse("risk:risk", args=[control.risk_id])).text


def test_a_colleague_sees_controls_and_changes_none(client, people, control):
    client.force_login(people.colleague)
    assert "overdue since" in client.get(reverse("risk:risk", args=[control.risk_id])).text
    for name in ("change", "finish", "open-again", "remove"):
        assert client.post(reverse(f"risk:control-{name}", args=[control.pk]), {"version": "1"}).status_code == 403
    assert Control.objects.get().version == 1


# Overdue


def found(on=None):
    return list(monitor_of("CONTROL_OVERDUE").rows(Scope(on or today())).values())


def test_a_control_is_overdue_from_the_day_after_it_was_due(risk):
    control = ControlFactory(risk=risk, due_on=today())
    ControlFactory(risk=risk, due_on=None)
    assert found() == []
    (row,) = found(day(1))
    assert (row["finding_subject"], row["finding_about"], row["finding_customer"]) == (
        control.pk,
        risk.pk,
        risk.customer_id,
    )


@pytest.mark.parametrize(
    ("late", "levels", "severity"),
    [
        (1, (3, 3), Severity.MEDIUM),
        (1, (2, 5), Severity.HIGH),
        (90, (1, 1), Severity.MEDIUM),
        (91, (1, 1), Severity.HIGH),
    ],
)
def test_an_overdue_control_weighs_by_the_level_of_its_risk_and_by_how_late_it_is(risk, late, levels, severity):
    risk.current_likelihood, risk.current_consequence = levels
    risk.save()
    ControlFactory(risk=risk, due_on=day(-late))
    assert [row["finding_severity"] for row in found()] == [severity]


def test_what_is_done_closed_or_no_customers_of_ours_is_not_found(risk):
    ControlFactory(risk=risk, due_on=day(-5), done_on=day(-4), evidence="Report")
    closed_later = ControlFactory(risk=RiskFactory(closed_on=day(-1)), due_on=day(-5))
    ControlFactory(risk=RiskFactory(customer=CustomerFactory(stage="LOST")), due_on=day(-5))
    assert found() == []
    assert [row["finding_subject"] for row in found(day(-4))] == [closed_later.pk]


def test_the_act_of_an_overdue_control_is_to_mark_it_as_done(control):
    finding = Finding(monitor="CONTROL_OVERDUE", subject_id=control.pk, customer_id=control.customer_id)
    assert act_of(finding).url == reverse("risk:control-finish", args=[control.pk])
