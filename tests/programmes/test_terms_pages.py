"""Endorsing and correcting in the browser's eyes: who may, what is refused and where, before and after, two editors."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from market.models import ClassOfBusiness
from programmes.models import Section, Terms
from programmes.selectors.versions import holding
from programmes.services import terms as terms_service
from programmes.services.terms import Given
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

pytestmark = pytest.mark.usefixtures("clock")

OCTOBER = datetime.date(2026, 10, 1)
LAST_OF_SEPTEMBER = datetime.date(2026, 9, 30)


@pytest.fixture
def section(people):
    customer = CustomerFactory(portfolio=people.portfolio)
    policy = PolicyFactory(customer=customer, number="PAR 2026/118")
    return SectionFactory(policy=policy, reference="1", name="Material damage")


@pytest.fixture
def first(section):
    """Since inception: 50,000,000, AXA leads 60%, Zurich has 40%, flood sublimited."""
    made = TermsFactory(section=section)
    ParticipationFactory(terms=made, insurer=InsurerFactory(name="AXA"), signed_share=Decimal("0.6"), is_lead=True)
    ParticipationFactory(terms=made, insurer=InsurerFactory(name="Zurich"), signed_share=Decimal("0.4"))
    CoverTermFactory(terms=made, category=RiskCategory.objects.get(code="FLOOD"), sublimit=Decimal("10000000"))
    return made


def shown(client, url):
    """What a browser would post: every field of the page as the page shows it."""
    entry = client.get(url).context["entry"]
    posted = {}
    for form in [
        entry.form,
        *entry.lines,
        *entry.cover_terms,
        entry.lines.management_form,
        entry.cover_terms.management_form,
    ]:
        for field in form:
            value = field.field.prepare_value(field.value())
            if value is True:
                value = "True" if field.name == "included" else "on"
            if value is False and field.name == "included":
                value = "False"
            if value is not None and value is not False and value != "":
                posted[field.html_name] = value
    return posted


def endorse_url(section, day=OCTOBER):
    return reverse("programmes:endorse", args=[section.pk]) + f"?from={day.isoformat()}"


def correct_url(terms):
    return reverse("programmes:correct", args=[terms.pk])


def policy_url(section, **query):
    url = reverse("programmes:policy", args=[section.policy_id])
    return url + "?" + "&".join(f"{name}={day.isoformat()}" for name, day in query.items())


def limit_on(section, day):
    return holding(section.versions.all(), day).limit


def errors(answer):
    """Every fault on the page, as field and message, without the summary at its head."""
    entry = answer.context["entry"]
    found = {name: words for name, words in entry.form.errors.items() if name != "__all__"}
    for rows in (entry.lines, entry.cover_terms):
        for form in rows.forms:
            found |= {f"{form.prefix}-{name}": words for name, words in form.errors.items()}
    return {name: words[0] for name, words in found.items()}


@pytest.mark.parametrize("page", ["endorse", "correct", "section-change", "withdraw"])
def test_terms_are_changed_by_owner_and_supervisor_only(client, people, section, first, page):
    pk = first.pk if page in ("correct", "withdraw") else section.pk
    for who, status in {"owner": 200, "supervisor": 200, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(reverse(f"programmes:{page}", args=[pk])).status_code == status, who


def test_an_endorsement_is_made_and_read_before_and_after(client, people, section, first):
    client.force_login(people.owner)
    given = shown(client, endorse_url(section)) | {"limit": "70,000,000", "change_note": "Limit raised"}
    answer = client.post(endorse_url(section), given)
    assert answer.url == policy_url(section, on=OCTOBER, beside=LAST_OF_SEPTEMBER)

    after = client.get(answer.url)
    [row] = after.context["sections"]
    assert [(change.label, change.before, change.after) for change in row.differences] == [
        ("Limit", "50,000,000", "70,000,000")
    ]
    assert "70,000,000" in after.text
    assert "Limit raised" in after.text
    before = client.get(policy_url(section, on=LAST_OF_SEPTEMBER))
    assert before.context["sections"][0].terms == first
    assert before.context["tower"].top == Decimal("50100000")
    assert (
        "Endorsed Material damage from 1 Oct 2026"
        in client.get(reverse("programmes:policy-history", args=[section.policy_id])).text
    )


def test_the_page_is_filled_with_the_terms_of_the_day(client, people, section, first):
    client.force_login(people.owner)
    given = shown(client, endorse_url(section))
    assert given["limit"] == "50,000,000"
    assert given["first_day"] == OCTOBER
    assert (given["lines-0-signed_share"], given["lines-0-is_lead"]) == ("60", "on")
    assert given["cover_terms-0-sublimit"] == "10,000,000"


def test_an_endorsement_keeps_what_the_page_showed(client, people, section, first):
    client.force_login(people.owner)
    client.post(endorse_url(section), shown(client, endorse_url(section)) | {"limit": "70,000,000"})
    made = section.versions.get(first_day=OCTOBER)
    assert {(line.insurer.name, line.signed_share) for line in made.participations.all()} == {
        ("AXA", Decimal("0.6")),
        ("Zurich", Decimal("0.4")),
    }
    assert made.cover_terms.get().sublimit == Decimal("10000000")
    assert AuditEntry.objects.get(action="terms.endorsed").before == {"limit": "50000000.00"}


def test_an_endorsement_without_a_difference_is_not_made(client, people, section, first):
    client.force_login(people.owner)
    answer = client.post(endorse_url(section), shown(client, endorse_url(section)), follow=True)
    assert "Nothing differs from the terms before" in answer.text
    assert section.versions.count() == 1


def test_lines_are_added_changed_and_removed_on_the_page(client, people, section, first):
    chubb = InsurerFactory(name="Chubb")
    client.force_login(people.owner)
    given = shown(client, endorse_url(section)) | {
        "lines-0-signed_share": "50%",
        "lines-1-DELETE": "on",
        "lines-2-insurer": str(chubb.pk),
        "lines-2-written_share": "30",
        "lines-2-signed_share": "27.5",
        "lines-3-signed_share": "10",
    }
    client.post(endorse_url(section), given)
    made = section.versions.get(first_day=OCTOBER)
    assert {(str(line), line.signed_share) for line in made.participations.all()} == {
        ("AXA", Decimal("0.5")),
        ("Chubb", Decimal("0.275")),
        ("Insurer not named", Decimal("0.1")),
    }


def test_locations_and_kinds_are_named(client, people, section, first):
    location = LocationFactory(customer=section.customer, name="Tsing Yi")
    client.force_login(people.owner)
    given = shown(client, correct_url(first)) | {
        "locations": [str(location.pk)],
        "insured_kinds": ["STOCK", "CONTENTS"],
        "territory": "hk, mo",
    }
    client.post(correct_url(first), given)
    first.refresh_from_db()
    assert list(first.locations.all()) == [location]
    assert first.insured_kinds == ["STOCK", "CONTENTS"]
    assert first.territory == ["HK", "MO"]
    text = client.get(policy_url(section, on=OCTOBER)).text
    assert "Tsing Yi" in text
    assert "Stock, Contents" in text


def test_a_customer_with_many_locations_names_them_by_reference(client, people, section, first):
    for number in range(61):
        LocationFactory(customer=section.customer, reference=f"SITE-{number}")
    client.force_login(people.owner)
    given = shown(client, correct_url(first))
    answer = client.post(correct_url(first), given | {"locations": "SITE-3, SITE-99"})
    assert errors(answer) == {"locations": "The customer has no location SITE-99."}
    client.post(correct_url(first), given | {"locations": "SITE-3, SITE-7"})
    assert sorted(row.reference for row in first.locations.all()) == ["SITE-3", "SITE-7"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"first_day": "2028-01-01"}, "first_day"),
        ({"first_day": ""}, "first_day"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "fifty million"}, "limit"),
        ({"unlimited": "on"}, "limit"),
        ({"attachment_point": "-1"}, "attachment_point"),
        ({"limit_basis": "PER_UNIT"}, "units"),
        ({"average_threshold": "85"}, "average_basis"),
        ({"deductible_percent": "2", "deductible_percent_of": "LOSS"}, "deductible_percent"),
        ({"placed_elsewhere_share": "120"}, "placed_elsewhere_share"),
        ({"territory": "HK, XX"}, "territory"),
        ({"lines-0-signed_share": "120"}, "lines-0-signed_share"),
        ({"lines-0-signed_share": "0"}, "lines-0-signed_share"),
        ({"lines-0-signed_share": ""}, "lines-0-signed_share"),
        ({"lines-1-is_lead": "on"}, "lines-1-is_lead"),
        ({"cover_terms-0-included": "False"}, "cover_terms-0-sublimit"),
        ({"cover_terms-0-category": ""}, "cover_terms-0-category"),
    ],
)
def test_what_cannot_be_is_named_at_its_field_and_leaves_no_trace(client, people, first, changed, field):
    section = first.section
    client.force_login(people.owner)
    answer = client.post(endorse_url(section), shown(client, endorse_url(section)) | changed)
    assert list(errors(answer)) == [field]
    assert section.versions.get().last_day is None
    assert not AuditEntry.objects.exists()


def test_an_insurer_twice_is_named_at_the_second_line(client, people, section, first):
    client.force_login(people.owner)
    given = shown(client, endorse_url(section))
    answer = client.post(endorse_url(section), given | {"lines-1-insurer": given["lines-0-insurer"]})
    assert errors(answer) == {"lines-1-insurer": "AXA has more than one line."}


def test_a_fault_in_a_row_is_told_at_the_head_of_the_page_too(client, people, section, first):
    client.force_login(people.owner)
    given = shown(client, endorse_url(section)) | {"lines-0-signed_share": "120"}
    form = client.post(endorse_url(section), given).context["form"]
    assert form.non_field_errors() == ["Something is wrong in the lines or cover terms below."]


def test_what_was_typed_stays_when_something_is_refused(client, people, section, first):
    client.force_login(people.owner)
    given = shown(client, endorse_url(section)) | {"limit": "70,000,000", "lines-0-signed_share": "120"}
    text = client.post(endorse_url(section), given).text
    assert 'value="70,000,000"' in text
    assert 'value="120"' in text


def test_a_correction_changes_how_the_days_read(client, people, section, first):
    client.force_login(people.owner)
    client.post(correct_url(first), shown(client, correct_url(first)) | {"limit": "55,000,000"})
    assert limit_on(section, LAST_OF_SEPTEMBER) == Decimal("55000000")
    assert section.versions.count() == 1
    history = client.get(reverse("programmes:policy-history", args=[section.policy_id])).text
    assert "Corrected Material damage" in history


def test_a_second_editor_sees_the_lines_and_figures_that_changed_meanwhile(client, people, section, first):
    client.force_login(people.owner)
    given = shown(client, correct_url(first))
    client.force_login(people.supervisor)
    client.post(correct_url(first), shown(client, correct_url(first)) | {"lines-0-signed_share": "50"})
    client.force_login(people.owner)
    answer = client.post(correct_url(first), given | {"limit": "55,000,000"})
    conflict = {row["label"]: (row["now"], row["typed"]) for row in answer.context["form"].conflict}
    assert conflict == {
        "Limit": ("50,000,000", "55,000,000"),
        "Lines": ("AXA 50%, leads; Zurich 40%", "AXA 60%, leads; Zurich 40%"),
    }
    assert "Dora Supervisor" in answer.text
    assert limit_on(section, OCTOBER) == Decimal("50000000")

    again = given | {"limit": "55,000,000", "version": answer.context["form"].data["version"]}
    client.post(correct_url(first), again)
    assert limit_on(section, OCTOBER) == Decimal("55000000")


def test_a_second_endorser_is_told_of_the_first(client, people, section, first):
    client.force_login(people.owner)
    given = shown(client, endorse_url(section)) | {"limit": "70,000,000"}
    terms_service.endorse(
        section=section,
        from_day=datetime.date(2026, 9, 1),
        given=Given(values={"limit": Decimal("60000000")}),
        by=people.supervisor,
    )
    answer = client.post(endorse_url(section), given)
    assert [(row["label"], row["now"], row["typed"]) for row in answer.context["form"].conflict] == [
        ("Limit", "60,000,000", "70,000,000")
    ]
    data = answer.context["form"].data
    client.post(endorse_url(section), given | {"version": data["version"], "based_on": data["based_on"]})
    assert limit_on(section, LAST_OF_SEPTEMBER) == Decimal("60000000")
    assert limit_on(section, OCTOBER) == Decimal("70000000")


CLAIMS_MADE = {
    "coverage_trigger": "CLAIMS_MADE",
    "retroactive_date": "2020-01-01",
    "extended_reporting_months": "12",
    "defence_costs": "OUTSIDE",
    "limit_basis": "ANY_ONE_CLAIM",
}


def test_claims_made_cover_is_entered_endorsed_and_read(client, people, section, first):
    client.force_login(people.owner)
    client.post(endorse_url(section), shown(client, endorse_url(section)) | CLAIMS_MADE)
    held = holding(section.versions.all(), OCTOBER)
    assert (held.retroactive_date, held.extended_reporting_months) == (datetime.date(2020, 1, 1), 12)
    text = client.get(policy_url(section, on=OCTOBER, beside=LAST_OF_SEPTEMBER)).text
    for words in ("Claims made", "1 Jan 2020", "12 months", "In addition to the limit", "Any one claim"):
        assert words in text
    assert "Retroactive date" in client.get(reverse("programmes:policy-history", args=[section.policy_id])).text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"coverage_trigger": "LOSSES_OCCURRING"}, "retroactive_date"),
        ({"is_retroactive_unlimited": "on"}, "retroactive_date"),
        ({"extended_reporting_months": "-1"}, "extended_reporting_months"),
        ({"retroactive_date": "long ago"}, "retroactive_date"),
    ],
)
def test_claims_made_fields_that_contradict_are_refused(client, people, section, *, first, changed, field):
    client.force_login(people.owner)
    answer = client.post(endorse_url(section), shown(client, endorse_url(section)) | CLAIMS_MADE | changed)
    assert list(errors(answer)) == [field]
    assert answer.context["entry"].has_more
    assert section.versions.count() == 1


def test_an_endorsement_is_withdrawn_with_a_reason(client, people, section, first):
    made = terms_service.endorse(
        section=section, from_day=OCTOBER, given=Given(values={"limit": Decimal("70000000")}), by=people.owner
    )
    client.force_login(people.owner)
    url = reverse("programmes:withdraw", args=[made.pk])
    assert list(client.post(url, {"version": 1, "reason": ""}).context["form"].errors) == ["reason"]
    client.post(url, {"version": 1, "reason": "Meant for another policy"})
    assert limit_on(section, OCTOBER) == Decimal("50000000")
    history = client.get(reverse("programmes:policy-history", args=[section.policy_id])).text
    assert "Meant for another policy" in history
    assert "Endorsed Material damage from 1 Oct 2026" in history


def test_the_first_terms_are_not_withdrawn(client, people, section, first):
    client.force_login(people.owner)
    answer = client.post(reverse("programmes:withdraw", args=[first.pk]), {"version": 1, "reason": "All wrong"})
    assert "can be corrected but not withdrawn" in answer.text
    assert Terms.objects.filter(pk=first.pk).exists()


def test_an_excess_section_with_nothing_below_is_refused_unless_that_stands_elsewhere(client, people, section):
    client.force_login(people.owner)
    url = reverse("programmes:section-add", args=[section.policy_id])
    given = shown(client, url) | {
        "section-reference": "2",
        "section-class_of_business": section.class_of_business_id,
        "limit": "50,000,000",
        "attachment_point": "50,000,000",
    }
    answer = client.post(url, given)
    assert list(errors(answer)) == ["attachment_point"]
    assert "50,000,000" in answer.text
    assert Section.objects.count() == 1
    client.post(url, given | {"is_underlying_elsewhere": "on"})
    assert Section.objects.get(reference="2").versions.get().attachment_point == Decimal("50000000")


def test_an_umbrella_stands_over_sections_of_other_classes(people, section):
    section.class_of_business = ClassOfBusiness.objects.get(code="UMBRELLA")
    section.save()
    made = TermsFactory(section=section)
    terms_service.correct(
        terms=made, given=Given(values={"attachment_point": Decimal("10000000")}), by=people.owner, version=1
    )
    assert section.versions.get().attachment_point == Decimal("10000000")


def test_from_the_ground_up_nothing_needs_to_lie_below_and_what_stood_so_is_not_asked_again(people, section):
    made = TermsFactory(section=section)
    values = {"attachment_point": Decimal("10000000"), "attachment_basis": "GROUND_UP"}
    made = terms_service.correct(terms=made, given=Given(values=values), by=people.owner, version=1)
    with pytest.raises(ValidationError) as refused:
        terms_service.correct(
            terms=made, given=Given(values={"attachment_basis": "XS_UNDERLYING"}), by=people.owner, version=2
        )
    assert list(refused.value.message_dict) == ["attachment_point"]
    Terms.objects.update(attachment_basis="XS_UNDERLYING")
    endorsed = terms_service.endorse(
        section=section, from_day=OCTOBER, given=Given(values={"limit": Decimal("70000000")}), by=people.owner
    )
    assert endorsed.attachment_point == Decimal("10000000")


def test_a_section_is_added_with_its_terms(client, people, section, first):
    chubb = InsurerFactory(name="Chubb")
    client.force_login(people.owner)
    url = reverse("programmes:section-add", args=[section.policy_id])
    given = shown(client, url) | {
        "section-reference": "2",
        "section-name": "Excess",
        "section-class_of_business": section.class_of_business_id,
        "limit": "50,000,000",
        "attachment_point": "50,000,000",
        "lines-0-insurer": str(chubb.pk),
        "lines-0-signed_share": "85",
    }
    client.post(url, given)
    made = Section.objects.get(reference="2").versions.get()
    assert (made.limit, made.attachment_point, made.first_day) == (
        Decimal("50000000"),
        Decimal("50000000"),
        section.policy.inception_date,
    )
    assert made.participations.get().signed_share == Decimal("0.85")


@pytest.mark.parametrize(
    ("code", "basis"), [("PROPERTY", "ALL_RISKS"), ("FIRE", "NAMED"), ("MARINE_CARGO", "ALL_RISKS")]
)
def test_a_new_section_starts_with_the_usual_basis_of_its_class(client, people, code, basis):
    policy = PolicyFactory(
        customer__portfolio=people.portfolio, class_of_business=ClassOfBusiness.objects.get(code=code)
    )
    client.force_login(people.owner)
    answer = client.get(reverse("programmes:section-add", args=[policy.pk]))
    assert answer.context["form"]["basis"].value() == basis


def test_a_section_with_a_reference_that_is_taken_is_refused(client, people, section):
    client.force_login(people.owner)
    url = reverse("programmes:section-add", args=[section.policy_id])
    answer = client.post(
        url,
        shown(client, url)
        | {
            "section-reference": "1",
            "section-class_of_business": section.class_of_business_id,
            "limit": "1",
        },
    )
    assert "This policy has a section with that reference already." in answer.text
    assert Section.objects.count() == 1


def test_a_section_takes_another_name_and_class(client, people, section):
    client.force_login(people.owner)
    url = reverse("programmes:section-change", args=[section.pk])
    client.post(
        url,
        {
            "section-version": 1,
            "section-reference": "1",
            "section-name": "Buildings and stock",
            "section-class_of_business": ClassOfBusiness.objects.get(code="FIRE").pk,
        },
    )
    section.refresh_from_db()
    assert (section.name, section.class_of_business.code) == ("Buildings and stock", "FIRE")


def test_the_page_costs_the_same_whatever_the_rows(client, people, section, first, django_assert_max_num_queries):
    client.force_login(people.owner)
    client.get(endorse_url(section))
    with django_assert_max_num_queries(12) as few:
        client.get(endorse_url(section))
    for category in RiskCategory.objects.exclude(code="FLOOD")[:20]:
        CoverTermFactory(terms=first, category=category)
        ParticipationFactory(terms=first, signed_share=Decimal("0.01"))
        LocationFactory(customer=section.customer)
    with django_assert_max_num_queries(12) as many:
        client.get(endorse_url(section))
    assert len(few.captured_queries) == len(many.captured_queries)
