"""What becomes of a message, by what the mail server says: delivered, refused, refused for now, unknown."""

import socket
from email import message_from_bytes
from email.policy import default

import pytest
from django.core.mail import send_mail
from django.utils import timezone

from accounts.models import AuditEntry
from common.exceptions import StaleVersion, WrongState
from communications.models import Message, MessageState
from communications.services import outbox
from tests.factories import ContactFactory, CustomerFactory, MessageFactory

pytestmark = pytest.mark.django_db

CHINESE = "敬啟者：\n\n現附上貴公司的保險計劃。\n\n保額　港元 50,000,000\n"


def pushed(message: Message) -> Message:
    outbox.push()
    message.refresh_from_db()
    return message


def test_letter_arrives_whole_with_both_parts_and_its_id(mail_goes_to):
    message = MessageFactory(
        subject="截至2026年11月23日的保險計劃",
        text=CHINESE,
        html="<p>保額 <b>港元 50,000,000</b></p>",
        to_name="陳大文",
        reply_to="alice@broker.example",
    )
    assert pushed(message).state == MessageState.SENT
    (letter,) = mail_goes_to.accepted
    assert letter["Subject"] == "截至2026年11月23日的保險計劃"
    assert letter["Message-ID"] == message.message_id
    assert letter["To"].addresses[0].display_name == "陳大文"
    assert letter["Reply-To"] == "alice@broker.example"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == message.created_at.replace(microsecond=0)
    assert letter.get_body(["plain"]).get_content().replace("\r\n", "\n").strip() == CHINESE.strip()
    assert "港元 50,000,000" in letter.get_body(["html"]).get_content()
    assert message.sent_at is not None
    assert AuditEntry.objects.of_object(message).filter(action="message.sent", actor_name="Broker CRM").exists()


def test_clear_refusal_is_shown_and_not_tried_again(mail_goes_to):
    mail_goes_to.answers["RCPT"] = "550 5.1.1 No such person here"
    message = pushed(MessageFactory())
    assert message.state == MessageState.FAILED
    assert message.last_error == "550 5.1.1 No such person here"
    assert AuditEntry.objects.of_object(message).get(action="message.failed").note == message.last_error
    mail_goes_to.answers.clear()
    assert pushed(message).state == MessageState.FAILED
    assert mail_goes_to.accepted == []


def test_refusal_for_now_waits_longer_each_time_and_is_given_up_in_the_end(mail_goes_to):
    mail_goes_to.answers["DATA"] = "451 4.7.1 Come back later"
    message = MessageFactory()
    waits = []
    for _attempt in range(outbox.MOST_ATTEMPTS - 1):
        before = timezone.now()
        assert pushed(message).state == MessageState.QUEUED
        waits.append(round((message.next_attempt_at - before).total_seconds() / 60))
        assert pushed(message).attempts == len(waits), "it was tried again before its time"
        Message.objects.filter(pk=message.pk).update(next_attempt_at=timezone.now())
    assert waits == [2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240], "minutes"
    assert pushed(message).state == MessageState.FAILED
    assert message.last_error == "451 4.7.1 Come back later"


def test_server_that_cannot_be_reached_costs_no_attempt(mail_goes_to, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]  # bound, and nobody listens
        message = pushed(MessageFactory())
    assert (message.state, message.attempts, message.handed_over_at) == (MessageState.QUEUED, 0, None)
    assert "refused" in message.last_error
    assert message.next_attempt_at > timezone.now()
    Message.objects.filter(pk=message.pk).update(next_attempt_at=timezone.now())
    settings.EMAIL_PORT = mail_goes_to.port
    assert pushed(message).state == MessageState.SENT


def test_line_lost_before_the_letter_is_certain_and_tried_again(mail_goes_to):
    mail_goes_to.hangs_up_at = "MAIL"
    message = pushed(MessageFactory())
    assert message.state == MessageState.QUEUED


