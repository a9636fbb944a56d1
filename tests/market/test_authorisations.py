"""Where an insurer may carry what: the question, by territory, class and day, and who may enter the answer."""

import datetime

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as st

from accounts.models import AuditEntry
from market.models import Authorisation, ClassOfBusiness, Insurer
from market.selectors.authorisations import by_territory, has_authorisation, is_authorised
from tests.factories import TODAY, AuthorisationFactory, InsurerFactory

EVERYBODY = ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"]
EDITORS = {"supervisor", "administrator"}


def class_of(code):
    return ClassOfBusiness.objects.get(code=code)


@pytest.fixture
def insurer(people):
    return InsurerFactory(name="Harbour Insurance Ltd")


def asked(insurer, code="PROPERTY", territory="HK", on=TODAY):
    return is_authorised(insurer.pk, class_of_business=class_of(code), territory=territory, on=on)


def test_an_authorisation_without_a_class_is_for_all_of_them(insurer):
    AuthorisationFactory(insurer=insurer)
    assert asked(insurer, "PROPERTY") is True
    assert asked(insurer, "CYBER") is True
    assert asked(insurer, "CYBER", territory="MO") is False


def test_one_with_a_class_is_for_that_class_alone(insurer):
    AuthorisationFactory(insurer=insurer, class_of_business=class_of("CYBER"))
    assert asked(insurer, "CYBER") is True
    assert asked(insurer, "PROPERTY") is False


def test_where_nothing_is_recorded_the_answer_is_unknown(insurer):
    assert asked(insurer) is None


DAYS = st.one_of(st.none(), st.integers(min_value=-3, max_value=3))


@st.composite
def periods(draw):
    """First and last day, open where None, as days from TODAY."""
    first, last = draw(DAYS), draw(DAYS)
    return (last, first) if first is not None and last is not None and last < first else (first, last)


def day(ahead):
    return None if ahead is None else TODAY + datetime.timedelta(days=ahead)


@trial(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    period=periods(),
    on=st.integers(min_value=-5, max_value=5),
    code=st.sampled_from(["", "PROPERTY", "CYBER"]),
)
def test_it_holds_on_the_days_from_the_first_to_the_last(insurer, period, on, code):
    first, last = period
    row = AuthorisationFactory(
        insurer=insurer,
        class_of_business=class_of(code) if code else None,
        valid_from=day(first),
        valid_to=day(last),
    )
    expected = code != "CYBER" and (first is None or first <= on) and (last is None or on <= last)
    assert asked(insurer, on=day(on)) is expected
    found = has_authorisation(day(on), territory="HK", class_of_business=class_of("PROPERTY"))
    assert Insurer.objects.filter(found).exists() is expected
    row.delete()


def test_the_page_groups_them_by_territory_with_what_ended_last(insurer):
    AuthorisationFactory(
        insurer=insurer, class_of_business=class_of("CYBER"), valid_to=TODAY - datetime.timedelta(days=1)
    )
    AuthorisationFactory(insurer=insurer, class_of_business=class_of("PROPERTY"))
    AuthorisationFactory(insurer=insurer, territory="SG", valid_from=TODAY + datetime.timedelta(days=1))
    shown = by_territory(insurer, TODAY)
    assert [row.territory for row in shown] == ["HK", "SG"]
    assert [state for _row, state in shown[0].rows] == ["NOW", "ENDED"]
    assert [state for _row, state in shown[1].rows] == ["COMING"]


@pytest.mark.parametrize(
    ("territory", "answer"), [("HK", "Yes, authorised"), ("SG", "No authorisation recorded for that")]
)
def test_the_page_answers_the_question(client, people, insurer, territory, answer):
    AuthorisationFactory(insurer=insurer, class_of_business=class_of("CYBER"))
    client.force_login(people.owner)
    question = {"authorised_for": "CYBER", "authorised_in": territory, "authorised_on": "2026-11-23"}
    assert answer in client.get(reverse("market:insurer", args=[insurer.pk]), question).text


@pytest.mark.parametrize("wrong", [{"authorised_in": "ZZ"}, {"authorised_on": "soon"}, {"authorised_for": "NONE"}])
def test_a_question_that_makes_no_sense_is_not_answered(client, people, insurer, wrong):
    AuthorisationFactory(insurer=insurer)
    client.force_login(people.owner)
    question = {"authorised_for": "CYBER", "authorised_in": "HK", "authorised_on": "2026-11-23"} | wrong
    page = client.get(reverse("market:insurer", args=[insurer.pk]), question).text
    assert "Give a class, a territory and a day" in page
    assert "Yes, authorised" not in page


def test_a_supervisor_enters_changes_and_removes_one(client, people, insurer):
    client.force_login(people.supervisor)
    typed = {"territory": "MO", "class_of_business": str(class_of("PROPERTY").pk), "number": "MO-1"}
    client.post(reverse("market:authorisation-add", args=[insurer.pk]), typed)
    row = Authorisation.objects.get()
    assert asked(insurer, territory="MO") is True
    url = reverse("market:authorisation-change", args=[row.pk])
    client.post(url, typed | {"valid_to": "2026-06-30", "version": 1})
    assert asked(insurer, territory="MO") is False
    client.post(reverse("market:authorisation-remove", args=[row.pk]), {"version": 2})
    assert not Authorisation.objects.exists()
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        *("authorisation.added", "authorisation.changed", "authorisation.removed"),
    ]


def test_bad_input_is_named_and_leaves_no_trace(client, people, insurer):
    client.force_login(people.supervisor)
    url = reverse("market:authorisation-add", args=[insurer.pk])
    answer = client.post(url, {"territory": "ZZ", "valid_from": "2026-06-01"})
    assert list(answer.context["form"].errors) == ["territory"]
    answer = client.post(url, {"territory": "HK", "valid_from": "2026-06-01", "valid_to": "2026-05-31"})
    assert list(answer.context["form"].errors) == ["valid_to"]
    assert 'value="2026-06-01"' in answer.text
    assert not Authorisation.objects.exists()


def test_the_same_one_twice_is_refused(client, people, insurer):
    AuthorisationFactory(insurer=insurer)
    client.force_login(people.supervisor)
    answer = client.post(reverse("market:authorisation-add", args=[insurer.pk]), {"territory": "HK"})
    assert "recorded already" in answer.text
    assert Authorisation.objects.count() == 1


def test_the_second_editor_is_told(client, people, insurer):
    row = AuthorisationFactory(insurer=insurer)
    url = reverse("market:authorisation-change", args=[row.pk])
    client.force_login(people.supervisor)
    client.post(url, {"territory": "HK", "number": "First", "version": 1})
    client.force_login(people.administrator)
    second = client.post(url, {"territory": "HK", "number": "Second", "version": 1})
    assert second.context["form"].conflict
    stale = client.post(reverse("market:authorisation-remove", args=[row.pk]), {"version": 1}, follow=True)
    assert "changed the authorisation meanwhile" in stale.text
    row.refresh_from_db()
    assert row.number == "First"


@pytest.mark.parametrize("name", ["market:authorisation-add", "market:authorisation-change"])
def test_only_supervisors_and_administrators_change_them(client, people, insurer, name):
    row = AuthorisationFactory(insurer=insurer)
    url = reverse(name, args=[insurer.pk if name.endswith("add") else row.pk])
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        assert client.get(url).status_code == (200 if who in EDITORS else 403), who
    client.force_login(people.stranger)
    assert client.post(reverse("market:authorisation-remove", args=[row.pk]), {"version": 1}).status_code == 403
    assert Authorisation.objects.count() == 1
