"""The tree of risk categories: what ships, how it is read, and how it is changed."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from market.models import ClassOfBusiness
from risk.models import RiskCategory
from risk.selectors.categories import tree

EVERYBODY = ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"]
EDITORS = {"supervisor", "administrator"}

# Every single peril of the Open Exposure Data standard (PerilValues, version 4); its other codes are groups of these.
OED_PERILS = {
    *("QEQ", "QFF", "QTS", "QSL", "QLS", "QLF", "WTC", "WEC", "WSS", "ORF", "OSF", "XSL", "XTD", "XHL", "ZSN", "ZIC"),
    *("ZFZ", "BFR", "BBF", "MNT", "MTR", "XLT", "ZST", "BSK", "SSD", "XCH", "CSB", "CPD", "PNF", "VVA", "VVE", "VVL"),
    "SBU",
}


def category(code):
    return RiskCategory.objects.get(code=code)


def posted(row, **changed):
    return {
        "version": row.version,
        "name": row.name,
        "name_zh": row.name_zh,
        "parent": row.parent_id or "",
        "perils": row.perils,
        "perils_zh": row.perils_zh,
        "oed_codes": " ".join(row.oed_codes),
        "classes": [answer.pk for answer in row.classes.all()],
        "rank": row.rank,
    } | changed


def test_every_peril_of_the_standard_is_in_exactly_one_category_that_ships(db):
    codes = [code for row in RiskCategory.objects.all() for code in row.oed_codes]
    assert len(codes) == len(set(codes))
    assert set(codes) == OED_PERILS


def test_what_ships_is_a_tree_with_names_in_both_scripts_and_paths_that_follow_the_parents(db):
    rows = {row.pk: row for row in RiskCategory.objects.all()}
    assert len(rows) > 60
    for row in rows.values():
        assert row.path == [*(rows[row.parent_id].path if row.parent_id else []), row.code]
        assert row.name
        assert row.name_zh
        assert bool(row.perils) == bool(row.perils_zh)
    assert len({row.name for row in rows.values()}) == len(rows)


def test_every_class_that_ships_answers_some_risk(db):
    idle = ClassOfBusiness.objects.filter(risk_categories=None)
    assert [row.code for row in idle] == ["PACKAGE"]  # its sections answer, each of its own class


def test_the_tree_is_read_from_the_top_each_category_before_those_below_it(db):
    seen = set()
    for node in tree():
        assert set(node.category.path[:-1]) <= seen
        seen.add(node.category.code)
    codes = [node.category.code for node in tree()]
    assert codes.index("TSUNAMI") == codes.index("EARTHQUAKE") + 1
    assert len(codes) == RiskCategory.objects.count()


@pytest.mark.parametrize("words", ["tsunami", "海嘯", "QTS", "sea raised by an earthquake"])
def test_a_search_shows_what_matches_and_the_way_to_it(db, words):
    nodes = tree(words=words)
    assert [(node.category.code, node.is_match) for node in nodes] == [
        ("PROPERTY_DAMAGE", False),
        ("NATURAL_PERILS", False),
        ("EARTHQUAKE", False),
        ("TSUNAMI", True),
    ]


def test_the_tree_is_narrowed_to_what_a_class_answers(client, people):
    client.force_login(people.owner)
    answer = client.get(reverse("risk:categories"), {"class": "MARINE_CARGO"})
    assert [(node.category.code, node.is_match) for node in answer.context["nodes"]] == [
        ("TRANSPORT", False),
        ("CARGO_DAMAGE", True),
    ]
    assert "No category matches" in client.get(reverse("risk:categories"), {"q": "nothing of the kind"}).text


def test_everybody_reads_the_tree_and_only_editors_see_buttons(client, people):
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        page = client.get(reverse("risk:categories"))
        assert "颱風" in page.text
        assert ("/risk-categories/add/" in page.text) == (who in EDITORS), who


def test_only_supervisors_and_administrators_change_the_tree(client, people):
    for url in [reverse("risk:category-add"), reverse("risk:category-change", args=[category("FLOOD").pk])]:
        for who in EVERYBODY:
            client.force_login(getattr(people, who))
            assert client.get(url).status_code == (200 if who in EDITORS else 403), who
            if who not in EDITORS:
                assert client.post(url, {"name": "Taken"}).status_code == 403, who


def test_supervisor_adds_a_category_below_another(client, people):
    client.force_login(people.supervisor)
    flood = category("FLOOD")
    offered = client.get(reverse("risk:category-add"), {"parent": "FLOOD"})
    assert offered.context["form"]["parent"].value() == flood.pk
    fire = ClassOfBusiness.objects.get(code="FIRE")
    typed = {"code": "DAM_FAILURE", "name": "Dam failure", "parent": flood.pk, "classes": [fire.pk], "rank": 5}
    client.post(reverse("risk:category-add"), typed)
    added = category("DAM_FAILURE")
    assert added.path == ["PROPERTY_DAMAGE", "NATURAL_PERILS", "FLOOD", "DAM_FAILURE"]
    assert [row.code for row in added.classes.all()] == ["FIRE"]
    assert AuditEntry.objects.get().after["classes"] == ["Fire and extra perils"]


def test_a_category_moved_takes_all_below_with_it(client, people):
    client.force_login(people.supervisor)
    flood = category("FLOOD")
    client.post(reverse("risk:category-change", args=[flood.pk]), posted(flood, parent=""))
    assert category("FLOOD").path == ["FLOOD"]
    assert category("RIVER_FLOOD").path == ["FLOOD", "RIVER_FLOOD"]
    assert category("EARTHQUAKE").path == ["PROPERTY_DAMAGE", "NATURAL_PERILS", "EARTHQUAKE"]
    entry = AuditEntry.objects.get()
    assert set(entry.before) == {"parent"}

    flood.refresh_from_db()
    client.post(reverse("risk:category-change", args=[flood.pk]), posted(flood, parent=category("INTERRUPTION").pk))
    assert category("SURFACE_FLOOD").path == ["INTERRUPTION", "FLOOD", "SURFACE_FLOOD"]


@pytest.mark.parametrize("below", ["FLOOD", "RIVER_FLOOD"])
def test_a_category_cannot_be_part_of_itself_or_of_what_is_below_it(client, people, below):
    client.force_login(people.supervisor)
    flood = category("FLOOD")
    url = reverse("risk:category-change", args=[flood.pk])
    answer = client.post(url, posted(flood, parent=category(below).pk))
    assert list(answer.context["form"].errors) == ["parent"]
    assert category("RIVER_FLOOD").path == ["PROPERTY_DAMAGE", "NATURAL_PERILS", "FLOOD", "RIVER_FLOOD"]
    assert not AuditEntry.objects.exists()


def test_other_classes_alone_are_a_change_and_recorded(client, people):
    client.force_login(people.supervisor)
    flood = category("FLOOD")
    fire = ClassOfBusiness.objects.get(code="FIRE")
    client.post(reverse("risk:category-change", args=[flood.pk]), posted(flood, classes=[fire.pk]))
    entry = AuditEntry.objects.get()
    assert entry.before == {"classes": ["Fire and extra perils", "Property all risks"]}
    assert entry.after == {"classes": ["Fire and extra perils"]}
    assert category("FLOOD").version == flood.version + 1


def test_saving_without_a_change_writes_nothing(client, people):
    client.force_login(people.supervisor)
    flood = category("FLOOD")
    client.post(reverse("risk:category-change", args=[flood.pk]), posted(flood))
    assert category("FLOOD").version == flood.version
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [("QEQ", "Earthquake"), ("EARTHQUAKES", "3"), ("Q1", "three characters"), ("ZZ9 ZZ9", "twice")],
)
def test_peril_codes_are_refused_that_are_malformed_twice_there_or_another_category_s(client, people, typed, says):
    client.force_login(people.supervisor)
    flood = category("FLOOD")
    answer = client.post(reverse("risk:category-change", args=[flood.pk]), posted(flood, oed_codes=typed))
    errors = answer.context["form"].errors
    assert list(errors) == ["oed_codes"]
    assert says in str(errors)
    assert category("FLOOD").oed_codes == []


@pytest.mark.parametrize(("field", "typed"), [("code", "with space"), ("code", "FLOOD"), ("name", ""), ("rank", "-1")])
def test_bad_input_is_named_at_the_field(client, people, field, typed):
    client.force_login(people.administrator)
    values = {"code": "NEW_ONE", "name": "New one", "rank": 5} | {field: typed}
    assert list(client.post(reverse("risk:category-add"), values).context["form"].errors) == [field]
    assert not AuditEntry.objects.exists()


def test_the_second_editor_sees_both_sets_of_classes(client, people):
    flood = category("FLOOD")
    fire, cyber = ClassOfBusiness.objects.get(code="FIRE"), ClassOfBusiness.objects.get(code="CYBER")
    url = reverse("risk:category-change", args=[flood.pk])
    client.force_login(people.supervisor)
    client.post(url, posted(flood, classes=[fire.pk]))
    client.force_login(people.administrator)
    second = client.post(url, posted(flood, classes=[cyber.pk]))
    assert [(row["now"], row["typed"]) for row in second.context["form"].conflict] == [
        ("Fire and extra perils", "Cyber")
    ]
    assert [row.code for row in category("FLOOD").classes.all()] == ["FIRE"]


@pytest.mark.parametrize("more", [0, 60])
def test_the_tree_costs_the_same_whatever_the_rows(client, people, more, django_assert_num_queries):
    for at in range(more):
        RiskCategory.objects.create(code=f"EXTRA_{at}", name=f"Extra {at}", path=[f"EXTRA_{at}"])
    client.force_login(people.owner)
    with django_assert_num_queries(6):
        client.get(reverse("risk:categories"))
