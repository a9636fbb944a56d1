"""The people at insurers: entered, changed, removed, and by whom."""

import datetime

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from market.models import InsurerContact
from tests.factories import InsurerContactFactory, InsurerFactory

EVERYBODY = ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"]
EDITORS = {"supervisor", "administrator"}


@pytest.fixture
def insurer(people):
    return InsurerFactory(name="Harbour Insurance Ltd")


def test_a_supervisor_enters_changes_and_removes_a_contact(client, people, insurer):
    client.force_login(people.supervisor)
    typed = {"name": "Hilda Cheng", "name_local": "鄭曉彤", "phone": "+852 2100 0301", "job_title": "Underwriter"}
    answer = client.post(reverse("market:insurer-contact-add", args=[insurer.pk]), typed, follow=True)
    assert "鄭曉彤" in answer.text
    assert "+852 2100 0301" in answer.text
    row = InsurerContact.objects.get()
    client.post(
        reverse("market:insurer-contact-change", args=[row.pk]), typed | {"left_on": "2026-05-01", "version": 1}
    )
    row.refresh_from_db()
    assert row.left_on == datetime.date(2026, 5, 1)
    client.post(reverse("market:insurer-contact-remove", args=[row.pk]), {"version": 2})
    assert not InsurerContact.objects.exists()
    page = client.get(reverse("market:insurer", args=[insurer.pk])).text
    assert "Removed the contact at an insurer Hilda Cheng" in page


def test_somebody_who_cannot_be_reached_is_refused_and_nothing_typed_is_lost(client, people, insurer):
    client.force_login(people.supervisor)
    answer = client.post(reverse("market:insurer-contact-add", args=[insurer.pk]), {"name": "Hilda Cheng"})
    assert list(answer.context["form"].errors) == ["email"]
    assert 'value="Hilda Cheng"' in answer.text
    assert not InsurerContact.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_second_editor_is_told(client, people, insurer):
    row = InsurerContactFactory(insurer=insurer)
    typed = {"name": "First", "email": row.email, "version": 1}
    client.force_login(people.supervisor)
    client.post(reverse("market:insurer-contact-change", args=[row.pk]), typed)
    second = client.post(reverse("market:insurer-contact-change", args=[row.pk]), typed | {"name": "Second"})
    assert second.context["form"].conflict
    stale = client.post(reverse("market:insurer-contact-remove", args=[row.pk]), {"version": 1}, follow=True)
    assert "changed the contact meanwhile" in stale.text
    assert InsurerContact.objects.get().name == "First"


def test_those_who_left_come_last(client, people, insurer):
    InsurerContactFactory(insurer=insurer, name="Aaron", left_on=datetime.date(2026, 1, 1))
    InsurerContactFactory(insurer=insurer, name="Zoe")
    client.force_login(people.owner)
    page = client.get(reverse("market:insurer", args=[insurer.pk]))
    assert [row.name for row in page.context["contacts"]] == ["Zoe", "Aaron"]


@pytest.mark.parametrize("name", ["market:insurer-contact-add", "market:insurer-contact-change"])
def test_only_supervisors_and_administrators_change_contacts(client, people, insurer, name):
    row = InsurerContactFactory(insurer=insurer)
    url = reverse(name, args=[insurer.pk if name.endswith("add") else row.pk])
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        assert client.get(url).status_code == (200 if who in EDITORS else 403), who
    client.force_login(people.owner)
    assert client.post(reverse("market:insurer-contact-remove", args=[row.pk]), {"version": 1}).status_code == 403
