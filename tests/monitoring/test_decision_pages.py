"""Deciding in the browser: four ways on one page, a supervisor's answer, taking back, the record and the list."""

import datetime

import factory
import pytest
from django.urls import reverse

from common.ids import uuid7
from monitoring.models import Decision, Finding
from monitoring.services import approvals, decisions
from tests.factories import TODAY, AcceptanceFactory, ContactFactory, CustomerFactory, FindingFactory

UNTIL = TODAY + datetime.timedelta(days=30)
REASON = "They move out in spring."


@pytest.fixture(autouse=True)
def today(clock):
    clock.set(TODAY)


@pytest.fixture
def finding(people):
    return FindingFactory(
        customer__portfolio=people.portfolio,
        customer__name="Harbour Cold Storage Ltd",
        customer__language="zh-hant",
        amount=500,
        currency="HKD",
        amount_house=500,
    )


@pytest.fixture
def asked(people, finding):
    """An acceptance that the owner asked for."""
    return AcceptanceFactory(finding=finding, needs_approval=True, reason=REASON)


def decide(client, finding, way, headers=None, **given):
    url = reverse("monitoring:finding-decide", args=[finding.pk])
    return client.post(url, {"way": way, "version": finding.version, **given}, headers=headers)


def page(name, row):
    return reverse(f"monitoring:{name}", args=[row.pk])


# The four ways


def test_the_page_lays_out_four_ways_and_says_what_each_means(client, people, finding):
    client.force_login(people.owner)
    text = client.get(page("finding-decide", finding)).text
    for words in ("Act on it", "Accept it for a time", "The customer declined", "Dismiss it", "Review profile"):
        assert words in text
    assert "supervisor has to approve" not in text
    assert f'max="{datetime.date(2027, 11, 23)}"' in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"severity": 4}, "It is critical, so a supervisor has to approve."),
        ({"amount_house": None}, "How much is at stake is not known, so a supervisor has to approve."),
        ({"amount_house": 1_000_001}, "More than HKD\xa01,000,000 is at stake, so a supervisor has to approve."),
    ],
)
def test_it_says_beforehand_that_a_supervisor_has_to_approve_and_why(client, people, finding, change, words):
    Finding.objects.update(**change)
    client.force_login(people.owner)
    text = client.get(page("finding-decide", finding)).text
    assert words in text
    assert "Ask for approval" in text


def test_accepting_shows_until_when_and_why_on_the_finding(client, people, finding):
    client.force_login(people.owner)
    answer = decide(client, finding, "ACCEPT", reason=REASON, expires_on=UNTIL)
    assert answer.url == page("finding", finding)
    text = client.get(answer.url).text
    assert REASON in text
    assert "Accepted until" in text
    assert "23 Dec 2026" in text
    assert "Withdraw the decision" in text


def test_declining_keeps_what_was_recommended_and_by_whom_it_was_declined(client, people, finding):
    contact = ContactFactory(customer=finding.customer, name="Chan Tai Man", job_title="Finance director")
    client.force_login(people.owner)
    form = client.get(page("finding-decide", finding)).context["ways"][1].form
    assert form["language"].value() == "zh-hant"
    answer = decide(
        client,
        finding,
        "DECLINE",
        recommended="Flood cover of HKD 20m.",
        contact=contact.pk,
        declined_on=TODAY,
        language="en",
        reason="Too dear.",
    )
    assert answer.status_code == 302
    text = client.get(page("decision", Decision.objects.get())).text
    for words in ("Flood cover of HKD 20m.", "Chan Tai Man, Finance director", "23 Nov 2026", "Too dear.", "English"):
        assert words in text
    assert finding.sentence in text
    assert finding.plain in text


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"way": "ACCEPT", "reason": REASON, "expires_on": ""}, "expires_on"),
        ({"way": "ACCEPT", "reason": REASON, "expires_on": TODAY}, "expires_on"),
        ({"way": "ACCEPT", "reason": REASON, "expires_on": "2027-11-24"}, "expires_on"),
        ({"way": "ACCEPT", "reason": " ", "expires_on": UNTIL}, "reason"),
        ({"way": "DECLINE", "recommended": "Flood", "language": "en", "declined_on": TODAY}, "contact"),
        ({"way": "DISMISS", "reason": ""}, "reason"),
    ],
)
def test_bad_input_is_told_at_its_field_with_what_was_typed_still_there(client, people, finding, given, field):
    client.force_login(people.owner)
    answer = decide(client, finding, **given)
    assert answer.status_code == 422
    (chosen,) = [way for way in answer.context["ways"] if way.is_chosen]
    assert list(chosen.form.errors) == [field]
    assert all(words in answer.text for words in (REASON, "Flood") if words in given.values())
    assert not Decision.objects.exists()


def test_a_contact_of_another_customer_and_a_day_to_come_are_refused(client, people, finding):
    own, other = ContactFactory(customer=finding.customer), ContactFactory()
    client.force_login(people.owner)
    given = {"recommended": "Flood cover", "language": "en"}
    answer = decide(client, finding, "DECLINE", contact=other.pk, declined_on=TODAY, **given)
    assert "contact" in answer.context["ways"][1].form.errors
    answer = decide(client, finding, "DECLINE", contact=own.pk, declined_on="2026-11-24", **given)
    assert list(answer.context["ways"][1].form.errors) == ["declined_on"]
    assert not Decision.objects.exists()


