"""The gallery, the shell around a page, and the pages for when something went wrong."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from django_cotton import render_component

from common.ui.gallery import LONG_NAME
from tests.factories import PASSWORD, UserFactory

ERRORS = ["400", "403", "403_csrf", "404", "429", "500"]


@pytest.fixture
def gallery(client, db) -> str:
    client.force_login(UserFactory(name="Mei Lam"))
    return client.get(reverse("common:gallery")).content.decode()


def component(name: str, **given) -> str:
    return render_component(RequestFactory().get("/"), name, given)


def test_the_gallery_shows_every_component(gallery):
    for piece in [
        "page-header",
        "card",
        "button--danger",
        "badge--bad",
        "severity",
        "table--stack",
        "pagination",
        "chip",
    ]:
        assert f'class="{piece}' in gallery or f" {piece}" in gallery, piece
    for piece in [
        "tabs",
        "facts",
        "empty",
        "field__error",
        "conflict",
        "timeline",
        "progress",
        "stat",
        "tower",
        "bars",
        "lines",
    ]:
        assert f'class="{piece}' in gallery or f" {piece}" in gallery, piece
    assert LONG_NAME in gallery


def test_no_page_carries_an_inline_style_or_script(gallery):
    assert not re.search(r"""\sstyle=["']""", gallery)
    assert not re.search(r"<style\b|<script(?![^>]*\ssrc=)", gallery)
    assert not re.search(r"\son[a-z]+=", gallery)


def test_no_template_tag_is_left_in_the_page(gallery):
    assert "<c-" not in gallery
    assert "{%" not in gallery


def test_no_id_stands_twice(gallery):
    ids = re.findall(r'\sid="([^"]+)"', gallery)
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_of_the_user_is_on_the_page(client, db, theme):
    client.force_login(UserFactory(theme=theme))
    assert f'data-theme="{theme}"' in client.get(reverse("common:gallery")).content.decode()


def test_without_a_choice_the_theme_is_left_to_the_system(gallery):
    assert "data-theme" not in gallery


def test_an_error_stands_beside_its_field_with_what_was_typed(gallery):
    field = gallery[gallery.index('value="fifty million"') :]
    assert 'aria-invalid="true"' in field[:200]
    assert "Enter a number." in field[:1500]


def test_a_disabled_button_cannot_be_pressed():
    assert " disabled" in component("button", disabled=True)
    off = component("button", href="/x/", disabled=True)
    assert "href" not in off
    assert 'aria-disabled="true"' in off


def test_a_severity_is_never_colour_alone():
    assert "Critical" in component("severity", level="CRITICAL", quiet=True)


def test_an_empty_fact_says_that_nothing_is_known():
    assert "not given" in component("fact", label="Year end", slot="")


def test_a_component_escapes_what_it_is_given():
    assert "<b>" not in component("card", title="<b>A & B</b>", slot="")


@pytest.mark.parametrize("code", ERRORS)
def test_an_error_page_needs_no_context(code):
    page = render_to_string(f"{code}.html")
    assert page.count("<h1>") == 1
    assert 'class="problem"' in page


def test_a_page_that_does_not_exist_says_so_in_the_look(client, db):
    client.force_login(UserFactory())
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "Nothing here" in answer.content.decode()


def test_the_sign_in_page_names_its_fields_and_signs_in(client, db):
    user = UserFactory()
    page = client.get(reverse("account_login")).content.decode()
    assert '<label class="field__label" for="id_login">' in page
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302


def test_a_wrong_password_is_said_on_the_sign_in_page(client, db):
    answer = client.post(reverse("account_login"), {"login": UserFactory().email, "password": "not it"})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
