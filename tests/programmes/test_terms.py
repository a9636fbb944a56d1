"""Terms endorsed from a day, corrected and withdrawn: what each day reads, and what is refused, at which field."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from accounts.selectors import timeline
from common.exceptions import StaleVersion, WrongState
from programmes.models import CoverTerm, Participation, Section, Terms
from programmes.selectors.versions import holding, sections_on
from programmes.services import sections, terms
from programmes.services.terms import Given, Seen
from risk.models import RiskCategory
from tests.factories import (
    CoverTermFactory,
    CustomerFactory,
    InsurerFactory,
    LocationFactory,
    ParticipationFactory,
    PolicyFactory,
    SectionFactory,
    TermsFactory,
)

APRIL, OCTOBER = datetime.date(2026, 4, 1), datetime.date(2026, 10, 1)
LAST_OF_SEPTEMBER = datetime.date(2026, 9, 30)
D = Decimal


@pytest.fixture
def section(people):
    policy = PolicyFactory(customer=CustomerFactory(portfolio=people.portfolio), number="PAR 2026/118")
    return SectionFactory(policy=policy, reference="1", name="Material damage")


@pytest.fixture
def first(section):
    """The section's terms since inception: 50,000,000, AXA leads 60% and Zurich has 40%, flood sublimited."""
    made = TermsFactory(section=section)
    ParticipationFactory(terms=made, insurer=InsurerFactory(name="AXA"), signed_share=D("0.6"), is_lead=True)
    ParticipationFactory(terms=made, insurer=InsurerFactory(name="Zurich"), signed_share=D("0.4"))
    CoverTermFactory(terms=made, category=RiskCategory.objects.get(code="FLOOD"), sublimit=D("10000000"))
    return made


def line(name, share, **more):
    return Participation(insurer=InsurerFactory(name=name), signed_share=D(share), **more)


def endorsed(section, people, day=OCTOBER, **given):
    return terms.endorse(section=section, from_day=day, given=Given(**given), by=people.owner)


def limit_on(section, day):
    return holding(section.versions.all(), day).limit


def faults_of(refused):
    return {field: " ".join(messages) for field, messages in refused.value.message_dict.items()}


def test_an_endorsement_changes_the_cover_from_its_day_and_not_before(people, section, first):
    endorsed(section, people, values={"limit": D("70000000"), "change_note": "Limit raised"})
    assert limit_on(section, LAST_OF_SEPTEMBER) == D("50000000")
    assert limit_on(section, OCTOBER) == D("70000000")
    assert limit_on(section, section.policy.expiry_date) == D("70000000")


def test_what_an_endorsement_does_not_name_is_copied(people, section, first):
    made = endorsed(section, people, values={"limit": D("70000000")})
    assert made.deductible_amount == D("100000")
    assert {(row.insurer.name, row.signed_share, row.is_lead) for row in made.participations.all()} == {
        ("AXA", D("0.6"), True),
        ("Zurich", D("0.4"), False),
    }
    assert [(row.category.code, row.sublimit) for row in made.cover_terms.all()] == [("FLOOD", D("10000000"))]
    assert first.participations.count() == 2


def test_an_endorsement_of_the_same_day_corrects_the_one_before(people, section, first):
    endorsed(section, people, values={"limit": D("70000000")})
    endorsed(section, people, values={"limit": D("80000000")})
    assert limit_on(section, OCTOBER) == D("80000000")
    assert section.versions.count() == 2


def test_an_endorsement_before_a_later_one_ends_where_that_begins(people, section, first):
    endorsed(section, people, values={"limit": D("70000000")})
    made = endorsed(section, people, day=datetime.date(2026, 7, 1), values={"limit": D("60000000")})
    assert made.last_day == LAST_OF_SEPTEMBER
    assert limit_on(section, datetime.date(2026, 6, 30)) == D("50000000")
    assert limit_on(section, LAST_OF_SEPTEMBER) == D("60000000")
    assert limit_on(section, OCTOBER) == D("70000000")


def test_an_endorsement_that_changes_nothing_writes_nothing(people, section, first):
    assert endorsed(section, people, values={"limit": D("50000000")}) == first
    assert section.versions.count() == 1
    assert not AuditEntry.objects.exists()


def test_the_record_says_in_words_what_an_endorsement_changed(people, section, first):
    endorsed(
        section,
        people,
        values={"limit": D("70000000"), "change_note": "Endorsement 1"},
        lines=[line("AXA Asia", "1", is_lead=True)],
        cover_terms=[CoverTerm(category=RiskCategory.objects.get(code="FLOOD"), included=False)],
    )
    [entry] = timeline.worded(AuditEntry.objects.all())
    assert entry.what.startswith("Endorsed Material damage")
    assert entry.entry.note == "Endorsement 1"
    assert {change.label: (change.before, change.after) for change in entry.changes} == {
        "Limit": ("50,000,000", "70,000,000"),
        "Lines": ("AXA 60%, leads; Zurich 40%", "AXA Asia 100%, leads"),
        "Cover terms": ("Flood: covered, sublimit 10,000,000", "Flood: not covered"),
    }


