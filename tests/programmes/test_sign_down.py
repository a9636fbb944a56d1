"""Signing down on the page of a section: in place or from a day, by whom, and what is refused."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from programmes.models import Terms
from programmes.services import terms as terms_service
from programmes.services.terms import Given
from tests.factories import (
    CustomerFactory,
    InsurerFactory,
    ParticipationFactory,
    PolicyFactory,
    SectionFactory,
    TermsFactory,
)

pytestmark = pytest.mark.usefixtures("clock")

D = Decimal


@pytest.fixture
def held(people):
    """Written 125%: AXA leads with 75%, Zurich wrote 50%."""
    policy = PolicyFactory(customer=CustomerFactory(portfolio=people.portfolio), number="PAR 2026/118")
    terms = TermsFactory(section=SectionFactory(policy=policy, reference="1", name="Material damage"))
    wrote(terms, "AXA", "0.75", is_lead=True)
    wrote(terms, "Zurich", "0.5")
    return terms


@pytest.fixture
def owner(client, people):
    client.force_login(people.owner)
    return client


def wrote(terms, name, share, **more):
    return ParticipationFactory(
        terms=terms,
        insurer=InsurerFactory(name=name),
        written_share=None if share is None else D(share),
        signed_share=D("0.1") if share is None else None,
        **more,
    )


def url(terms):
    return reverse("programmes:sign-down", args=[terms.pk])


def signed(terms):
    return {line.insurer.name: line.signed_share for line in terms.participations.select_related("insurer")}


def test_lines_are_signed_down_by_owner_and_supervisor_only(client, people, held):
    for who, status in {"owner": 200, "supervisor": 200, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(url(held)).status_code == status, who


def test_the_policy_offers_to_sign_down_while_lines_are_not_signed(owner, held):
    page = reverse("programmes:policy", args=[held.section.policy_id])
    assert url(held) in owner.get(page).text
    held.participations.update(signed_share=D("0.5"))
    assert url(held) not in owner.get(page).text


def test_the_page_shows_what_would_be_signed(owner, held):
    answer = owner.get(url(held))
    assert [share for _line, share in answer.context["rows"]] == [D("0.6"), D("0.4")]
    assert "125%" in answer.text


def test_lines_are_signed_in_place_and_the_record_says_so(owner, held):
    answer = owner.post(url(held), {"version": held.version, "how": "CORRECT"}, follow=True)
    assert "The lines of Material damage are signed down." in answer.text
    assert signed(held) == {"AXA": D("0.6"), "Zurich": D("0.4")}
    assert Terms.objects.count() == 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.note) == ("terms.corrected", "Written lines signed down")
    assert entry.after == {"participations": ["AXA 60% (written 75%), leads", "Zurich 40% (written 50%)"]}


def test_lines_are_signed_from_a_day_as_an_endorsement(owner, held):
    owner.post(url(held), {"version": held.version, "how": "ENDORSE", "first_day": "2026-10-01"})
    made = Terms.objects.get(first_day=datetime.date(2026, 10, 1))
    assert signed(made) == {"AXA": D("0.6"), "Zurich": D("0.4")}
    assert signed(held) == {"AXA": None, "Zurich": None}


def test_thirds_are_signed_to_the_last_decimal(owner, held):
    wrote(held, "Chubb", "0.125")
    held.participations.filter(insurer__name="AXA").update(written_share=D("0.875"))
    owner.post(url(held), {"version": held.version, "how": "CORRECT"})
    assert signed(held) == {"AXA": D("0.583334"), "Zurich": D("0.333333"), "Chubb": D("0.083333")}


def test_short_lines_are_signed_as_written_and_what_is_open_is_said(owner, held):
    held.participations.filter(insurer__name="AXA").update(written_share=D("0.35"))
    assert "15% is open" in owner.get(url(held)).text
    answer = owner.post(url(held), {"version": held.version, "how": "CORRECT"}, follow=True)
    assert "are signed as written; 15% is open." in answer.text
    assert signed(held) == {"AXA": D("0.35"), "Zurich": D("0.5")}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stands": True, "written_share": D("0.6")}, "The lines to stand take 120% of the 100% to be placed"),
        ({"written_share": None, "signed_share": D("0.1")}, "AXA has no written line: give what it wrote."),
    ],
)
def test_lines_that_cannot_be_signed_are_said_and_nothing_is_signed(owner, held, change, words):
    held.participations.update(**change)
    if change["written_share"] is None:
        held.participations.filter(insurer__name="Zurich").update(written_share=D("0.5"))
    for answer in (owner.get(url(held)), owner.post(url(held), {"version": held.version, "how": "CORRECT"})):
        assert words in answer.text
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Say from which day."),
        ("2028-01-01", "The day must lie within the policy's period, 1 Apr 2026 to 31 Mar 2027."),
    ],
)
def test_a_wrong_day_is_refused_at_the_field(owner, held, day, words):
    answer = owner.post(url(held), {"version": held.version, "how": "ENDORSE", "first_day": day})
    assert answer.status_code == 422
    assert answer.context["form"].errors["first_day"] == [words]


def test_the_second_editor_is_told(owner, people, held):
    posted = {"version": held.version, "how": "CORRECT"}
    terms_service.correct(terms=held, given=Given(values={"limit": D(1)}), by=people.supervisor, version=held.version)
    answer = owner.post(url(held), posted)
    assert "Somebody changed it meanwhile" in answer.text
    assert signed(held) == {"AXA": None, "Zurich": None}
