"""An update from draft to sent in the browser: who may, what is refused, the second editor, and what is on record."""

import datetime

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from common.dates import add_months, today
from communications.models import Message, MessageState, Update, UpdateState
from communications.services import outbox
from tests.factories import (
    ContactFactory,
    ContactPlanFactory,
    CustomerFactory,
    MessageFactory,
    PolicyFactory,
    UpdateFactory,
)

FIGURES = {
    "policies": [
        {
            "class": "Property all risks",
            "number": "PAR 2026/118",
            "insurers": ["AXA (lead, 60%)", "Zurich (40%)"],
            "period": "1 Apr 2026 to 31 Mar 2027",
            "cover": [{"name": "", "amount": "HKD 50,000,000"}],
            "premium": "HKD 1,250,000",
        }
    ],
    "due": [],
    "caller": {
        "name": "Alice Owner",
        "phone": "+852 2123 4567",
        "email": "alice@broker.example",
        "office": "Central",
        "address": "",
    },
}


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd")


@pytest.fixture
def contact(customer):
    return ContactFactory(customer=customer, name="Amy Chan", email="amy@harbour.example", receives_updates=True)


@pytest.fixture
def update(customer):
    return UpdateFactory(customer=customer, figures=FIGURES)


def url(name, row):
    return reverse(f"communications:{name}", args=[row.pk])


def words(update, **changed):
    typed = {"version": update.version, "subject": update.subject, "opening": update.opening}
    return typed | {"closing": update.closing} | changed


def post_release(client, update):
    return client.post(url("update-release", update), {"version": update.version}, follow=True)


SEEN_BY = {"owner": 200, "colleague": 200, "supervisor": 200, "compliance": 200, "stranger": 404}
CHANGED_BY = {"owner": 302, "supervisor": 302, "colleague": 403, "compliance": 403, "stranger": 404}


@pytest.mark.parametrize("page", ["update-detail", "update-letter"])
def test_update_is_seen_by_the_team_and_by_nobody_else(client, people, update, page):
    for who, status in SEEN_BY.items():
        client.force_login(getattr(people, who))
        assert client.get(url(page, update)).status_code == status, who


@pytest.mark.parametrize("who", CHANGED_BY)
@pytest.mark.parametrize("act", ["release", "discard", "edit"])
@pytest.mark.usefixtures("contact")
def test_only_owner_and_supervisor_edit_release_and_discard(client, people, update, who, act):
    client.force_login(getattr(people, who))
    answer = client.post(url(f"update-{act}", update), words(update, reason="Not needed", closing="Until soon."))
    assert answer.status_code == CHANGED_BY[who]
    changed = Update.objects.get(pk=update.pk).version > update.version
    assert changed == (CHANGED_BY[who] == 302)


def test_list_shows_the_updates_of_the_team_and_counts_each_state(client, people, update, contact):
    UpdateFactory(customer=CustomerFactory(portfolio=people.portfolio, name="Lantau Ferries Ltd"), figures=FIGURES)
    UpdateFactory(customer=CustomerFactory(name="Elsewhere Ltd"))
    client.force_login(people.owner)
    post_release(client, update)
    Message.objects.update(state=MessageState.FAILED)
    page = client.get(reverse("communications:updates"))
    assert "Elsewhere Ltd" not in page.text
    counts = {chip["value"]: chip["count"] for chip in page.context["chips"]}
    assert counts == {"": 2, "DRAFT": 1, "RELEASED": 1, "TROUBLE": 1, "DISCARDED": 0}
    trouble = client.get(reverse("communications:updates"), {"state": "TROUBLE"}).text
    assert "Harbour Cold Storage Ltd" in trouble
    assert "Lantau Ferries Ltd" not in trouble
    found = client.get(reverse("communications:updates"), {"q": "lantau"}).text
    assert "Lantau Ferries Ltd" in found
    assert "Harbour Cold Storage Ltd" not in found
    nothing = client.get(reverse("communications:updates"), {"q": "nobody at all"}).text
    assert "No update matches" in nothing


def test_draft_edited_released_and_delivered_to_a_real_server(client, people, update, contact, mail_goes_to):
    client.force_login(people.owner)
    client.post(url("update-edit", update), words(update, opening="We met last week.\n\nHere is what we agreed."))
    update.refresh_from_db()
    assert update.edited_at is not None
    draft_page = client.get(url("update-detail", update)).text
    assert "We met last week." in draft_page
    assert "amy@harbour.example" in draft_page
    released = post_release(client, update).text
    assert "Waiting to be sent" in released
    outbox.push()
    (letter,) = mail_goes_to.accepted
    assert letter["Subject"] == update.subject
    assert letter["To"] == "Amy Chan <amy@harbour.example>"
    assert letter["Reply-To"] == "alice@broker.example"
    for kind in ("plain", "html"):
        body = letter.get_body([kind]).get_content()
        for part in ("Dear Amy Chan,", "We met last week.", "PAR 2026/118", "AXA (lead, 60%)", "HKD 50,000,000"):
            assert part in body, (kind, part)
    assert "Sent" in client.get(url("update-detail", update)).text
    message = Message.objects.get(update=update)
    page = client.get(url("message-detail", message)).text
    assert "We met last week." in page
    assert message.message_id == letter["Message-ID"]
    assert "We met last week." in client.get(url("message-letter", message)).text
    history = client.get(reverse("profiles:customer-history", args=[update.customer_id])).text.lower()
    for act in ("edited an update", "released an update", "sent the letter"):
        assert act in history


