"""Days without cover that were asked for: a section ended and resumed, a policy reinstated with a lapse."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from common.exceptions import StaleVersion, WrongState
from programmes.models import PolicyState, Terms
from programmes.selectors.versions import holding
from programmes.services import breaks, policies, terms
from programmes.services.terms import Given, Seen
from tests.factories import CustomerFactory, ParticipationFactory, PolicyFactory, SectionFactory, TermsFactory

pytestmark = pytest.mark.usefixtures("clock")

JULY = datetime.date(2026, 7, 1)
OCTOBER = datetime.date(2026, 10, 1)
LAST_OF_SEPTEMBER = datetime.date(2026, 9, 30)
DECEMBER = datetime.date(2026, 12, 1)


@pytest.fixture
def policy(people):
    return PolicyFactory(customer=CustomerFactory(portfolio=people.portfolio), number="PAR 2026/118")


@pytest.fixture
def section(policy):
    made = SectionFactory(policy=policy, reference="1", name="Material damage")
    ParticipationFactory(terms=TermsFactory(section=made), signed_share=Decimal("0.6"), is_lead=True)
    return made


def held_on(section, day):
    return holding(section.versions.all(), day)


def end(section, day, by, **given):
    breaks.end(section=section, from_day=day, reason="Warehouse sold", by=by, **given)


def resume(section, day, by, **given):
    return breaks.resume(section=section, from_day=day, reason="Bought back", by=by, **given)


def endorse(section, day, by, limit="70000000"):
    return terms.endorse(section=section, from_day=day, given=Given(values={"limit": Decimal(limit)}), by=by)


# A section ends


def test_a_section_ends_from_a_day_and_the_days_before_read_as_they_did(people, section):
    end(section, OCTOBER, people.owner)
    assert held_on(section, LAST_OF_SEPTEMBER).limit == Decimal("50000000")
    assert held_on(section, OCTOBER) is None
    entry = AuditEntry.objects.get(action="terms.ended")
    assert (entry.before, entry.after, entry.note) == (
        {"last_day": None},
        {"last_day": "2026-09-30"},
        "Warehouse sold",
    )


def test_an_end_on_the_day_of_an_endorsement_takes_the_endorsement_out(people, section):
    endorse(section, OCTOBER, people.owner)
    end(section, OCTOBER, people.owner)
    assert section.versions.get().last_day == LAST_OF_SEPTEMBER
    assert AuditEntry.objects.get(action="terms.ended").before["limit"] == "70000000.00"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (datetime.date(2026, 4, 1), "begins on that day"),
        (datetime.date(2027, 4, 1), "must lie within the policy's period"),
        (JULY, "is endorsed from 1 Oct 2026"),
    ],
)
def test_an_end_is_refused_where_it_would_leave_what_nobody_asked_for(people, section, day, words):
    endorse(section, OCTOBER, people.owner)
    with pytest.raises(ValidationError, match=words) as refused:
        end(section, day, people.owner)
    assert list(refused.value.message_dict) == ["first_day"]
    assert section.versions.count() == 2


def test_what_has_ended_does_not_end_again_and_needs_a_reason(people, section):
    end(section, OCTOBER, people.owner)
    with pytest.raises(ValidationError, match="no terms on that day"):
        end(section, DECEMBER, people.owner)
    with pytest.raises(ValidationError) as refused:
        breaks.end(section=section, from_day=JULY, reason=" ", by=people.owner)
    assert list(refused.value.message_dict) == ["reason"]


# A section resumes


def test_a_section_resumes_on_the_terms_it_had_last(people, section):
    end(section, JULY, people.owner)
    made = resume(section, OCTOBER, people.owner)
    assert held_on(section, LAST_OF_SEPTEMBER) is None
    assert held_on(section, OCTOBER) == made
    assert [(line.signed_share, line.is_lead) for line in made.participations.all()] == [(Decimal("0.6"), True)]
    assert (made.limit, made.change_note) == (Decimal("50000000"), "Bought back")


def test_from_the_day_it_ended_the_end_is_taken_back(people, section):
    end(section, OCTOBER, people.owner)
    resume(section, OCTOBER, people.owner)
    assert section.versions.get().last_day is None


def test_a_resumption_taken_back_leaves_its_days_without_cover_again(people, section):
    end(section, JULY, people.owner)
    made = resume(section, OCTOBER, people.owner)
    terms.withdraw(terms=made, by=people.owner, version=made.version, reason="Not bought")
    assert held_on(section, OCTOBER) is None
    assert held_on(section, datetime.date(2026, 6, 30)).limit == Decimal("50000000")


def test_an_endorsement_on_a_day_without_cover_starts_from_the_terms_before(people, section):
    end(section, JULY, people.owner)
    made = endorse(section, OCTOBER, people.owner)
    assert (made.limit, made.deductible_amount) == (Decimal("70000000"), Decimal("100000"))
    assert made.participations.count() == 1


def test_what_has_cover_does_not_resume_nor_what_never_had_any(people, policy, section):
    with pytest.raises(WrongState, match="has terms on 1 Oct 2026"):
        resume(section, OCTOBER, people.owner)
    late = SectionFactory(policy=policy)
    TermsFactory(section=late, first_day=OCTOBER)
    with pytest.raises(WrongState, match="had no terms before 1 Jul 2026"):
        resume(late, JULY, people.owner)


def test_who_saw_other_terms_is_told(people, section):
    seen = Seen(section.versions.get().pk, 1)
    endorse(section, OCTOBER, people.supervisor)
    with pytest.raises(StaleVersion):
        end(section, DECEMBER, people.owner, seen=seen)


# A policy is reinstated


def cancelled(policy, by, day=JULY):
    return policies.cancel(policy=policy, from_day=day, reason="Premium not paid", by=by, version=policy.version)


def reinstate(policy, by, day=None, reason="Paid after all"):
    return policies.reinstate(policy=policy, from_day=day, reason=reason, by=by, version=policy.version)


@pytest.mark.parametrize("day", [None, JULY])
def test_a_reinstated_policy_is_as_if_it_had_not_been_cancelled(people, policy, section, day):
    back = reinstate(cancelled(policy, people.owner), people.owner, day)
    assert back.state(DECEMBER) == PolicyState.IN_FORCE
    assert section.versions.get().last_day is None
    entry = AuditEntry.objects.get(action="policy.reinstated")
    assert (entry.before, entry.after, entry.note) == (
        {"cancelled_from": "2026-07-01"},
        {"cancelled_from": None},
        "Paid after all",
    )


def test_days_of_a_lapse_stay_without_cover_in_every_section(people, policy, section):
    other = SectionFactory(policy=policy)
    TermsFactory(section=other)
    endorse(other, datetime.date(2026, 8, 1), people.owner)
    endorse(other, datetime.date(2026, 9, 1), people.owner, "80000000")
    back = reinstate(cancelled(policy, people.owner), people.owner, OCTOBER)
    assert back.cancelled_from is None
    for each in (section, other):
        assert held_on(each, datetime.date(2026, 6, 30)) is not None
        assert held_on(each, JULY) is None
        assert held_on(each, LAST_OF_SEPTEMBER) is None
    assert held_on(section, OCTOBER).limit == Decimal("50000000")
    assert held_on(section, OCTOBER).participations.count() == 1
    assert held_on(other, OCTOBER).limit == Decimal("80000000")
    assert AuditEntry.objects.get(action="policy.reinstated").note.startswith(
        "Without cover from 1 Jul 2026 to 30 Sept 2026."
    )


@pytest.mark.parametrize(
    ("day", "reason", "field"),
    [
        (datetime.date(2026, 6, 1), "Paid", "from_day"),
        (datetime.date(2027, 4, 1), "Paid", "from_day"),
        (OCTOBER, "", "reason"),
    ],
)
def test_a_reinstatement_is_refused_at_its_field_and_leaves_no_trace(people, policy, section, *, day, reason, field):
    ended = cancelled(policy, people.owner)
    with pytest.raises(ValidationError) as refused:
        reinstate(ended, people.owner, day, reason)
    assert list(refused.value.message_dict) == [field]
    assert section.versions.get().last_day is None
    policy.refresh_from_db()
    assert policy.cancelled_from == JULY


def test_what_is_not_cancelled_is_not_reinstated(people, policy):
    with pytest.raises(WrongState, match="is not cancelled"):
        reinstate(policy, people.owner)


# In the browser's eyes


def page(name, row, query=""):
    return reverse(f"programmes:{name}", args=[row.pk]) + query


@pytest.mark.parametrize("name", ["section-end", "section-resume", "policy-reinstate"])
def test_breaks_are_made_by_owner_and_supervisor_only(client, people, policy, section, name):
    url = page(name, policy if name == "policy-reinstate" else section)
    for who, status in {"owner": 200, "supervisor": 200, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(url).status_code == status, who


def shown(client, url):
    """What the form of the page would post, with its hidden fields."""
    form = client.get(url).context["form"]
    return {field.html_name: field.value() for field in form if field.value() not in (None, "")}


def test_a_section_is_ended_and_resumed_on_its_page(client, people, policy, section):
    client.force_login(people.owner)
    url = page("section-end", section, "?from=2026-10-01")
    answer = client.post(url, shown(client, url) | {"reason": "Warehouse sold"}, follow=True)
    assert "No cover on 1 Oct 2026: its terms ended on 30 Sept 2026." in answer.text
    assert "No cover on this day: no section has terms." in answer.text
    assert page("section-resume", section, "?from=2026-10-01") in answer.text
    url = page("section-resume", section, "?from=2026-12-01")
    answer = client.post(url, shown(client, url) | {"reason": "Bought back"}, follow=True)
    assert "has cover again from 1 Dec 2026" in answer.text
    history = client.get(page("policy-history", policy)).text
    assert "Ended the cover of Material damage from 1 Apr 2026" in history
    assert "Resumed the cover of Material damage from 1 Dec 2026" in history


def test_an_end_without_a_reason_or_outside_the_period_is_named_at_the_field(client, people, section):
    client.force_login(people.owner)
    url = page("section-end", section)
    given = shown(client, url) | {"first_day": "2028-01-01"}
    assert list(client.post(url, given).context["form"].errors) == ["reason"]
    answer = client.post(url, given | {"reason": "Warehouse sold"})
    assert list(answer.context["form"].errors) == ["first_day"]
    assert "Warehouse sold" in answer.text
    assert section.versions.get().last_day is None


def test_an_end_of_terms_changed_meanwhile_is_not_made(client, people, section):
    client.force_login(people.owner)
    url = page("section-end", section)
    given = shown(client, url) | {"reason": "Warehouse sold"}
    endorse(section, OCTOBER, people.supervisor)
    assert "Somebody changed it meanwhile" in client.post(url, given).text
    assert section.versions.count() == 2


def test_a_policy_is_reinstated_on_its_page(client, people, policy, section):
    ended = cancelled(policy, people.owner)
    client.force_login(people.owner)
    assert page("policy-reinstate", policy) in client.get(page("policy", policy)).text
    given = {"version": ended.version, "from_day": "2026-06-01", "reason": "Paid after all"}
    answer = client.post(page("policy-reinstate", policy), given)
    assert list(answer.context["form"].errors) == ["from_day"]
    answer = client.post(page("policy-reinstate", policy), given | {"from_day": "2026-10-01"}, follow=True)
    assert "PAR 2026/118 is reinstated." in answer.text
    assert "Reinstated the policy PAR 2026/118" in client.get(page("policy-history", policy)).text
    assert Terms.objects.filter(section=section).count() == 2


def test_a_cancellation_is_not_taken_back_by_emptying_its_day(client, people, policy):
    ended = cancelled(policy, people.owner)
    client.force_login(people.owner)
    url = page("policy-change", policy)
    answer = client.post(url, shown(client, url) | {"cancelled_from": "", "version": ended.version})
    assert "taken back by reinstating the policy" in answer.text
    policy.refresh_from_db()
    assert policy.cancelled_from == JULY
