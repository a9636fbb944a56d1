"""Ratings on one common scale: which grade counts, as at a day, and who may enter, correct and withdraw them."""

import csv
import datetime
from itertools import combinations
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as st

from accounts.models import AuditEntry
from market.models import Insurer, InsurerRating, RatingGrade
from market.selectors.ratings import (
    COMMON_SCALE,
    SecurityNotch,
    grades_at_floor,
    history_of,
    notch_name,
    ratings_as_at,
    securities,
    security_notch,
)
from market.services import grades, ratings
from tests.factories import TODAY, InsurerFactory, InsurerRatingFactory

SCALES = Path(__file__).parents[3] / "shared" / "data/market/rating_scales.csv"
EVERYBODY = ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"]
EDITORS = {"supervisor", "administrator"}
INVESTMENT_GRADES = {"AM_BEST": "B+", "SP": "BBB-", "MOODYS": "Baa3", "FITCH": "BBB-"}


def notch(agency, letters):
    return RatingGrade.objects.get(agency=agency, grade=letters).notch


# The common scale


def test_a_floor_of_one_agency_is_comparable_with_a_grade_of_another(db):
    assert notch("SP", "A-") == notch("MOODYS", "A3") == notch("FITCH", "A-") == notch("AM_BEST", "A-") == 7
    assert notch("SP", "AAA") == notch("MOODYS", "Aaa") == 1
    assert {notch(agency, letters) for agency, letters in INVESTMENT_GRADES.items()} == {10}


def test_a_grade_that_spans_several_steps_takes_the_lowest(db):
    """AM Best translates A++ to aaa and aa+, A+ to aa and aa-, A to a+ and a, B to bb+ and bb."""
    assert [notch("AM_BEST", letters) for letters in ("A++", "A+", "A", "B")] == [2, 4, 6, 12]


def test_the_grades_of_an_agency_are_in_order_and_string_order_is_not(db):
    order = list(RatingGrade.objects.filter(agency="AM_BEST").order_by("rank").values_list("grade", flat=True))
    assert order[:4] == ["A++", "A+", "A", "A-"]
    assert sorted(order) != order
    for agency in ("AM_BEST", "SP", "MOODYS", "FITCH"):
        steps = list(RatingGrade.objects.filter(agency=agency).order_by("rank").values_list("notch", flat=True))
        assert steps == sorted(steps)
        assert steps[0] <= 2


def test_each_step_of_s_and_p_and_fitch_is_named_as_the_common_scale_names_it(db):
    for agency in ("SP", "FITCH"):
        for grade in RatingGrade.objects.filter(agency=agency):
            assert notch_name(grade.notch) == grade.grade
    assert len(COMMON_SCALE) == 22