def test_each_recipient_gets_a_letter_of_their_own(client, people, update, contact, mail_goes_to):
    ContactFactory(customer=update.customer, name="Ben Lee", email="ben@harbour.example", receives_updates=True)
    ContactFactory(customer=update.customer, name="Amy Again", email="AMY@harbour.example", receives_updates=True)
    ContactFactory(customer=update.customer, name="Not Asked", email="no@harbour.example")
    gone = {"receives_updates": True, "left_on": today()}
    ContactFactory(customer=update.customer, name="Gone Away", email="gone@harbour.example", **gone)
    client.force_login(people.owner)
    post_release(client, update)
    outbox.push()
    greeted = {letter["To"]: letter.get_body(["plain"]).get_content()[:20] for letter in mail_goes_to.accepted}
    assert len(greeted) == 2
    assert greeted["Ben Lee <ben@harbour.example>"].startswith("Dear Ben Lee,")


def test_update_without_a_recipient_says_so_and_cannot_be_released(client, people, update):
    client.force_login(people.owner)
    page = client.get(url("update-detail", update)).text
    assert "This update cannot be released yet." in page
    answer = post_release(client, update)
    assert "No contact of this customer receives updates" in answer.text
    assert Update.objects.get(pk=update.pk).state == UpdateState.DRAFT
    assert not Message.objects.exists()


@pytest.mark.parametrize("stage", ["DO_NOT_CONTACT", "LOST"])
def test_update_of_a_customer_not_to_be_contacted_is_never_released(client, people, update, contact, stage):
    type(update.customer).objects.filter(pk=update.customer_id).update(stage=stage)
    client.force_login(people.owner)
    assert "This update cannot be released." in client.get(url("update-detail", update)).text
    assert "This customer gets no letters" in post_release(client, update).text
    assert not Message.objects.exists()


def test_released_twice_goes_out_once(client, people, update, contact):
    client.force_login(people.owner)
    post_release(client, update)
    again = client.post(url("update-release", update), {"version": update.version + 1}, follow=True)
    assert "released or discarded already" in again.text
    assert Message.objects.count() == 1
    redirected = client.get(url("update-edit", update), follow=True)
    assert "can no longer be edited" in redirected.text


def test_what_one_has_not_read_one_cannot_release(client, people, update, contact):
    client.force_login(people.supervisor)
    client.post(url("update-edit", update), words(update, closing="The premium doubles."))
    client.force_login(people.owner)
    answer = post_release(client, update)
    assert "read it again first" in answer.text
    assert Update.objects.get(pk=update.pk).state == UpdateState.DRAFT


def test_second_editor_sees_both_and_loses_nothing(client, people, update):
    client.force_login(people.supervisor)
    client.post(url("update-edit", update), words(update, closing="What Dora wrote."))
    client.force_login(people.owner)
    answer = client.post(url("update-edit", update), words(update, closing="What Alice typed."))
    assert answer.status_code == 200
    assert "What Dora wrote." in answer.text
    assert "What Alice typed." in answer.text
    assert Update.objects.get(pk=update.pk).closing == "What Dora wrote."


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"subject": ""}, "This field is required."),
        ({"subject": "Your programme\nBcc: all@elsewhere.example"}, "Write this on one line."),
        ({"opening": ""}, "This field is required."),
    ],
)
def test_letter_that_cannot_go_out_is_refused_with_the_field_named(client, people, update, typed, said):
    client.force_login(people.owner)
    answer = client.post(url("update-edit", update), words(update, **typed))
    (field,) = typed
    assert answer.context["form"].errors[field] == [said]
    assert Update.objects.get(pk=update.pk).version == update.version


def test_discarded_needs_a_reason_and_is_then_kept_with_it(client, people, update):
    client.force_login(people.owner)
    answer = client.post(url("update-discard", update), {"version": update.version, "reason": " "})
    assert answer.status_code == 422
    assert "This field is required." in answer.text
    client.post(url("update-discard", update), {"version": update.version, "reason": "We met in person"})
    page = client.get(url("update-detail", update)).text
    assert "We met in person" in page
    entry = AuditEntry.objects.of_object(update).get(action="update.discarded")
    assert entry.note == "We met in person"