def test_who_comes_second_is_told_and_decides_nothing(client, people, finding):
    decisions.dismiss(finding=finding, reason="No.", by=people.owner, version=finding.version)
    client.force_login(people.supervisor)
    answer = decide(client, finding, "ACCEPT", reason=REASON, expires_on=UNTIL)
    assert answer.status_code == 422
    assert REASON in answer.text
    assert "It is decided or resolved already." in answer.text
    finding.refresh_from_db()
    assert decide(client, finding, "ACCEPT", reason=REASON, expires_on=UNTIL).status_code == 422
    assert Decision.objects.get().kind == "DISMISS"


def test_the_dialog_answers_with_the_form_alone_and_loads_the_page_anew_when_done(client, people, finding):
    client.force_login(people.owner)
    hx = {"hx-request": "true"}
    refused = decide(client, finding, "ACCEPT", headers=hx)
    assert "<html" not in refused.text
    assert " open>" in refused.text
    done = decide(client, finding, "ACCEPT", headers=hx, reason=REASON, expires_on=UNTIL)
    assert (done.status_code, done.headers["HX-Refresh"]) == (204, "true")


def test_others_on_the_line_that_are_not_the_user_s_are_never_decided_with_it(client, people, finding):
    elsewhere = FindingFactory(about_id=finding.about_id)
    client.force_login(people.owner)
    answer = decide(client, finding, "DISMISS", reason="Sold.", with_others="on", others=[elsewhere.pk])
    assert answer.status_code == 302
    elsewhere.refresh_from_db()
    assert elsewhere.decision is None


def test_what_joined_the_line_since_the_page_was_shown_is_not_decided_unseen(client, people, finding):
    shown, unseen = FindingFactory.create_batch(2, customer=finding.customer, subject_id=factory.LazyFunction(uuid7))
    client.force_login(people.owner)
    assert f'value="{unseen.pk}"' in client.get(page("finding-decide", finding)).text
    decide(client, finding, "DISMISS", reason="Sold.", with_others="on", others=[shown.pk])
    assert set(Decision.objects.values_list("finding", flat=True)) == {finding.pk, shown.pk}


# Who may


def test_who_may_look_decide_answer_and_take_back(client, people, asked):
    names = ("decision", "finding-decide", "decision-answer", "decision-withdraw")
    for who, codes in {
        "owner": (200, 200, 403, 200),
        "supervisor": (200, 200, 200, 200),
        "colleague": (200, 403, 403, 403),
        "compliance": (200, 403, 403, 403),
        "administrator": (200, 403, 403, 403),
        "stranger": (404, 404, 404, 404),
    }.items():
        client.force_login(getattr(people, who))
        rows = (asked, asked.finding, asked, asked)
        found = tuple(client.get(page(name, row)).status_code for name, row in zip(names, rows, strict=True))
        assert found == codes, who
        posted = client.post(page("decision-answer", asked), {"answer": "APPROVE", "version": 99}).status_code
        assert posted == (422 if who == "supervisor" else codes[2]), who
    assert Decision.objects.get().is_waiting


def test_a_supervisor_who_asked_does_not_answer(client, people, finding):
    asked = AcceptanceFactory(finding=finding, needs_approval=True, decided_by=people.supervisor)
    client.force_login(people.supervisor)
    assert client.get(page("decision-answer", asked)).status_code == 403
    assert client.post(page("decision-answer", asked), {"answer": "APPROVE", "version": 1}).status_code == 403
    assert "Approve or refuse" not in client.get(page("finding", finding)).text


# The supervisor's answer


def test_a_supervisor_approves_from_the_finding(client, people, asked):
    client.force_login(people.supervisor)
    assert page("decision-answer", asked) in client.get(page("finding", asked.finding)).text
    client.post(page("decision-answer", asked), {"answer": "APPROVE", "version": asked.version, "note": "Lease seen."})
    text = client.get(page("decision", asked)).text
    assert "Dora Supervisor" in text
    assert "Lease seen." in text
    assert "stands" in text


def test_refusing_needs_a_reason_and_then_the_finding_says_why_it_is_back(client, people, asked):
    client.force_login(people.supervisor)
    answer = client.post(page("decision-answer", asked), {"answer": "REFUSE", "version": asked.version, "note": " "})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["note"]
    client.post(page("decision-answer", asked), {"answer": "REFUSE", "version": asked.version, "note": "Insure it."})
    client.force_login(people.owner)
    for url in (page("finding", asked.finding), reverse("desk:worklist")):
        assert "Not approved by Dora Supervisor: Insure it." in client.get(url).text, url