@trial(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_of_any_two_grades_of_any_agencies_one_is_better_or_both_are_level(db, data):
    rows = list(RatingGrade.objects.all())
    one, other = data.draw(st.sampled_from(rows)), data.draw(st.sampled_from(rows))
    if one.agency == other.agency and one.notch != other.notch:
        assert (one.rank < other.rank) == (one.notch < other.notch)
    assert COMMON_SCALE.index(notch_name(one.notch)) == one.notch - 1


def test_over_all_pairs_of_grades_a_lower_rank_of_the_same_agency_is_never_a_better_step(db):
    rows = list(RatingGrade.objects.all())
    assert len(rows) == 15 + 22 + 21 + 22
    for one, other in combinations(rows, 2):
        if one.agency == other.agency:
            better, worse = sorted((one, other), key=lambda row: row.rank)
            assert better.notch <= worse.notch
        level = one.notch == other.notch
        assert level == (notch_name(one.notch) == notch_name(other.notch))


@pytest.mark.skipif(not SCALES.exists(), reason="the published scale is not on this machine")
def test_the_grades_of_am_best_are_those_published_in_their_order(db):
    with SCALES.open(encoding="utf-8", newline="") as file:
        published = [row["grade"] for row in csv.DictReader(file) if row["agency"] == "AM Best"]
    shipped = list(RatingGrade.objects.filter(agency="AM_BEST").order_by("rank").values_list("grade", flat=True))
    assert [*shipped, "S"] == published  # S is "suspended": no grade, and recorded as withdrawn


def test_what_ships_is_added_where_missing_and_never_twice(db):
    RatingGrade.objects.filter(agency="FITCH", grade="BB").delete()
    assert grades.add_missing() == 80
    assert RatingGrade.objects.count() == 80
    assert notch("FITCH", "BB") == 12


# As at a day


def test_the_latest_of_each_agency_on_or_before_the_day_counts(db):
    insurer = InsurerFactory()
    InsurerRatingFactory(insurer=insurer, agency="SP", letters="A", rated_on=datetime.date(2025, 1, 1))
    InsurerRatingFactory(insurer=insurer, agency="SP", letters="A-", rated_on=datetime.date(2026, 3, 1))
    InsurerRatingFactory(insurer=insurer, agency="AM_BEST", letters="A+", rated_on=datetime.date(2025, 6, 1))
    before = ratings_as_at([insurer.pk], datetime.date(2026, 2, 28))
    assert [str(row.grade) for row in before[insurer.pk]] == ["AM Best A+", "S&P A"]
    after = ratings_as_at([insurer.pk], datetime.date(2026, 3, 1))
    assert [str(row.grade) for row in after[insurer.pk]] == ["AM Best A+", "S&P A-"]
    assert ratings_as_at([insurer.pk], datetime.date(2024, 12, 31)) == {}


def test_the_worst_current_grade_counts_where_agencies_differ(db):
    insurer = InsurerFactory()
    InsurerRatingFactory(insurer=insurer, agency="AM_BEST", letters="A+")
    InsurerRatingFactory(insurer=insurer, agency="MOODYS", letters="Baa1")
    assert security_notch(insurer.pk, TODAY) == 8
    assert notch_name(security_notch(insurer.pk, TODAY)) == "BBB+"


def test_a_withdrawn_rating_counts_no_more_and_without_any_the_security_is_unknown(db):
    insurer = InsurerFactory()
    InsurerRatingFactory(insurer=insurer, agency="SP", letters="BBB", rated_on=datetime.date(2025, 1, 1))
    InsurerRatingFactory(insurer=insurer, agency="FITCH", letters="A", rated_on=datetime.date(2025, 1, 1))
    InsurerRatingFactory(insurer=insurer, agency="SP", letters="", rated_on=datetime.date(2026, 1, 1))
    assert security_notch(insurer.pk, datetime.date(2025, 12, 31)) == 9
    assert security_notch(insurer.pk, TODAY) == 6
    InsurerRatingFactory(insurer=insurer, agency="FITCH", letters="", rated_on=datetime.date(2026, 2, 1))
    assert security_notch(insurer.pk, TODAY) is None
    assert security_notch(InsurerFactory().pk, TODAY) is None


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["AM_BEST", "SP", "MOODYS", "FITCH"]),
        st.dates(min_value=datetime.date(2026, 1, 1), max_value=datetime.date(2026, 1, 20)),
        st.one_of(st.none(), st.integers(min_value=0, max_value=14)),
    ),
    max_size=12,
    unique_by=lambda row: row[:2],
)


@trial(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, day=st.dates(min_value=datetime.date(2025, 12, 30), max_value=datetime.date(2026, 1, 22)))
def test_sql_expression_and_history_agree_on_the_security_of_any_day(db, rows, day):
    insurer = InsurerFactory()
    by_agency = {}
    for grade in RatingGrade.objects.order_by("rank"):
        by_agency.setdefault(grade.agency, []).append(grade)
    for agency, rated_on, place in rows:
        grade = None if place is None else by_agency[agency][place]
        InsurerRating.objects.create(insurer=insurer, agency=agency, grade=grade, rated_on=rated_on)
    expected = None
    for agency in by_agency:
        known = sorted((row for row in rows if row[0] == agency and row[1] <= day), key=lambda row: row[1])
        if known and known[-1][2] is not None:
            step = by_agency[agency][known[-1][2]].notch
            expected = step if expected is None else max(expected, step)
    assert security_notch(insurer.pk, day) == expected
    assert Insurer.objects.annotate(notch=SecurityNotch("pk", on=day)).get(pk=insurer.pk).notch == expected
    assert history_of(insurer).security(day).notch == expected
    found = securities([insurer.pk], day).get(insurer.pk)
    assert (found.notch if found else None) == expected
    InsurerRating.objects.filter(insurer=insurer).delete()


def test_many_insurers_are_read_in_one_query(db, django_assert_num_queries):
    insurers = [InsurerFactory() for _at in range(30)]
    for insurer in insurers:
        InsurerRatingFactory(insurer=insurer)
        InsurerRatingFactory(insurer=insurer, agency="FITCH", letters="A-")
    with django_assert_num_queries(1):
        found = securities([row.pk for row in insurers], TODAY)
    assert {security.name for security in found.values()} == {"A-"}