def test_a_correction_changes_the_version_in_place(people, section, first):
    insurer = first.participations.get(insurer__name="AXA").insurer
    terms.correct(
        terms=first,
        given=Given(lines=[Participation(insurer=insurer, signed_share=D("1"))]),
        by=people.owner,
        version=1,
        note="The slip says 100%",
    )
    first.refresh_from_db()
    assert first.version == 2
    assert [str(row.signed_share) for row in first.participations.all()] == ["1.000000"]
    assert section.versions.get() == first
    assert AuditEntry.objects.get(action="terms.corrected").note == "The slip says 100%"


def test_a_correction_of_nothing_writes_nothing(people, first):
    again = [
        Participation(insurer=row.insurer, signed_share=row.signed_share, is_lead=row.is_lead)
        for row in first.participations.all()
    ]
    terms.correct(terms=first, given=Given(values={"limit": D("50000000")}, lines=again), by=people.owner, version=1)
    first.refresh_from_db()
    assert first.version == 1
    assert not AuditEntry.objects.exists()


def test_the_lead_passes_from_one_insurer_to_another(people, first):
    passed = [
        Participation(insurer=row.insurer, signed_share=row.signed_share, is_lead=not row.is_lead)
        for row in first.participations.all()
    ]
    terms.correct(terms=first, given=Given(lines=passed), by=people.owner, version=1)
    assert first.participations.get(is_lead=True).insurer.name == "Zurich"


def test_a_second_editor_of_the_terms_is_told(people, section, first):
    terms.correct(terms=first, given=Given(values={"limit": D("60000000")}), by=people.owner, version=1)
    with pytest.raises(StaleVersion) as told:
        terms.correct(terms=first, given=Given(values={"limit": D("70000000")}), by=people.supervisor, version=1)
    assert told.value.current.limit == D("60000000")
    assert limit_on(section, OCTOBER) == D("60000000")


def test_a_second_endorser_is_told(people, section, first):
    seen = Seen(first.pk, first.version)
    endorsed(section, people, day=datetime.date(2026, 9, 1), values={"limit": D("60000000")})
    with pytest.raises(StaleVersion) as told:
        terms.endorse(section=section, from_day=OCTOBER, given=Given(), by=people.supervisor, seen=seen)
    assert told.value.current.limit == D("60000000")


def test_a_day_on_which_other_terms_hold_than_those_seen_is_refused(people, section, first):
    later = endorsed(section, people, values={"limit": D("70000000")})
    first.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        terms.endorse(
            section=section,
            from_day=datetime.date(2026, 11, 1),
            given=Given(),
            by=people.owner,
            seen=Seen(first.pk, first.version),
        )
    assert "1 Oct 2026" in faults_of(refused)["first_day"]
    assert later.pk != first.pk


def test_an_endorsement_is_withdrawn_and_the_terms_before_it_hold_on(people, section, first):
    made = endorsed(section, people, values={"limit": D("70000000")})
    terms.withdraw(terms=made, by=people.owner, version=1, reason="Meant for another policy")
    assert limit_on(section, OCTOBER) == D("50000000")
    assert section.versions.get().last_day is None
    entry = AuditEntry.objects.get(action="terms.withdrawn")
    assert (entry.before["limit"], entry.note) == ("70000000.00", "Meant for another policy")


def test_the_first_terms_cannot_be_withdrawn(people, first):
    with pytest.raises(WrongState):
        terms.withdraw(terms=first, by=people.owner, version=1, reason="All wrong")
    assert Terms.objects.filter(pk=first.pk).exists()


def test_a_withdrawal_needs_a_reason(people, section, first):
    made = endorsed(section, people, values={"limit": D("70000000")})
    with pytest.raises(ValidationError) as refused:
        terms.withdraw(terms=made, by=people.owner, version=1, reason=" ")
    assert "reason" in faults_of(refused)


@pytest.mark.parametrize("day", [datetime.date(2026, 3, 31), datetime.date(2027, 4, 1)])
def test_a_day_outside_the_policys_period_is_refused(people, section, first, day):
    with pytest.raises(ValidationError) as refused:
        endorsed(section, people, day=day, values={"limit": D("70000000")})
    assert "first_day" in faults_of(refused)
    assert section.versions.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"limit": D("-1")}, "limit"),
        ({"limit": D("0")}, "limit"),
        ({"unlimited": True}, "limit"),
        ({"attachment_point": D("-1")}, "attachment_point"),
        ({"deductible_amount": D("-5")}, "deductible_amount"),
        ({"deductible_percent": D("0.02"), "deductible_percent_of": "LOSS"}, "deductible_percent"),
        ({"deductible_min": D("2"), "deductible_max": D("1")}, "deductible_max"),
        ({"limit_basis": "PER_UNIT"}, "units"),
        ({"average_threshold": D("0.85")}, "average_basis"),
        ({"placed_elsewhere_share": D("1.2")}, "placed_elsewhere_share"),
        ({"placed_share": D("-0.1")}, "placed_share"),
        ({"basis": "EVERYTHING"}, "basis"),
    ],
)
def test_figures_that_cannot_be_are_refused_at_their_field(people, section, first, values, field):
    with pytest.raises(ValidationError) as refused:
        endorsed(section, people, values=values)
    assert list(faults_of(refused)) == [field]
    assert section.versions.get().last_day is None
    assert not AuditEntry.objects.exists()