def test_a_supervisor_sees_what_changed_since_it_was_asked_for(client, people, asked):
    Finding.objects.update(facts={**asked.finding.facts, "reviewed_on": "2025-06-01"})
    client.force_login(people.supervisor)
    text = client.get(page("decision-answer", asked)).text
    assert "Since it was asked for" in text
    assert "15 Jan 2025" in text
    assert "1 Jun 2025" in text


def test_an_answer_to_what_was_taken_back_meanwhile_is_refused_in_words(client, people, asked):
    decisions.withdraw(decision=asked, reason="Cover was found.", by=people.owner, version=asked.version)
    client.force_login(people.supervisor)
    answer = client.post(page("decision-answer", asked), {"answer": "APPROVE", "version": asked.version})
    assert answer.status_code == 422
    assert "Nobody waits for an answer here any more." in answer.text


# Taking back


def test_taking_back_needs_a_reason_and_opens_the_finding_again(client, people, finding):
    decision = AcceptanceFactory(finding=finding)
    client.force_login(people.owner)
    url = page("decision-withdraw", decision)
    assert client.post(url, {"version": decision.version, "reason": ""}).status_code == 422
    answer = client.post(url, {"version": decision.version, "reason": "They stay."})
    assert answer.url == page("finding", finding)
    assert "Withdrawn by Alice Owner: They stay." in client.get(answer.url).text
    assert finding in Finding.objects.on_worklist()
    assert client.post(url, {"version": decision.version, "reason": "Again."}).status_code == 422


# The list


def listed(client, user, **query):
    client.force_login(user)
    answer = client.get(reverse("monitoring:decisions"), query)
    assert answer.status_code == 200
    return answer


def keys(answer):
    return {row.decision.pk for row in answer.context["rows"]}


@pytest.fixture
def made(people):
    """One decision in each state, by the word for it."""

    def finding():
        return FindingFactory(customer__portfolio=people.portfolio)

    ended = AcceptanceFactory(finding=finding())
    decisions.withdraw(decision=ended, reason="Found.", by=people.owner, version=ended.version)
    in_60 = TODAY + datetime.timedelta(days=60)
    return {
        "WAITING": AcceptanceFactory(finding=finding(), needs_approval=True, expires_on=UNTIL),
        "EXPIRING": AcceptanceFactory(finding=finding(), expires_on=in_60),
        "STANDS": AcceptanceFactory(finding=finding(), expires_on=in_60 + datetime.timedelta(days=1)),
        "ENDED": ended,
    }


def test_chips_count_the_rows_behind_them(client, people, made):
    chips = {chip["value"]: chip["count"] for chip in listed(client, people.supervisor).context["chips"]}
    assert chips == {"": 3, "WAITING": 1, "EXPIRING": 1, "ENDED": 1}
    for state in ("WAITING", "EXPIRING", "ENDED"):
        assert keys(listed(client, people.supervisor, state=state)) == {made[state].pk}, state
    assert keys(listed(client, people.supervisor)) == {made[name].pk for name in ("WAITING", "EXPIRING", "STANDS")}


def test_everybody_lists_what_they_see_and_the_supervisor_answers_from_there(client, people, made):
    AcceptanceFactory(finding__customer__portfolio=people.stranger.portfolios.get())
    for who, (rows, answers) in {
        "owner": (3, 0),
        "colleague": (3, 0),
        "supervisor": (3, 1),
        "compliance": (4, 0),
        "stranger": (1, 0),
    }.items():
        answer = listed(client, getattr(people, who))
        assert len(answer.context["rows"]) == rows, who
        assert sum(row.may_answer for row in answer.context["rows"]) == answers, who


def test_the_list_is_narrowed_by_kind_manager_and_words(client, people, made):
    finding = FindingFactory(customer=CustomerFactory(portfolio=people.portfolio, name="Kowloon Silk Ltd"))
    dismissed = decisions.dismiss(finding=finding, reason="A duplicate.", by=people.owner, version=1)
    for query in ({"kind": "DISMISS"}, {"q": "silk"}, {"q": "duplic"}):
        assert keys(listed(client, people.supervisor, **query)) == {dismissed.pk}, query
    assert len(keys(listed(client, people.supervisor, manager=people.owner.pk))) == 4
    assert "No decision matches" in listed(client, people.supervisor, q="nobody").text
    assert len(keys(listed(client, people.supervisor, state="NONSENSE", kind="NONSENSE"))) == 4


def test_an_approved_one_is_no_longer_listed_as_waiting(client, people, made):
    approvals.approve(decision=made["WAITING"], on=TODAY, by=people.supervisor, version=1)
    answer = listed(client, people.supervisor, state="WAITING")
    assert not answer.context["rows"]
    assert "Nothing waits for approval" in answer.text


def test_pages_cost_a_constant_number_of_queries(client, people, made, django_assert_num_queries):
    client.force_login(people.supervisor)
    urls = {reverse("monitoring:decisions"): 7, page("decision", made["STANDS"]): 4}
    for url in urls:
        client.get(url)
    for _round in range(2):
        for url, queries in urls.items():
            with django_assert_num_queries(queries):
                client.get(url)
        for _ in range(6):
            AcceptanceFactory(finding__customer__portfolio=people.portfolio, needs_approval=True)