def test_a_negative_outlook_of_the_grade_that_counts_looks_down(db):
    insurer = InsurerFactory()
    InsurerRatingFactory(insurer=insurer, agency="SP", letters="A+", outlook="NEGATIVE")
    InsurerRatingFactory(insurer=insurer, agency="FITCH", letters="A-")
    assert not history_of(insurer).security(TODAY).looks_down
    InsurerRating.objects.filter(agency="FITCH").update(outlook="NEGATIVE")
    assert history_of(insurer).security(TODAY).looks_down


def test_the_history_says_what_happened_in_words(db):
    insurer = InsurerFactory()
    for day, letters, outlook in [
        ("2020-01-01", "A", "STABLE"),
        ("2021-01-01", "A", "STABLE"),
        ("2022-01-01", "A", "NEGATIVE"),
        ("2023-01-01", "BBB+", "STABLE"),
        ("2024-01-01", "", ""),
        ("2025-01-01", "A-", "STABLE"),
    ]:
        InsurerRatingFactory(
            insurer=insurer, letters=letters, outlook=outlook, rated_on=datetime.date.fromisoformat(day)
        )
    changes = history_of(insurer).changes
    assert [change.words for change in reversed(changes)] == [
        *("first rating here", "affirmed", "outlook changed", "downgraded", "withdrawn", "rated again"),
    ]
    assert [change.steps for change in changes][2] == -2


def test_the_picture_has_a_line_for_each_agency_with_a_gap_where_it_withdrew(db):
    insurer = InsurerFactory()
    InsurerRatingFactory(insurer=insurer, letters="A", rated_on=datetime.date(2022, 1, 1))
    InsurerRatingFactory(insurer=insurer, letters="", rated_on=datetime.date(2023, 1, 1))
    InsurerRatingFactory(insurer=insurer, letters="A-", rated_on=datetime.date(2024, 1, 1))
    InsurerRatingFactory(insurer=insurer, agency="AM_BEST", letters="A", rated_on=datetime.date(2022, 1, 1))
    picture = history_of(insurer).picture(TODAY)
    assert picture.names == ("AM Best", "S&P")
    assert picture.wide.lines[1].path.count("M") == 2
    assert history_of(InsurerFactory()).picture(TODAY) is None


# Entered, corrected, withdrawn


@pytest.fixture
def insurer(people):
    return InsurerFactory(name="Harbour Insurance Ltd")


def grade_of(agency, letters):
    return RatingGrade.objects.get(agency=agency, grade=letters)


def test_a_supervisor_enters_a_rating_and_the_agency_follows_from_the_grade(client, people, insurer):
    client.force_login(people.supervisor)
    typed = {
        "grade": grade_of("MOODYS", "A3").pk,
        "outlook": "NEGATIVE",
        "rated_on": "2026-03-02",
        "note": "Reserves",
    }
    answer = client.post(reverse("market:rating-add", args=[insurer.pk]), typed, follow=True)
    assert "A3" in answer.text
    assert "Negative" in answer.text
    assert "counts as A-" in answer.text
    row = InsurerRating.objects.get()
    assert (row.agency, row.insurer) == ("MOODYS", insurer)
    assert AuditEntry.objects.get().action == "rating.added"


def test_a_rating_is_corrected_and_the_second_editor_is_told(client, people, insurer):
    row = InsurerRatingFactory(insurer=insurer)
    url = reverse("market:rating-correct", args=[row.pk])
    typed = {"grade": grade_of("SP", "A-").pk, "outlook": "STABLE", "rated_on": "2026-01-15", "version": 1}
    client.force_login(people.supervisor)
    client.post(url, typed)
    client.force_login(people.administrator)
    second = client.post(url, typed | {"grade": grade_of("SP", "A+").pk})
    assert second.context["form"].conflict
    row.refresh_from_db()
    assert row.grade.grade == "A-"


def test_a_withdrawal_is_a_row_of_its_own_and_what_was_said_before_stays(client, people, insurer):
    InsurerRatingFactory(insurer=insurer)
    client.force_login(people.supervisor)
    url = reverse("market:rating-withdraw", args=[insurer.pk])
    client.post(url, {"agency": "SP", "rated_on": "2026-05-01", "note": "At its request"})
    assert InsurerRating.objects.filter(insurer=insurer).count() == 2
    assert security_notch(insurer.pk, TODAY) is None
    assert security_notch(insurer.pk, datetime.date(2026, 4, 30)) == 6
    withdrawn = InsurerRating.objects.get(grade=None)
    corrected = reverse("market:rating-correct", args=[withdrawn.pk])
    client.post(corrected, {"rated_on": "2026-06-01", "note": "", "version": 1})
    withdrawn.refresh_from_db()
    assert withdrawn.rated_on == datetime.date(2026, 6, 1)


