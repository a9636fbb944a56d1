"""Insurers in the browser's eyes: who may change them, how they are found, and the groups they are put in."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from market.models import Insurer, InsurerGroup
from tests.factories import InsurerFactory, InsurerGroupFactory

EVERYBODY = ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"]
EDITORS = {"supervisor", "administrator"}


@pytest.fixture
def insurer(people):
    group = InsurerGroupFactory(name="Asia Pacific Group")
    return InsurerFactory(name="Harbour Insurance Ltd", name_local="海港保險有限公司", group=group)


def posted(insurer, **changed):
    values = {
        "version": insurer.version,
        "name": insurer.name,
        "name_local": insurer.name_local,
        "group": insurer.group_id or "",
        "country": "HK",
        "is_active": "on",
    }
    return values | changed


@pytest.mark.parametrize("page", ["programmes:insurers", "market:insurer"])
def test_everybody_reads_insurers_and_only_editors_see_buttons(client, people, insurer, page):
    url = reverse(page, args=[insurer.pk] if page == "market:insurer" else [])
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        answer = client.get(url)
        assert "海港保險有限公司" in answer.text, who
        assert (("/insurers/add/" in answer.text) or ("/change/" in answer.text)) == (who in EDITORS), who


@pytest.mark.parametrize("page", ["market:insurer-add", "market:insurer-change", "market:insurer-group-change"])
def test_only_supervisors_and_administrators_change_insurers(client, people, insurer, page):
    keys = {"market:insurer-add": [], "market:insurer-change": [insurer.pk]}
    url = reverse(page, args=keys.get(page, [insurer.group_id]))
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        assert client.get(url).status_code == (200 if who in EDITORS else 403), who
        if who not in EDITORS:
            assert client.post(url, posted(insurer, name="Taken")).status_code == 403, who
    assert not Insurer.objects.filter(name="Taken").exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "harbour"}, {"Harbour Insurance Ltd"}),
        ({"q": "海港"}, {"Harbour Insurance Ltd"}),
        ({"country": "JP"}, {"Kanto Marine"}),
        ({"is_active": "false"}, {"Kanto Marine"}),
        ({"group": "nonsense"}, {"Harbour Insurance Ltd", "Kanto Marine"}),
        ({"q": "nobody"}, set()),
    ],
)
def test_insurers_are_found_by_either_name_country_and_state(client, people, insurer, query, found):
    InsurerFactory(name="Kanto Marine", country="JP", is_active=False)
    client.force_login(people.owner)
    answer = client.get(reverse("programmes:insurers"), query)
    assert {row.name for row in answer.context["page"]} == found


def test_insurers_of_a_group_are_listed_and_shown_beside_each_other(client, people, insurer):
    sister = InsurerFactory(name="Harbour Life", group=insurer.group)
    InsurerFactory(name="Stranger Mutual")
    client.force_login(people.owner)
    listed = client.get(reverse("programmes:insurers"), {"group": insurer.group_id})
    assert {row.name for row in listed.context["page"]} == {"Harbour Insurance Ltd", "Harbour Life"}
    record = client.get(reverse("market:insurer", args=[insurer.pk]))
    assert sister.name in record.text
    assert "Stranger Mutual" not in record.text


def test_sorting_by_group_backwards(client, people, insurer):
    InsurerFactory(name="Zed", group=InsurerGroupFactory(name="Zenith"))
    client.force_login(people.owner)
    rows = client.get(reverse("programmes:insurers"), {"sort": "-group", "q": "e"}).context["page"]
    assert [row.group.name for row in rows if row.group] == ["Zenith", "Asia Pacific Group"]


def test_supervisor_adds_an_insurer_in_a_new_group(client, people):
    client.force_login(people.supervisor)
    typed = {"name": "Pearl General", "country": "HK", "new_group": "Pearl Holdings", "is_active": "on"}
    answer = client.post(reverse("market:insurer-add"), typed, follow=True)
    assert "Pearl General is added." in answer.text
    assert Insurer.objects.get(name="Pearl General").group.name == "Pearl Holdings"
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"insurer.added", "insurer_group.added"}


def test_a_new_group_that_is_there_already_is_not_added_twice(client, people, insurer):
    other = InsurerFactory()
    client.force_login(people.administrator)
    client.post(reverse("market:insurer-change", args=[other.pk]), posted(other, new_group="ASIA PACIFIC GROUP"))
    other.refresh_from_db()
    assert other.group == insurer.group
    assert InsurerGroup.objects.count() == 1


def test_a_group_chosen_and_a_new_one_named_is_refused_at_the_field(client, people, insurer):
    other = InsurerFactory()
    client.force_login(people.supervisor)
    url = reverse("market:insurer-change", args=[other.pk])
    answer = client.post(url, posted(other, group=insurer.group_id, new_group="Third"))
    assert list(answer.context["form"].errors) == ["new_group"]
    assert not InsurerGroup.objects.filter(name="Third").exists()


def test_bad_input_is_named_and_leaves_no_trace(client, people, insurer):
    client.force_login(people.supervisor)
    url = reverse("market:insurer-change", args=[insurer.pk])
    answer = client.post(url, posted(insurer, name="", website="not an address", new_group="X"))
    assert {"name", "website"} <= set(answer.context["form"].errors)
    assert not AuditEntry.objects.exists()
    assert not InsurerGroup.objects.filter(name="X").exists()


def test_the_same_name_in_the_same_country_is_refused_and_its_new_group_with_it(client, people, insurer):
    client.force_login(people.supervisor)
    answer = client.post(
        reverse("market:insurer-add"), {"name": insurer.name, "country": "HK", "new_group": "Left over"}
    )
    assert answer.context["form"].errors
    assert not InsurerGroup.objects.filter(name="Left over").exists()


def test_the_second_editor_sees_both_values_and_may_save_again(client, people, insurer):
    url = reverse("market:insurer-change", args=[insurer.pk])
    client.force_login(people.supervisor)
    client.post(url, posted(insurer, short_name="First"))
    client.force_login(people.administrator)
    second = client.post(url, posted(insurer, short_name="Second"))
    assert "First" in second.text
    assert "Second" in second.text
    assert "Dora Supervisor" in second.text
    version = second.context["form"]["version"].value()
    client.post(url, posted(insurer, short_name="Second", version=version))
    insurer.refresh_from_db()
    assert insurer.short_name == "Second"


def test_renaming_a_group_is_recorded(client, people, insurer):
    client.force_login(people.supervisor)
    group = insurer.group
    client.post(
        reverse("market:insurer-group-change", args=[group.pk]), {"name": "Pacific Group", "version": group.version}
    )
    group.refresh_from_db()
    assert group.name == "Pacific Group"
    assert AuditEntry.objects.get().before == {"name": "Asia Pacific Group"}


def test_the_record_shows_what_was_done(client, people, insurer):
    client.force_login(people.supervisor)
    client.post(reverse("market:insurer-change", args=[insurer.pk]), posted(insurer, short_name="HIL"))
    assert "Changed the insurer" in client.get(reverse("market:insurer", args=[insurer.pk])).text


@pytest.mark.parametrize("rows", [3, 60])
def test_the_list_costs_the_same_whatever_the_rows(client, people, rows, django_assert_num_queries):
    for _at in range(rows):
        InsurerFactory(group=InsurerGroupFactory())
    client.force_login(people.owner)
    with django_assert_num_queries(10):
        client.get(reverse("programmes:insurers"))
