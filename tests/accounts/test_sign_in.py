"""Signing in by e-mail, getting a new password, and being slowed down when guessing."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import AuditEntry, Portfolio, User
from tests.factories import PASSWORD


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def sign_in(client, email, password):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_a_person_signs_in_by_email_whatever_its_case(client, people):
    assert sign_in(client, people.owner.email.upper(), PASSWORD).status_code == 302
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_a_wrong_password_says_nothing_of_who_is_known(client, people):
    known = sign_in(client, people.owner.email, "wrong-password-here")
    unknown = sign_in(client, "nobody@broker.example", "wrong-password-here")
    assert known.status_code == unknown.status_code == 200
    assert known.context["form"].errors == unknown.context["form"].errors


def test_someone_who_left_cannot_sign_in(client, people):
    User.objects.filter(pk=people.owner.pk).update(is_active=False)
    sign_in(client, people.owner.email, PASSWORD)
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_guessing_is_slowed_down(client, people):
    answers = [sign_in(client, people.owner.email, f"guess-number-{n}") for n in range(12)]
    assert any("Too many" in answer.text or answer.status_code == 429 for answer in answers)
    assert sign_in(client, people.owner.email, PASSWORD).status_code != 302


def test_nobody_signs_up_by_themselves(client, db):
    sent = {"email": "new@broker.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), sent)
    assert not User.objects.filter(email="new@broker.example").exists()


def test_a_forgotten_password_is_set_anew_by_the_link_in_the_letter(client, people):
    client.post(reverse("account_reset_password"), {"email": people.owner.email})
    assert [message.to for message in mail.outbox] == [[people.owner.email]]
    link = re.search(r"http://\S+", mail.outbox[0].body)[0]
    page = client.get(link, follow=True)
    new = "another-long-password"
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert sign_in(client, people.owner.email, new).status_code == 302


def test_the_system_user_cannot_sign_in(client, db):
    system = User.objects.system()
    assert not system.has_usable_password()
    assert not system.is_active


def test_a_demonstration_offers_its_people(client, db, settings):
    settings.DEMO = True
    assert client.get(reverse("account_login")).context["demo_users"]
    settings.DEMO = False
    assert "demo_users" not in client.get(reverse("account_login")).context


def test_the_look_is_kept_with_the_user(client, people):
    client.force_login(people.owner)
    client.post(reverse("accounts:theme"), {"theme": "dark", "next": reverse("accounts:profile")})
    assert 'data-theme="dark"' in client.get(reverse("accounts:profile")).text
    assert client.post(reverse("accounts:theme"), {"theme": "purple"}).status_code == 400


def test_choosing_a_look_never_leads_away_from_the_product(client, people):
    client.force_login(people.owner)
    answer = client.post(reverse("accounts:theme"), {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer.url == "/"


def test_the_user_chooses_the_language_of_the_pages(client, people):
    client.force_login(people.owner)
    sent = {"name": "Alice", "language": "zh-hant", "version": people.owner.version}
    client.post(reverse("accounts:profile"), sent)
    assert 'lang="zh-hant"' in client.get(reverse("accounts:profile")).text


def test_the_first_person_of_an_installation_is_added_by_command(db, monkeypatch, capsys):
    monkeypatch.setenv("BROKER_PASSWORD", PASSWORD)
    call_command("add_user", "first@broker.example", name="First Person", role="SUPERVISOR", portfolio="All")
    person = User.objects.get(email="first@broker.example")
    assert list(Portfolio.objects.editable_by(person)) == [Portfolio.objects.get(name="All")]
    assert AuditEntry.objects.filter(action="user.added").exists()
    with pytest.raises(CommandError, match="email"):
        call_command("add_user", "first@broker.example", name="Twin")


def test_a_weak_password_is_refused_by_the_command_and_nobody_is_added(db, monkeypatch):
    monkeypatch.setenv("BROKER_PASSWORD", "short")
    with pytest.raises(CommandError, match="password"):
        call_command("add_user", "first@broker.example", name="First Person")
    assert not User.objects.filter(email="first@broker.example").exists()


class TestWhenTheSessionHasEnded:
    """A list left open overnight: the next press leads to the sign-in page, and from there back to the list."""

    def test_a_page_comes_back_after_signing_in(self, client, db):
        answer = client.get("/policies/?state=EXPIRED")
        assert answer.url == f"{reverse('account_login')}?next=/policies/%3Fstate%3DEXPIRED"

    def test_a_fragment_takes_the_whole_page_to_the_sign_in(self, client, db):
        answer = client.get(
            "/policies/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/?q=lam"}
        )
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["HX-Redirect"] == f"{reverse('account_login')}?next=/customers/%3Fq%3Dlam"

    def test_an_act_leads_back_to_the_page_it_was_pressed_on(self, client, db):
        answer = client.post(reverse("accounts:theme"), headers={"Referer": "http://testserver/updates/"})
        assert answer.url == f"{reverse('account_login')}?next=/updates/"

    def test_an_address_elsewhere_is_no_place_to_go_back_to(self, client, db):
        answer = client.post(reverse("accounts:theme"), headers={"Referer": "https://elsewhere.example/take"})
        assert answer.url == f"{reverse('account_login')}?next=/"


def test_the_address_of_a_button_says_so(client, people):
    client.force_login(people.owner)
    answer = client.get(reverse("accounts:theme"))
    assert answer.status_code == 405
    assert "This address is for a button" in answer.text
