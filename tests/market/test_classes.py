"""Classes of business: read by all, changed by supervisors and administrators."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from market.models import ClassOfBusiness
from market.selectors.classes import by_group

EVERYBODY = ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"]
EDITORS = {"supervisor", "administrator"}


@pytest.fixture
def cyber(people):
    return ClassOfBusiness.objects.get(code="CYBER")


def posted(row, **changed):
    values = {name: getattr(row, name) for name in ["name", "name_zh", "group", "mode", "renewal_days", "rank"]}
    return values | {"version": row.version} | changed


def test_everybody_reads_the_classes_by_group_in_both_scripts(client, people):
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        page = client.get(reverse("market:classes"))
        assert "Marine and transport" in page.text
        assert "網絡安全險" in page.text
        assert ("/classes/add/" in page.text) == (who in EDITORS), who


@pytest.mark.parametrize("page", ["class-add", "class-change"])
def test_only_supervisors_and_administrators_change_classes(client, people, cyber, page):
    url = reverse(f"market:{page}", args=[cyber.pk] if page == "class-change" else [])
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        assert client.get(url).status_code == (200 if who in EDITORS else 403), who
        if who not in EDITORS:
            assert client.post(url, posted(cyber, name="Taken")).status_code == 403, who
    assert not ClassOfBusiness.objects.filter(name="Taken").exists()


def test_supervisor_begins_renewals_of_a_class_earlier_and_it_is_recorded(client, people, cyber):
    client.force_login(people.supervisor)
    url = reverse("market:class-change", args=[cyber.pk])
    client.post(url, posted(cyber, renewal_days=150))
    cyber.refresh_from_db()
    assert cyber.renewal_days == 150
    assert AuditEntry.objects.get().after == {"renewal_days": 150}
    assert "Changed the class" in client.get(url).text


def test_the_code_cannot_be_changed(client, people, cyber):
    client.force_login(people.supervisor)
    client.post(reverse("market:class-change", args=[cyber.pk]), posted(cyber, code="OTHER", name="Cyber risk"))
    cyber.refresh_from_db()
    assert (cyber.code, cyber.name) == ("CYBER", "Cyber risk")


@pytest.mark.parametrize(
    ("field", "typed"), [("code", "no spaces"), ("code", "CYBER"), ("name", ""), ("mode", "OTHER"), ("renewal_days", 0)]
)
def test_bad_input_is_named_at_the_field(client, people, cyber, field, typed):
    client.force_login(people.administrator)
    answer = client.post(reverse("market:class-add"), posted(cyber) | {"code": "SURETY", field: typed})
    errors = answer.context["form"].errors
    assert field in errors or "renewal_days" in str(errors), errors
    assert not ClassOfBusiness.objects.filter(code="SURETY").exists()
    assert not AuditEntry.objects.exists()


def test_the_second_editor_sees_both_values(client, people, cyber):
    url = reverse("market:class-change", args=[cyber.pk])
    client.force_login(people.supervisor)
    client.post(url, posted(cyber, name="First name"))
    client.force_login(people.administrator)
    second = client.post(url, posted(cyber, name="Second name"))
    assert "First name" in second.text
    assert "Second name" in second.text


def test_a_class_of_a_group_of_its_own_comes_where_its_rank_says(people):
    ClassOfBusiness.objects.create(code="SURETY", name="Surety", group="Bonds", rank=11)
    ClassOfBusiness.objects.create(code="LEGAL", name="Legal expenses", group="Liability", rank=200)
    names = [name for name, _classes in by_group()]
    assert names == ["Property", "Bonds", "Liability", "Financial lines", "Marine and transport", "People", "Package"]
    assert dict(by_group())["Liability"][-1].code == "LEGAL"


@pytest.mark.parametrize("more", [0, 60])
def test_the_list_costs_the_same_whatever_the_rows(client, people, more, django_assert_num_queries):
    for at in range(more):
        ClassOfBusiness.objects.create(code=f"EXTRA_{at}", name=f"Extra {at}", group="Other")
    client.force_login(people.owner)
    with django_assert_num_queries(4):
        client.get(reverse("market:classes"))