def test_line_lost_after_the_letter_began_is_never_tried_again_by_itself(mail_goes_to):
    mail_goes_to.hangs_up_at = "DATA"
    message = pushed(MessageFactory())
    assert message.state == MessageState.UNCONFIRMED
    mail_goes_to.hangs_up_at = ""
    assert pushed(message).state == MessageState.UNCONFIRMED
    assert mail_goes_to.accepted == []


def test_trouble_with_one_letter_does_not_hold_up_the_next(mail_goes_to):
    mail_goes_to.unknown = {"gone@customer.example"}
    MessageFactory(to_address="gone@customer.example")
    MessageFactory(to_address="here@customer.example")
    tally = outbox.push()
    assert (tally[MessageState.FAILED], tally[MessageState.SENT]) == (1, 1)
    assert [letter["To"] for letter in mail_goes_to.accepted] == ["here@customer.example"]


def test_line_break_in_a_header_never_reaches_the_server(mail_goes_to):
    message = MessageFactory(subject="Your programme\nBcc: everybody@elsewhere.example")
    assert pushed(message).state == MessageState.FAILED
    assert "newline" in message.last_error
    assert "MAIL" not in mail_goes_to.commands


def test_nothing_goes_to_a_customer_who_must_not_be_contacted(mail_goes_to):
    message = MessageFactory(customer=CustomerFactory(stage="DO_NOT_CONTACT"))
    assert pushed(message).state == MessageState.FAILED
    assert "MAIL" not in mail_goes_to.commands


def test_refused_letter_goes_to_the_address_corrected_meanwhile(mail_goes_to, people):
    customer = CustomerFactory(portfolio=people.portfolio)
    contact = ContactFactory(customer=customer, email="typo@customer.example")
    mail_goes_to.answers["RCPT"] = "550 5.1.1 No such person here"
    message = pushed(MessageFactory(customer=customer, contact=contact, to_address=contact.email))
    mail_goes_to.answers.clear()
    contact.email = "right@customer.example"
    contact.save()
    outbox.send_again(message=message, by=people.owner, version=message.version)
    assert pushed(message).state == MessageState.SENT
    assert mail_goes_to.accepted[0]["To"] == "right@customer.example"
    entry = AuditEntry.objects.of_object(message).get(action="message.resent")
    assert entry.after == {"state": "QUEUED", "to_address": "right@customer.example"}


def test_a_letter_that_was_sent_is_not_sent_again(mail_goes_to, people):
    message = pushed(MessageFactory())
    with pytest.raises(WrongState, match="SENT cannot become QUEUED"):
        outbox.send_again(message=message, by=people.owner, version=message.version)
    with pytest.raises(StaleVersion):
        outbox.send_again(message=message, by=people.owner, version=message.version - 1)


def test_without_a_server_each_letter_is_a_file(settings, tmp_path):
    settings.EMAIL_BACKEND = "communications.delivery.FileBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    messages = [MessageFactory(text=CHINESE, to_address="amy+cover/../x@customer.example") for _ in range(3)]
    assert outbox.push()[MessageState.SENT] == 3
    files = sorted((tmp_path / "mail").iterdir())
    letters = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    assert {file.suffix for file in files} == {".eml"}
    assert {letter["Message-ID"] for letter in letters} == {message.message_id for message in messages}
    assert letters[0].get_content().strip() == CHINESE.strip()


def test_file_that_cannot_be_written_leaves_the_letter_waiting(settings, tmp_path):
    settings.EMAIL_BACKEND = "communications.delivery.FileBackend"
    (tmp_path / "mail").write_text("a file where the folder should be")
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    message = pushed(MessageFactory())
    assert message.state == MessageState.QUEUED
    assert "exists" in message.last_error


def test_other_mail_of_the_product_goes_through_the_same_backend(mail_goes_to):
    assert send_mail("Reset your password", "Here is how.", "service@broker.example", ["alice@broker.example"]) == 1
    assert mail_goes_to.accepted[0]["Subject"] == "Reset your password"
