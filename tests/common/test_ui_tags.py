"""How figures, days and icons read in both languages."""

import datetime
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.template import Context
from django.test import RequestFactory
from django.utils import timezone, translation
from django_cotton.templatetags import Attrs

from common.templatetags import ui

TODAY = datetime.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("48000000", "48.0m"),
        ("168500000", "168.5m"),
        ("1240000000", "1.2bn"),
        ("999949999", "999.9m"),
        ("999950000", "1.0bn"),
        ("999499", "999k"),
        ("999500", "1.0m"),
        ("12500", "13k"),
        ("900", "900"),
        ("0", "0"),
        ("-56000000", "-56.0m"),
        (None, "–"),
    ],
)
def test_an_amount_at_a_glance(value, words):
    assert ui.short_amount(value) == words


def test_an_amount_shows_minor_units_only_where_it_has_any():
    assert ui.amount(Decimal("48000000.00")) == "48,000,000"
    assert ui.amount(Decimal("1250000.50")) == "1,250,000.50"


def test_an_amount_with_its_currency_is_exact_to_the_minor_unit():
    assert ui.amount(Decimal("48000000"), "HKD") == "48,000,000.00"
    assert ui.amount(Decimal("48000000"), "JPY") == "48,000,000"


def test_money_names_its_currency_and_does_not_break_after_it():
    assert ui.money(Decimal("1250000.5"), "HKD") == "HKD\N{NO-BREAK SPACE}1,250,000.50"
    assert ui.money(None, "HKD") == "–"


def test_half_a_cent_is_rounded_up():
    assert ui.amount(Decimal("0.125"), "HKD") == "0.13"


@pytest.mark.parametrize(
    ("share", "words"), [("0.6", "60%"), ("0.125", "12.5%"), ("0.333333", "33.33%"), ("1", "100%"), ("", "–")]
)
def test_a_share_reads_as_a_percentage(share, words):
    assert ui.percent(share) == words


def test_a_day_reads_in_the_language_of_the_user():
    day = datetime.date(2026, 12, 2)
    assert ">2 Dec 2026</time>" in ui.day(day)
    assert 'title="Wednesday' in ui.day(day)
    with translation.override("zh-hant"):
        assert ">2026年12月2日</time>" in ui.day(day)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (TODAY, "today"),
        (datetime.date(2026, 11, 24), "tomorrow"),
        (datetime.date(2026, 12, 2), "in 9 days"),
        (datetime.date(2026, 11, 12), "since 12 Nov"),
        (datetime.date(2025, 11, 12), "since 12 Nov 2025"),
        (datetime.date(2027, 1, 31), "31 Jan 2027"),
    ],
)
def test_a_day_that_something_is_due_on(day, words):
    assert f">{words}</time>" in ui.relative_day(day, TODAY)
    assert f'datetime="{day.isoformat()}"' in ui.relative_day(day, TODAY)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (TODAY, "today"),
        (datetime.date(2026, 11, 22), "yesterday"),
        (datetime.date(2026, 11, 11), "12 days ago"),
        (datetime.date(2026, 8, 11), "11 Aug"),
    ],
)
def test_a_day_on_which_something_happened(day, words):
    assert f">{words}</time>" in ui.ago(day, TODAY)


def test_a_moment_reads_in_the_zone_of_the_user():
    moment = datetime.datetime(2026, 11, 23, 18, 5, tzinfo=datetime.UTC)
    with timezone.override("Asia/Hong_Kong"):
        assert ">24 Nov 2026, 02:05</time>" in ui.moment(moment)


def test_a_moment_late_in_the_day_counts_as_the_day_of_the_user():
    moment = datetime.datetime(2026, 11, 22, 18, 5, tzinfo=datetime.UTC)
    with timezone.override("Asia/Hong_Kong"):
        assert ">today</time>" in ui.ago(moment, TODAY)


@pytest.mark.parametrize("filter_", [ui.day, ui.relative_day, ui.ago, ui.moment, ui.number, ui.percent, ui.day_text])
def test_a_missing_value_is_shown_as_missing(filter_):
    assert filter_(None) == "–"


def test_an_icon_is_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in ui.icon("inbox")
    assert "<path" in ui.icon("inbox")


def test_an_icon_that_does_not_exist_is_not_passed_over():
    with pytest.raises(FileNotFoundError):
        ui.icon("no-such-icon")
    with pytest.raises(ValueError, match="not the name of an icon"):
        ui.icon("../../etc/passwd")


@pytest.mark.parametrize(
    ("name", "letters"), [("Mei Lam", "ML"), ("陳大文", "陳"), ("arthur.chan@broker.example", "AC"), ("", "?")]
)
def test_initials(name, letters):
    assert ui.initials(name) == letters


def test_what_a_component_is_given_cannot_break_out_of_its_attribute():
    attributes = ui.as_attributes(Attrs({"title": '"><script>alert(1)</script>', "hidden": True, "hx-get": None}))
    assert "<script>" not in attributes
    assert " hidden" in attributes
    assert "hx-get" not in attributes


def test_a_form_carries_along_the_parameters_it_is_told_to_keep():
    query = QueryDict("kind=cover&kind=contact&sort=&page=3")
    assert ui.kept(query, "kind sort") == [("kind", "cover"), ("kind", "contact")]


@pytest.mark.parametrize(
    ("asked", "href", "state"),
    [
        ("", "?sort=limit", "none"),
        ("sort=limit", "?sort=-limit", "ascending"),
        ("sort=-limit", "?sort=limit", "descending"),
    ],
)
def test_a_heading_sorts_and_then_the_other_way_round(asked, href, state):
    order = ui.sorting(Context({"request": RequestFactory().get("/", QueryDict(asked))}), "limit")
    assert (order["href"], order["state"]) == (href, state)


def test_sorting_begins_again_at_the_first_page_and_keeps_the_filters():
    request = RequestFactory().get("/?kind=cover&page=3")
    assert ui.sorting(Context({"request": request}), "limit")["href"] == "?kind=cover&sort=limit"
