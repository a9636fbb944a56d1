"""What a customer declined: kept for ever with all that defends it, and quiet until something material changes."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEntry
from monitoring.models import Decision, Ending, Finding
from monitoring.services import decisions
from profiles.services import contacts
from tests.factories import TODAY, ContactFactory, PolicyFactory
from tests.monitoring.conftest import finding_of

DUE = TODAY + datetime.timedelta(days=100)


@pytest.fixture
def policy(people):
    return PolicyFactory(customer__portfolio=people.portfolio, expiry_date=DUE)


@pytest.fixture
def finding(night, policy):
    night()
    return finding_of("RENEWAL_DUE", policy)


@pytest.fixture
def contact(policy):
    return ContactFactory(customer=policy.customer, name="Chan Tai Man", job_title="Finance director")


def decline(finding, contact, by, **given):
    return decisions.decline(
        **{
            "finding": finding,
            "recommended": "To renew with flood cover of HKD 20m.",
            "contact": contact,
            "declined_on": TODAY - datetime.timedelta(days=3),
            "language": "en",
            "reason": "Too dear.",
            "on": TODAY,
            "by": by,
            "version": finding.version,
            **given,
        }
    )


def test_it_keeps_who_when_what_in_which_language_and_the_facts(people, finding, contact):
    decision = decline(finding, contact, people.owner)
    assert decision.declined_by == "Chan Tai Man, Finance director"
    assert decision.declined_on == TODAY - datetime.timedelta(days=3)
    assert decision.facts == finding.facts
    assert decision.explained == finding.plain
    assert not Finding.objects.on_worklist().exists()
    entry = AuditEntry.objects.get(action="finding.declined")
    assert entry.customer_id == finding.customer_id
    assert entry.after["recommended"] == "To renew with flood cover of HKD 20m."


def test_the_plain_words_are_kept_in_the_language_in_which_it_was_explained(people, finding, contact):
    decision = decline(finding, contact, people.owner, language="zh-hant")
    with translation.override("zh-hant"):
        assert decision.explained == finding.plain
    assert translation.get_language() == "en"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"declined_on": TODAY + datetime.timedelta(days=1)}, "declined_on"),
        ({"recommended": "  "}, "recommended"),
    ],
)
def test_what_is_wrong_is_said_of_its_field_and_nothing_is_kept(people, finding, contact, given, field):
    with pytest.raises(ValidationError) as refused:
        decline(finding, contact, people.owner, **given)
    assert list(refused.value.message_dict) == [field]
    assert not Decision.objects.exists()


def test_today_is_a_day_on_which_it_may_have_been_declined(people, finding, contact):
    assert decline(finding, contact, people.owner, declined_on=TODAY).declined_on == TODAY


def test_somebody_of_another_customer_declines_nothing_here(people, finding):
    with pytest.raises(ValidationError) as refused:
        decline(finding, ContactFactory(), people.owner)
    assert list(refused.value.message_dict) == ["contact"]


def test_it_is_quiet_night_after_night_until_something_material_changes(people, finding, contact, policy, night):
    decline(finding, contact, people.owner)
    policy.premium = 9_999_999
    policy.save()
    for days in (1, 30, 80):
        night(TODAY + datetime.timedelta(days=days))
        assert finding not in Finding.objects.on_worklist()
    policy.expiry_date = DUE + datetime.timedelta(days=5)
    policy.save()
    night(TODAY + datetime.timedelta(days=81))
    assert finding in Finding.objects.on_worklist()
    decision = Decision.objects.get()
    assert (decision.ending, decision.recommended) == (Ending.CHANGED, "To renew with flood cover of HKD 20m.")


def test_who_declined_something_is_not_removed_but_said_to_have_left(client, people, finding, contact):
    decline(finding, contact, people.owner)
    with pytest.raises(ProtectedError), transaction.atomic():
        contacts.remove(contact=contact, by=people.owner, version=contact.version)
    client.force_login(people.owner)
    url = reverse("profiles:contact-remove", args=[contact.pk])
    answer = client.post(url, {"version": contact.version}, follow=True)
    assert "say when they left instead" in answer.text
    contact.name = "Chan T. M."
    contact.save()
    assert Decision.objects.get().declined_by == "Chan Tai Man, Finance director"


@pytest.mark.parametrize("fault", ["recommended", "declined_by", "language"])
def test_the_database_keeps_nothing_half_said(people, finding, contact, fault):
    decision = decline(finding, contact, people.owner)
    with pytest.raises(IntegrityError, match="monitoring_decision_declined"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(**{fault: ""})
