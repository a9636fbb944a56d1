"""Value indices: listed with how they moved, drawn, and figures entered and corrected by those who may."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from market.models import ValueIndex, ValueIndexFigure
from tests.factories import ValueIndexFactory, ValueIndexFigureFactory

EVERYBODY = ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"]
EDITORS = {"supervisor", "administrator"}


@pytest.fixture
def index(people):
    index = ValueIndexFactory(code="BUILDING_HK", name="Building costs", name_zh="建築成本", country="HK")
    for year, figure in ((2024, "100"), (2025, "104"), (2026, "106.6")):
        ValueIndexFigureFactory(index=index, valid_from=datetime.date(year, 1, 1), figure=Decimal(figure))
    return index


def test_everybody_reads_the_indices_and_only_editors_see_buttons(client, people, index):
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        listed = client.get(reverse("market:indices")).text
        shown = client.get(reverse("market:index", args=[index.pk])).text
        assert "106.6" in listed
        assert "106.6" in shown
        assert ("/value-indices/add/" in listed) == (who in EDITORS), who
        assert ("/correct/" in shown) == (who in EDITORS), who


def test_the_list_tells_how_an_index_moved_in_a_year(client, people, index):
    ValueIndexFigureFactory(index=index, valid_from=datetime.date(2026, 7, 1), figure=Decimal("110"))
    ValueIndexFactory(code="NEW")
    client.force_login(people.owner)
    shown = {each.index.code: each for each in client.get(reverse("market:indices")).context["indices"]}
    assert shown["BUILDING_HK"].moved == Decimal("110") / Decimal("104") - 1
    assert shown["NEW"].latest is None


def test_a_figure_of_a_day_to_come_is_not_the_latest(client, people, index):
    ValueIndexFigure.objects.create(index=index, valid_from=datetime.date(2999, 1, 1), figure=Decimal("999"))
    client.force_login(people.owner)
    assert client.get(reverse("market:indices")).context["indices"][0].latest.figure == Decimal("106.6")


@pytest.mark.parametrize(
    ("query", "found"),
    [({"q": "建築"}, 1), ({"q": "building_hk"}, 1), ({"country": "HK"}, 1), ({"country": "SG"}, 2), ({"q": "no"}, 0)],
)
def test_indices_are_found_by_name_code_and_country(client, people, index, query, found):
    ValueIndexFactory(code="OTHER", name="Wages", country="JP")
    client.force_login(people.owner)
    assert len(client.get(reverse("market:indices"), query).context["indices"]) == found


def test_the_picture_reaches_back_as_far_as_asked(client, people, index):
    ValueIndexFigureFactory(index=index, valid_from=datetime.date(1990, 1, 1), figure=Decimal("20"))
    client.force_login(people.owner)
    url = reverse("market:index", args=[index.pk])
    assert len(client.get(url, {"years": "all"}).context["picture"].rows) == 4
    assert len(client.get(url, {"years": "nonsense"}).context["picture"].rows) == 3


def test_an_index_with_one_figure_or_none_is_shown_without_a_picture(client, people):
    client.force_login(people.owner)
    empty = ValueIndexFactory()
    assert "No figures yet" in client.get(reverse("market:index", args=[empty.pk])).text
    ValueIndexFigureFactory(index=empty)
    assert client.get(reverse("market:index", args=[empty.pk])).context["picture"] is None


def test_a_supervisor_adds_an_index_and_its_first_figure_and_corrects_it(client, people):
    client.force_login(people.supervisor)
    answer = client.post(reverse("market:index-add"), {"code": "WAGES_HK", "name": "Wages", "country": "HK"})
    index = ValueIndex.objects.get()
    assert answer.url == reverse("market:index-figure-add", args=[index.pk])
    client.post(answer.url, {"valid_from": "2026-01-01", "figure": "1,050.25"})
    row = ValueIndexFigure.objects.get()
    assert row.figure == Decimal("1050.25")
    url = reverse("market:index-figure-correct", args=[row.pk])
    client.post(url, {"valid_from": "2026-01-01", "figure": "1060", "version": 1})
    row.refresh_from_db()
    assert row.figure == 1060
    client.post(reverse("market:index-figure-remove", args=[row.pk]), {"version": 2})
    assert not ValueIndexFigure.objects.exists()
    client.post(reverse("market:index-change", args=[index.pk]), {"name": "Wages, Hong Kong", "version": 1})
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "value_index.added",
        "value_index_figure.added",
        "value_index_figure.corrected",
        "value_index_figure.removed",
        "value_index.changed",
    ]


@pytest.mark.parametrize(
    ("field", "typed"),
    [("figure", "0"), ("figure", "-1"), ("figure", ""), ("valid_from", "2999-01-01"), ("valid_from", "x")],
)
def test_a_bad_figure_is_named_at_the_field_and_leaves_no_trace(client, people, index, field, typed):
    client.force_login(people.supervisor)
    values = {"valid_from": "2026-02-01", "figure": "100"} | {field: typed}
    answer = client.post(reverse("market:index-figure-add", args=[index.pk]), values)
    assert list(answer.context["form"].errors) == [field]
    assert index.figures.count() == 3


def test_a_second_figure_of_a_day_and_a_code_that_is_taken_are_refused(client, people, index):
    client.force_login(people.supervisor)
    url = reverse("market:index-figure-add", args=[index.pk])
    assert "correct that one" in client.post(url, {"valid_from": "2026-01-01", "figure": "100"}).text
    answer = client.post(reverse("market:index-add"), {"code": "BUILDING_HK", "name": "Again"})
    assert list(answer.context["form"].errors) == ["code"]


def test_the_second_editor_is_told(client, people, index):
    row = index.figures.first()
    url = reverse("market:index-figure-correct", args=[row.pk])
    typed = {"valid_from": row.valid_from.isoformat(), "figure": "101", "version": 1}
    client.force_login(people.supervisor)
    client.post(url, typed)
    assert client.post(url, typed | {"figure": "102"}).context["form"].conflict
    stale = client.post(reverse("market:index-figure-remove", args=[row.pk]), {"version": 1}, follow=True)
    assert "changed the figure meanwhile" in stale.text
    row.refresh_from_db()
    assert row.figure == 101


@pytest.mark.parametrize("name", ["index-add", "index-change", "index-figure-add", "index-figure-correct"])
def test_only_supervisors_and_administrators_change_indices(client, people, index, name):
    keys = {"index-add": [], "index-figure-correct": [index.figures.first().pk]}
    url = reverse(f"market:{name}", args=keys.get(name, [index.pk]))
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        assert client.get(url).status_code == (200 if who in EDITORS else 403), who
        if who not in EDITORS:
            assert client.post(url, {"figure": "5"}).status_code == 403, who


@pytest.mark.parametrize("rows", [2, 60])
def test_the_pages_cost_the_same_whatever_the_rows(client, people, index, rows, django_assert_num_queries):
    for at in range(rows):
        ValueIndexFigureFactory(index=index, valid_from=datetime.date(2010, 1, 1) + datetime.timedelta(days=at))
        ValueIndexFigureFactory()
    client.force_login(people.owner)
    with django_assert_num_queries(7):
        client.get(reverse("market:indices"))
    with django_assert_num_queries(6):
        client.get(reverse("market:index", args=[index.pk]))