def test_a_line_above_the_whole_is_refused_by_name(people, section, first):
    with pytest.raises(ValidationError) as refused:
        endorsed(section, people, lines=[line("Chubb", "1.2")])
    assert faults_of(refused) == {"lines": "Chubb: A share is at most 1, which is 100%."}


def test_an_insurer_has_one_line(people, section, first):
    chubb = InsurerFactory(name="Chubb")
    twice = [Participation(insurer=chubb, signed_share=D("0.5")), Participation(insurer=chubb, signed_share=D("0.3"))]
    with pytest.raises(ValidationError) as refused:
        endorsed(section, people, lines=twice)
    assert faults_of(refused) == {"lines": "Chubb has more than one line."}


def test_one_insurer_leads(people, section, first):
    with pytest.raises(ValidationError) as refused:
        endorsed(section, people, lines=[line("A", "0.5", is_lead=True), line("B", "0.5", is_lead=True)])
    assert faults_of(refused) == {"lines": "One insurer leads, not several."}


def test_lines_that_add_up_to_more_than_the_whole_are_kept_and_shown(people, section, first):
    endorsed(section, people, lines=[line("A", "0.8"), line("B", "0.5")])
    [found] = sections_on(section.policy, on=OCTOBER)
    assert found.share == D("1.3")


def test_a_category_is_named_once(people, section, first):
    flood = RiskCategory.objects.get(code="FLOOD")
    with pytest.raises(ValidationError) as refused:
        endorsed(section, people, cover_terms=[CoverTerm(category=flood), CoverTerm(category=flood, included=False)])
    assert faults_of(refused) == {"cover_terms": "Flood is named more than once."}


def test_a_location_of_another_customer_cannot_be_insured(people, section, first):
    with pytest.raises(ValidationError) as refused:
        endorsed(section, people, locations=[LocationFactory()])
    assert "locations" in faults_of(refused)


def test_an_excess_without_a_limit_is_entered_as_unknown(people, section, first):
    values = {"attachment_point": D("50000000"), "limit": None}
    made = endorsed(section, people, values=values, is_underlying_elsewhere=True)
    assert made.limit is None


def test_amounts_are_rounded_half_up_to_the_minor_unit(people):
    policy = PolicyFactory(customer=CustomerFactory(portfolio=people.portfolio), currency="JPY")
    section = SectionFactory(policy=policy)
    made = terms.begin(section=section, given=Given(values={"limit": D("1000000.5")}), by=people.owner)
    assert made.limit == D("1000001")


def test_a_section_is_added_with_its_terms_and_lines_from_inception(people, section):
    added = sections.add(
        section=Section(policy=section.policy, reference="2"),
        given=Given(values={"limit": D("50000000")}, lines=[line("Chubb", "0.25")]),
        by=people.owner,
    )
    made = added.versions.get()
    assert (made.first_day, made.last_day) == (APRIL, None)
    assert made.participations.get().insurer.name == "Chubb"
    assert {entry.action for entry in AuditEntry.objects.all()} == {"section.added", "terms.begun"}


def test_a_section_whose_terms_are_refused_is_not_added(people, section):
    with pytest.raises(ValidationError):
        sections.add(
            section=Section(policy=section.policy, reference="2"),
            given=Given(values={"limit": D("-1")}),
            by=people.owner,
        )
    assert section.policy.sections.count() == 1


def test_terms_are_begun_once(people, section, first):
    with pytest.raises(WrongState):
        terms.begin(section=section, given=Given(), by=people.owner)


def test_two_days_are_read_with_what_differs_between_them(people, section, first):
    endorsed(section, people, values={"limit": D("70000000")})
    [found] = sections_on(section.policy, on=OCTOBER, beside=LAST_OF_SEPTEMBER)
    assert [(change.label, change.before, change.after) for change in found.differences] == [
        ("Limit", "50,000,000", "70,000,000")
    ]


def test_a_policys_sections_are_read_in_five_queries(people, section, first, django_assert_num_queries):
    for _turn in range(4):
        made = TermsFactory(section__policy=section.policy)
        ParticipationFactory(terms=made)
        CoverTermFactory(terms=made, category=RiskCategory.objects.get(code="FIRE"))
    with django_assert_num_queries(5):
        found = sections_on(section.policy, on=OCTOBER)
        assert [str(row.section) for row in found]
        assert sum(len(row.content.lines) for row in found) == 6