def test_releasing_begins_the_next_round_and_discarding_early_does_not(client, people, update, contact, customer):
    plan = ContactPlanFactory(customer=customer, update_months=3, next_update_on=today() + datetime.timedelta(days=9))
    client.force_login(people.owner)
    client.post(url("update-discard", update), {"version": update.version, "reason": "Too early"})
    plan.refresh_from_db()
    assert plan.next_update_on == today() + datetime.timedelta(days=9)
    other = UpdateFactory(customer=customer, figures=FIGURES)
    post_release(client, other)
    plan.refresh_from_db()
    assert plan.next_update_on == add_months(today(), 3)


def test_letter_in_a_frame_can_do_nothing_but_be_looked_at(client, people, update):
    client.force_login(people.owner)
    answer = client.get(url("update-letter", update))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_what_a_customer_is_called_cannot_become_markup(client, people, update, contact):
    update.opening = "<script>alert(1)</script> Tom & Jerry"
    update.save()
    contact.name = "<b>Amy</b>\r\nBcc: all@elsewhere.example"
    contact.save()
    client.force_login(people.owner)
    letter = client.get(url("update-letter", update)).text
    assert "<script>" not in letter
    assert "<b>Amy" not in letter
    post_release(client, update)
    message = Message.objects.get()
    assert message.to_name == "<b>Amy</b> Bcc: all@elsewhere.example"
    assert "<script>alert(1)</script> Tom & Jerry" in message.text


def test_refused_letter_says_what_to_do_and_is_sent_again(client, people, update, contact, mail_goes_to):
    client.force_login(people.owner)
    mail_goes_to.unknown = {"amy@harbour.example"}
    post_release(client, update)
    outbox.push()
    message = Message.objects.get()
    page = client.get(url("message-detail", message)).text
    assert "550 5.1.1 No such person here" in page
    assert "Check the e-mail address of Amy Chan" in page
    contact.email = "amy.chan@harbour.example"
    contact.save()
    answer = client.post(url("message-send-again", message), {"version": message.version}, follow=True)
    assert "waits to be sent again" in answer.text
    outbox.push()
    assert [letter["To"] for letter in mail_goes_to.accepted] == ["Amy Chan <amy.chan@harbour.example>"]


@pytest.mark.parametrize("who", CHANGED_BY)
def test_only_owner_and_supervisor_send_again(client, people, customer, who):
    message = MessageFactory(customer=customer, state=MessageState.FAILED)
    client.force_login(getattr(people, who))
    answer = client.post(url("message-send-again", message), {"version": message.version})
    assert answer.status_code == CHANGED_BY[who]
    state = Message.objects.get(pk=message.pk).state
    assert state == (MessageState.QUEUED if CHANGED_BY[who] == 302 else MessageState.FAILED)


def test_message_sent_meanwhile_is_not_sent_again(client, people, customer):
    message = MessageFactory(customer=customer, state=MessageState.FAILED)
    Message.objects.update(version=message.version + 1)
    client.force_login(people.owner)
    answer = client.post(url("message-send-again", message), {"version": message.version}, follow=True)
    assert "changed meanwhile" in answer.text
    assert client.post(url("message-send-again", message), {}).status_code == 400


def test_draft_by_hand_shows_the_programme_of_today(client, people, customer):
    PolicyFactory(customer=customer, number="PAR 2026/900", inception_date=today(), expiry_date=add_months(today(), 12))
    client.force_login(people.owner)
    answer = client.post(reverse("programmes:update-draft", args=[customer.pk]), follow=True)
    assert "PAR 2026/900" in answer.text
    draft = Update.objects.get()
    client.post(url("update-edit", draft), words(draft, closing="My own words."))
    PolicyFactory(customer=customer, number="EC 2026/1", inception_date=today(), expiry_date=add_months(today(), 12))
    draft.refresh_from_db()
    refreshed = client.post(
        reverse("programmes:update-refresh", args=[draft.pk]), {"version": draft.version}, follow=True
    ).text
    assert "EC 2026/1" in refreshed
    assert "My own words." in refreshed


class TestPagesCostTheSameWhateverTheRows:
    """The most queries a page may take, the session and the user among them."""

    @pytest.fixture
    def book(self, people):
        for number in range(30):
            customer = CustomerFactory(portfolio=people.portfolio)
            ContactFactory(customer=customer, receives_updates=True)
            update = UpdateFactory(customer=customer, figures=FIGURES)
            for copy in range(5):
                MessageFactory(customer=customer, update=update, to_address=f"{number}.{copy}@harbour.example")
        return update

    MOST = {"updates": 8, "update-detail": 6, "customer-messages": 9}

    @pytest.mark.parametrize("page", MOST)
    def test_page(self, client, people, book, page, django_assert_max_num_queries):
        client.force_login(people.owner)
        row = {"update-detail": [book.pk], "customer-messages": [book.customer_id]}.get(page, [])
        with django_assert_max_num_queries(self.MOST[page]):
            assert client.get(reverse(f"communications:{page}", args=row)).status_code == 200
