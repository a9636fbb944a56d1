"""The pages of claims: what they show, who may, what is entered, and what is refused at the field."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from common.dates import today
from market.models import ClassOfBusiness
from programmes.models import Claim, ClaimMovement
from tests.factories import (
    TODAY,
    ClaimFactory,
    ClaimMovementFactory,
    CustomerFactory,
    ExchangeRateFactory,
    LocationFactory,
    ParticipationFactory,
    PolicyFactory,
    SectionFactory,
    TermsFactory,
)

D = datetime.date
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def at_noon(clock):
    return clock


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd")


@pytest.fixture
def section(customer):
    policy = PolicyFactory(customer=customer, number="PLI 2026/11")
    return TermsFactory(
        section=SectionFactory(policy=policy, reference="A", name="Products"), aggregate_limit=Decimal(10_000_000)
    ).section


@pytest.fixture
def claim(section):
    claim = ClaimFactory(section=section, reference="CL-1", description="Two containers wetted")
    ClaimMovementFactory(claim=claim, stood_on=D(2026, 6, 30), outstanding=Decimal(4_000_000), paid=Decimal(0))
    ClaimMovementFactory(claim=claim, stood_on=D(2026, 9, 30), outstanding=Decimal(1_500_000), paid=Decimal(3_500_000))
    return claim


def url(name, row=None):
    return reverse(f"programmes:{name}", args=[row.pk] if row is not None else [])


def text_of(answer):
    return answer.text.replace(NBSP, " ")


def references(answer):
    return [claim.reference for claim in answer.context["page"]]


def typed(on_section, **changed):
    return {
        "section": str(on_section.pk),
        "reference": "CL-7",
        "lost_on": "2026-05-15",
        "outstanding": "1,250,000",
        "paid": "0",
        "stood_on": "2026-06-30",
    } | changed


# The list


def test_the_list_shows_what_a_user_may_see_with_its_figures(client, people, claim):
    client.force_login(people.stranger)
    assert "CL-1" not in client.get(url("claims")).text
    for who in ("owner", "colleague", "supervisor", "compliance"):
        client.force_login(getattr(people, who))
        text = text_of(client.get(url("claims")))
        for words in ("CL-1", "Harbour Cold Storage Ltd", "PLI 2026/11", "HKD 1,500,000", "HKD 3,500,000", "5,000,000"):
            assert words in text, (who, words)


def test_the_list_is_narrowed_by_state_class_insurer_year_and_words_with_counts(client, people, customer, claim):
    line = ParticipationFactory(terms=claim.section.versions.get())
    cyber = PolicyFactory(
        customer=customer,
        number="CYB 1",
        class_of_business=ClassOfBusiness.objects.get(code="CYBER"),
        inception_date=D(2025, 4, 1),
        expiry_date=D(2026, 3, 31),
    )
    ClaimFactory(
        section=TermsFactory(section__policy=cyber).section,
        reference="CL-2",
        lost_on=D(2025, 9, 1),
        closed_on=D(2026, 2, 1),
    )
    client.force_login(people.owner)
    for query, found in [
        ({}, ["CL-1", "CL-2"]),
        ({"state": "OPEN"}, ["CL-1"]),
        ({"state": "CLOSED"}, ["CL-2"]),
        ({"class": "CYBER"}, ["CL-2"]),
        ({"insurer": line.insurer_id}, ["CL-1"]),
        ({"year": "2025"}, ["CL-2"]),
        ({"customer": customer.pk}, ["CL-1", "CL-2"]),
        ({"currency": "USD"}, []),
        ({"q": "cyb"}, ["CL-2"]),
        ({"q": "海港"}, ["CL-1", "CL-2"]),
        ({"on": "2025-12-31"}, ["CL-2"]),
        ({"on": "2025-12-31", "state": "OPEN"}, ["CL-2"]),
        ({"state": "X", "class": "X", "insurer": "X", "year": "X", "on": "X", "page": "X", "sort": "X"}, None),
    ]:
        answer = client.get(url("claims"), query)
        assert answer.status_code == 200, query
        assert found is None or references(answer) == found, query
    chips = {chip["value"]: chip["count"] for chip in client.get(url("claims"), {"state": "OPEN"}).context["chips"]}
    assert chips == {"": 2, "OPEN": 1, "CLOSED": 1}


@pytest.mark.parametrize("key", ["reference", "customer", "class", "lost", "outstanding", "paid", "incurred", "state"])
def test_every_column_sorts_both_ways(client, people, claim, key):
    ClaimFactory(section=claim.section, reference="CL-9", lost_on=D(2026, 4, 2), closed_on=D(2026, 8, 1))
    client.force_login(people.owner)
    up = references(client.get(url("claims"), {"sort": key}))
    down = references(client.get(url("claims"), {"sort": f"-{key}"}))
    assert up == down[::-1]


def test_totals_are_those_of_all_claims_found_by_currency(client, people, customer, section):
    dollars = TermsFactory(section__policy__customer=customer, section__policy__currency="USD").section
    for number in range(55):
        of = dollars if number % 11 == 0 else section
        ClaimMovementFactory(claim=ClaimFactory(section=of), outstanding=Decimal(number), paid=Decimal(2 * number))
    client.force_login(people.owner)
    for query in ({}, {"page": 2}):
        answer = client.get(url("claims"), query)
        assert "every claim found, not only those shown" in answer.text
        totals = {total.currency: (total.claims, total.outstanding, total.paid) for total in answer.context["totals"]}
        assert totals == {"HKD": (50, 1375, 2750), "USD": (5, 110, 220)}


def test_figures_are_as_at_the_day_asked_for(client, people, customer, claim):
    client.force_login(people.owner)
    for day, outstanding in {"2026-06-29": None, "2026-06-30": 4_000_000, "2026-09-30": 1_500_000}.items():
        totals = client.get(url("customer-claims", customer), {"on": day}).context["totals"]
        assert [total.outstanding for total in totals] == ([] if outstanding is None else [outstanding]), day


def test_the_lists_cost_at_most_twelve_queries_whatever_the_rows(
    client, people, customer, section, django_assert_max_num_queries
):
    for _number in range(60):
        ClaimMovementFactory(claim=ClaimFactory(section=section))
    client.force_login(people.owner)
    pages = [url("claims"), url("customer-claims", customer), url("customer-experience", customer), url("experience")]
    for page in pages:
        with django_assert_max_num_queries(12):
            client.get(page)


# One customer's


def test_the_customer_s_claims_show_open_ones_and_aggregates_used(client, people, customer, claim):
    client.force_login(people.colleague)
    text = text_of(client.get(url("customer-claims", customer)))
    for words in ("1 open claim", "1,500,000", "used HKD 5.0m of 10.0m, 50%"):
        assert words in text, words
    assert url("claim-add", customer) not in text
    before = text_of(client.get(url("customer-claims", customer), {"on": "2026-06-30"}))
    assert "used HKD 4.0m of 10.0m, 40%" in before


def test_no_claims_says_what_a_claim_is_and_offers_to_record_one(client, people, customer):
    client.force_login(people.owner)
    answer = client.get(url("customer-claims", customer))
    assert "No claims" in answer.text
    assert url("claim-add", customer) in answer.text
    assert "No claim was known on" in client.get(url("customer-claims", customer), {"on": "2020-01-01"}).text


# One claim


def test_the_claim_says_whose_it_is_where_it_stands_and_how_it_moved(client, people, claim):
    client.force_login(people.colleague)
    answer = client.get(url("claim", claim))
    text = text_of(answer)
    for words in ("CL-1", "Open", "Products", "PLI 2026/11", "15 May 2026", "Two containers wetted", "50%", "10.0m"):
        assert words in text, words
    assert [row.stood_on for row in answer.context["movements"]] == [D(2026, 9, 30), D(2026, 6, 30)]
    assert [row.total for row in answer.context["chart"].rows] == [5_000_000, 4_000_000]
    assert url("claim-change", claim) not in text


def test_a_claim_that_the_cover_no_longer_answers_says_so(client, people, claim):
    terms = claim.section.versions.get()
    terms.first_day = D(2026, 6, 1)
    terms.save()
    client.force_login(people.owner)
    assert "does not answer this claim" in client.get(url("claim", claim)).text


def test_the_policy_shows_how_far_its_aggregate_is_used_on_the_day(client, people, claim):
    client.force_login(people.owner)
    page = url("policy", claim.section.policy)
    assert "used HKD 5.0m of 10.0m, 50%" in text_of(client.get(page))
    assert "used HKD 4.0m of 10.0m, 40%" in text_of(client.get(page, {"on": "2026-07-01"}))
    assert f"{url('claim-add', claim.customer)}?section={claim.section_id}" in client.get(page).text


def test_a_claim_is_found_by_its_reference_by_those_who_may_see_it(client, people, claim):
    for who, is_found in {"owner": True, "colleague": True, "stranger": False}.items():
        client.force_login(getattr(people, who))
        found = client.get(reverse("desk:find"), {"q": "cl-1"}).text
        assert (url("claim", claim) in found) == is_found, who


def test_the_overview_tells_of_open_claims_in_one_line(client, people, claim):
    client.force_login(people.owner)
    assert "1, HKD 1.5m outstanding" in text_of(client.get(reverse("desk:customer", args=[claim.customer_id])))


# Who may


@pytest.mark.parametrize(
    "page",
    ["claim-add", "claim-change", "claim-close", "claim-reopen", "figures-add", "figures-correct", "figures-remove"],
)
def test_only_owner_and_supervisor_change_claims(client, people, customer, claim, page):
    row = {"claim-add": customer, "figures-correct": claim.movements.first(), "figures-remove": claim.movements.first()}
    address = url(page, row.get(page, claim))
    for who, status in {"owner": 200, "supervisor": 200, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(address).status_code == status, who
        if status != 200:
            assert client.post(address, {}).status_code == status, who
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("page", ["claim", "customer-claims", "customer-experience"])
def test_the_team_sees_claims_and_a_stranger_is_told_of_nothing(client, people, customer, claim, page):
    row = claim if page == "claim" else customer
    for who, status in {"owner": 200, "colleague": 200, "supervisor": 200, "compliance": 200, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(url(page, row)).status_code == status, who


# What is entered


def test_owner_records_a_claim_with_its_first_figures(client, people, customer, section):
    place = LocationFactory(customer=customer)
    client.force_login(people.owner)
    form = client.get(url("claim-add", customer), {"section": section.pk}).context["form"]
    assert form["section"].value() == str(section.pk)
    answer = client.post(url("claim-add", customer), typed(section, location=place.pk), follow=True)
    assert "CL-7 is recorded." in answer.text
    made = Claim.objects.get()
    assert (made.customer, made.section, made.location) == (customer, section, place)
    assert [(row.outstanding, row.paid) for row in made.movements.all()] == [(1_250_000, 0)]


def test_a_claim_may_be_recorded_before_there_are_figures(client, people, customer, section):
    client.force_login(people.owner)
    answer = client.post(url("claim-add", customer), typed(section, outstanding="", paid=""), follow=True)
    assert "No figures yet" in answer.text
    assert not ClaimMovement.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reference": ""}, "reference"),
        ({"section": ""}, "section"),
        ({"section": "00000000-0000-0000-0000-000000000000"}, "section"),
        ({"lost_on": ""}, "lost_on"),
        ({"lost_on": "2026-03-31"}, "lost_on"),
        ({"lost_on": "2026-11-24"}, "lost_on"),
        ({"made_on": "2026-05-14"}, "made_on"),
        ({"notified_on": "soon"}, "notified_on"),
        ({"outstanding": "-1"}, "outstanding"),
        ({"outstanding": "1,25"}, "outstanding"),
        ({"paid": "-1"}, "paid"),
        ({"stood_on": "2026-05-01"}, "stood_on"),
        ({"stood_on": "2026-11-24"}, "stood_on"),
        ({"stood_on": ""}, "stood_on"),
        ({"location": "00000000-0000-0000-0000-000000000000"}, "location"),
        ({"category": "DREAMS"}, "category"),
    ],
)
def test_bad_input_is_named_at_the_field_kept_and_leaves_no_trace(client, people, section, changed, field):
    customer = section.customer
    client.force_login(people.owner)
    answer = client.post(url("claim-add", customer), typed(section, **changed))
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"][field].value() == changed[field]
    assert not Claim.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_section_of_another_customer_or_of_a_policy_not_bound_is_not_offered(client, people, customer, section):
    elsewhere = TermsFactory().section
    draft = TermsFactory(section__policy=PolicyFactory(customer=customer, bound_on=None)).section
    client.force_login(people.owner)
    for other in (elsewhere, draft):
        answer = client.post(url("claim-add", customer), typed(other))
        assert list(answer.context["form"].errors) == ["section"]


def test_the_second_editor_of_a_claim_sees_both(client, people, claim):
    page = url("claim-change", claim)
    entered = {"section": claim.section_id, "reference": "CL-1", "lost_on": "2026-05-15", "version": 1}
    client.force_login(people.owner)
    client.post(page, entered | {"description": "Rain through the roof"})
    client.force_login(people.supervisor)
    second = client.post(page, entered | {"description": "A burst pipe"})
    conflict = second.context["form"].conflict
    assert [(row["now"], row["typed"]) for row in conflict] == [("Rain through the roof", "A burst pipe")]
    assert Claim.objects.get().description == "Rain through the roof"


def test_figures_are_given_corrected_and_taken_away(client, people, claim):
    client.force_login(people.owner)
    form = client.get(url("figures-add", claim)).context["form"]
    assert (form["stood_on"].value(), form["paid"].value()) == (today(), "3,500,000")
    entered = {"stood_on": "2026-11-20", "outstanding": "900,000", "paid": "4,200,000", "note": "Adjuster's report"}
    answer = client.post(url("figures-add", claim), entered, follow=True)
    assert "The figures are saved." in answer.text
    row = claim.movements.get(stood_on=D(2026, 11, 20))
    client.post(url("figures-correct", row), entered | {"outstanding": "800,000", "version": 1})
    row.refresh_from_db()
    assert row.outstanding == 800_000
    stale = client.post(url("figures-correct", row), entered | {"outstanding": "700,000", "version": 1})
    assert [change["now"] for change in stale.context["form"].conflict] == ["800,000"]
    answer = client.post(url("figures-remove", row), {"reason": "Those of CL-2", "version": 2}, follow=True)
    assert "Those of CL-2" in answer.text
    assert claim.movements.count() == 2


def test_a_claim_is_closed_and_opened_again_with_a_reason(client, people, claim):
    client.force_login(people.owner)
    early = client.post(url("claim-close", claim), {"closed_on": "2026-09-01", "paid": "5", "version": 1})
    assert list(early.context["form"].errors) == ["closed_on"]
    page = client.post(
        url("claim-close", claim), {"closed_on": "2026-11-01", "paid": "4,900,000", "version": 1}, follow=True
    )
    assert "CL-1 is closed." in page.text
    again = client.post(url("claim-close", claim), {"closed_on": "2026-11-01", "paid": "5", "version": 2})
    assert "is closed already" in again.text
    assert list(client.post(url("claim-reopen", claim), {"version": 2}).context["form"].errors) == ["reason"]
    page = client.post(url("claim-reopen", claim), {"reason": "The customer appeals", "version": 2}, follow=True)
    assert "is open again" in page.text
    assert "The customer appeals" in page.text


# Experience


def test_experience_sets_claims_beside_premium_by_year_and_class(client, people, customer, claim):
    client.force_login(people.owner)
    answer = client.get(url("customer-experience", customer))
    [year] = answer.context["experience"].years
    assert (year.year, year.figures.claims, year.figures.incurred, year.figures.premium) == (
        2026,
        1,
        5_000_000,
        1_250_000,
    )
    assert "400%" in answer.text
    total = answer.context["experience"].total
    listed = client.get(answer.context["list_url"]).context["totals"]
    assert [(row.claims, row.outstanding, row.paid) for row in listed] == [
        (total.claims, total.outstanding, total.paid)
    ]
    for item in answer.context["years"]:
        assert len(references(client.get(item["url"]))) == item["year"].figures.claims
        for row, address in item["classes"]:
            assert len(references(client.get(address))) == row.figures.claims


def test_experience_reads_in_each_currency_and_together_in_the_brokerage_s(client, people, customer, claim):
    ExchangeRateFactory(currency="HKD", units_per_base=Decimal("8"))
    policy = PolicyFactory(customer=customer, currency="USD", premium=Decimal(1000))
    dollars = ClaimFactory(section=TermsFactory(section__policy=policy).section)
    ClaimMovementFactory(claim=dollars, outstanding=Decimal(100), paid=Decimal(50))
    client.force_login(people.owner)
    page = url("customer-experience", customer)
    alone = client.get(page, {"in": "USD"}).context["experience"].total
    assert (alone.claims, alone.incurred, alone.premium) == (1, 150, 1000)
    together = client.get(page).context["experience"].total
    assert (together.claims, together.incurred, together.premium) == (2, 5_000_000 + 1200, 1_250_000 + 8000)


def test_without_a_rate_a_currency_is_left_out_and_that_is_said(client, people, customer, claim):
    policy = PolicyFactory(customer=customer, currency="USD", premium=Decimal(1000))
    ClaimMovementFactory(claim=ClaimFactory(section=TermsFactory(section__policy=policy).section))
    client.force_login(people.owner)
    answer = client.get(url("customer-experience", customer))
    assert "There is no exchange rate for USD" in answer.text
    assert answer.context["experience"].total.claims == 1


def test_the_premium_of_a_package_is_not_given_to_one_of_its_classes(client, people, customer, section):
    liability = ClassOfBusiness.objects.get(code="PUBLIC_LIABILITY")
    TermsFactory(section=SectionFactory(policy=section.policy, class_of_business=liability))
    client.force_login(people.owner)
    answer = client.get(url("customer-experience", customer))
    [year] = answer.context["experience"].years
    assert {row.class_of_business.code: (row.is_shared, row.loss_ratio) for row in year.classes} == {
        "PROPERTY": (True, None),
        "PUBLIC_LIABILITY": (True, None),
    }
    assert year.figures.premium == 1_250_000
    assert "premium of a package not divided by class" in answer.text


def test_premium_that_is_not_known_gives_no_loss_ratio(client, people, customer, claim):
    PolicyFactory(customer=customer, premium=None)
    client.force_login(people.owner)
    total = client.get(url("customer-experience", customer)).context["experience"].total
    assert (total.premium, total.loss_ratio) == (None, None)


def test_experience_of_the_book_counts_only_what_a_user_sees(client, people, claim):
    for who, claims in {"owner": 1, "stranger": 0}.items():
        client.force_login(getattr(people, who))
        assert client.get(url("experience")).context["experience"].total.claims == claims
    client.force_login(people.owner)
    assert client.get(url("experience"), {"on": "2026-03-31"}).context["experience"].years == ()


def test_today_is_the_office_s_day():
    assert today() == TODAY
