"""Mail about a user's own account: in the look of the letters, with a link that works, telling strangers nothing."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def parts(message):
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    return message.body, html


def test_reset_letter_carries_the_link_in_both_parts_and_the_link_works(client, people):
    client.post(reverse("account_reset_password"), {"email": people.owner.email})
    (message,) = mail.outbox
    assert message.subject == "Set a new password"
    text, html = parts(message)
    link = re.search(r"https?://\S+/accounts/password/reset/key/\S+", text).group()
    assert f'href="{link}"' in html
    assert client.get(link, follow=True).status_code == 200
    assert "style=" in html, "the styles are not in the tags"
    assert "<link" not in html


def test_reset_letter_is_in_the_readers_language(client, people):
    client.post(
        reverse("account_reset_password"), {"email": people.owner.email}, headers={"accept-language": "zh-hant"}
    )
    _text, html = parts(mail.outbox[0])
    assert 'lang="zh-hant"' in html


def test_stranger_who_asks_is_told_that_there_is_no_account(client):
    client.post(reverse("account_reset_password"), {"email": "nobody@elsewhere.example"})
    (message,) = mail.outbox
    text, html = parts(message)
    assert "nobody@elsewhere.example" in text
    assert "There is no account with this address." in html
    assert "/accounts/password/reset/key/" not in html + text


def test_changed_password_is_told_with_where_from(client, people):
    client.force_login(people.owner)
    new = {"password1": "another-long-password-9", "password2": "another-long-password-9"}
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD} | new)
    (message,) = mail.outbox
    assert message.subject == "Your password was changed"
    text, html = parts(message)
    for part in (text, html):
        assert "127.0.0.1" in part
        assert "<time" not in text