def test_nothing_is_withdrawn_that_was_not_given(client, people, insurer):
    client.force_login(people.supervisor)
    url = reverse("market:rating-withdraw", args=[insurer.pk])
    answer = client.post(url, {"agency": "SP", "rated_on": "2026-05-01"})
    assert "rated_on" in answer.context["form"].errors
    assert not InsurerRating.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed"),
    [("grade", ""), ("grade", "nonsense"), ("rated_on", "2999-01-01"), ("rated_on", ""), ("outlook", "SUNNY")],
)
def test_bad_input_is_named_at_the_field_and_leaves_no_trace(client, people, insurer, field, typed):
    client.force_login(people.supervisor)
    values = {"grade": str(grade_of("SP", "A").pk), "outlook": "", "rated_on": "2026-03-02"} | {field: typed}
    answer = client.post(reverse("market:rating-add", args=[insurer.pk]), values)
    assert list(answer.context["form"].errors) == [field]
    assert not InsurerRating.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_second_rating_of_an_agency_for_a_day_is_refused(client, people, insurer):
    InsurerRatingFactory(insurer=insurer, rated_on=datetime.date(2026, 3, 2))
    client.force_login(people.supervisor)
    typed = {"grade": grade_of("SP", "A-").pk, "rated_on": "2026-03-02"}
    answer = client.post(reverse("market:rating-add", args=[insurer.pk]), typed)
    assert "correct that one" in answer.text
    assert InsurerRating.objects.count() == 1


def test_the_service_refuses_what_the_form_does(people, insurer):
    with pytest.raises(ValidationError, match="once its day has come"):
        ratings.add(
            rating=InsurerRating(
                insurer=insurer, agency="SP", grade=grade_of("SP", "A"), rated_on=TODAY + datetime.timedelta(days=1)
            ),
            by=people.supervisor,
            on=TODAY,
        )
    with pytest.raises(ValidationError, match="another agency"):
        ratings.add(
            rating=InsurerRating(insurer=insurer, agency="SP", grade=grade_of("MOODYS", "A2"), rated_on=TODAY),
            by=people.supervisor,
            on=TODAY,
        )
    assert not InsurerRating.objects.exists()


def test_a_rating_that_was_never_given_is_removed_and_recorded(client, people, insurer):
    row = InsurerRatingFactory(insurer=insurer)
    client.force_login(people.supervisor)
    stale = client.post(reverse("market:rating-remove", args=[row.pk]), {"version": 7}, follow=True)
    assert "changed the rating meanwhile" in stale.text
    client.post(reverse("market:rating-remove", args=[row.pk]), {"version": 1})
    assert not InsurerRating.objects.exists()
    assert "Removed the rating" in client.get(reverse("market:insurer", args=[insurer.pk])).text


@pytest.mark.parametrize("name", ["market:rating-add", "market:rating-withdraw", "market:rating-correct"])
def test_only_supervisors_and_administrators_change_ratings(client, people, insurer, name):
    row = InsurerRatingFactory(insurer=insurer)
    url = reverse(name, args=[row.pk if name.endswith("correct") else insurer.pk])
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        assert client.get(url).status_code == (200 if who in EDITORS else 403), who
        if who not in EDITORS:
            assert client.post(url, {"rated_on": "2026-04-04"}).status_code == 403, who
    assert InsurerRating.objects.count() == 1


def test_everybody_reads_the_ratings_of_an_insurer(client, people, insurer):
    InsurerRatingFactory(insurer=insurer, agency="FITCH", letters="BBB+", outlook="NEGATIVE")
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        page = client.get(reverse("market:insurer", args=[insurer.pk])).text
        assert "BBB+" in page
        assert ("/ratings/add/" in page) == (who in EDITORS), who


@pytest.mark.parametrize(
    ("notch", "grades"),
    [
        (7, "A- (S&P), A- (AM Best), A3 (Moody's), A- (Fitch)"),
        (5, "A+ (S&P), A+ (AM Best), A1 (Moody's), A+ (Fitch)"),
        (1, "AAA (S&P), Aaa (Moody's), AAA (Fitch)"),
        (None, ""),
    ],
)
def test_a_floor_reads_as_the_lowest_grade_of_each_agency_that_meets_it(db, notch, grades):
    assert grades_at_floor(notch) == grades
