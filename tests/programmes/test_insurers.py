"""Our business with insurers: customers, premium and limits with each as at a day, over what a user may see."""

import datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as st

from common.copying import copy_rows
from common.ids import uuid7
from market.models import ClassOfBusiness
from programmes.models import Participation, Policy, Section, Terms
from programmes.selectors.insurers import business_by_insurer, business_with, carried_policies
from programmes.selectors.towers import room_of
from programmes.selectors.versions import carried
from tests.factories import (
    TODAY,
    AuthorisationFactory,
    CustomerFactory,
    ExchangeRateFactory,
    InsurerFactory,
    InsurerGroupFactory,
    InsurerRatingFactory,
    ParticipationFactory,
    PolicyFactory,
    PortfolioFactory,
    PremiumPartFactory,
    SectionFactory,
    TermsFactory,
)

EVERYBODY = ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"]
ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def insurer(people):
    return InsurerFactory(name="Harbour Insurance Ltd", name_local="海港保險有限公司")


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Star Ferry Foods Ltd")


def policy_with(customer, insurer, share="1", **fields):
    """A policy of one section with a line of the insurer."""
    policy = PolicyFactory(customer=customer, **fields)
    ParticipationFactory(
        terms=TermsFactory(section=SectionFactory(policy=policy)), insurer=insurer, signed_share=Decimal(share)
    )
    return policy


def found(user, insurer, on=TODAY):
    rows = carried_policies(user, on=on, insurers=[insurer.pk])
    assert len(rows) <= 1
    return rows[0] if rows else None


# What counts


def test_premium_and_limit_are_the_policy_s_times_the_signed_line(people, insurer, customer):
    policy_with(customer, insurer, "0.25")
    row = found(people.owner, insurer)
    assert (row.premium, row.limits, row.currency) == (Decimal("312500.00"), Decimal("12500000.00"), "HKD")


def test_written_lines_count_only_without_a_signed_one_and_are_scaled_to_one(people, insurer, customer):
    terms = TermsFactory(section__policy=PolicyFactory(customer=customer))
    ParticipationFactory(terms=terms, insurer=insurer, signed_share=None, written_share=Decimal("0.9"))
    ParticipationFactory(terms=terms, signed_share=None, written_share=Decimal("0.9"))
    assert found(people.owner, insurer).premium == Decimal("625000.00")
    ParticipationFactory(terms=terms, signed_share=Decimal("0.5"))
    assert found(people.owner, insurer) is None


def test_premium_charged_to_a_section_is_its_own_and_the_rest_is_spread_evenly(people, insurer, customer):
    policy = PolicyFactory(customer=customer, premium=Decimal("1000"))
    sections = [SectionFactory(policy=policy) for _at in range(3)]
    for section in sections:
        TermsFactory(section=section)
    ParticipationFactory(terms=sections[0].versions.get(), insurer=insurer)
    assert found(people.owner, insurer).premium == Decimal("333.33")
    PremiumPartFactory(policy=policy, section=sections[0], amount=Decimal("500"))
    PremiumPartFactory(policy=policy, section=sections[0], kind="BROKERAGE", amount=Decimal("100"))
    PremiumPartFactory(policy=policy, section=sections[0], kind="LEVY", amount=Decimal("7"))
    assert found(people.owner, insurer).premium == Decimal("600.00")
    for section in sections[1:]:
        PremiumPartFactory(policy=policy, section=section, amount=Decimal("50"))
    assert found(people.owner, insurer).premium == Decimal("700.00")  # 600 and a third of the 300 left


def test_without_a_premium_of_the_policy_its_parts_make_it_and_without_those_it_is_unknown(people, insurer, customer):
    policy = policy_with(customer, insurer, premium=None)
    assert found(people.owner, insurer).premium is None
    assert business_with(people.owner, on=TODAY, insurers=[insurer.pk]).premium_unknown == 1
    PremiumPartFactory(policy=policy, amount=Decimal("900"))
    assert found(people.owner, insurer).premium == Decimal("900.00")


def test_only_policies_in_force_on_the_day_count_by_the_terms_of_that_day(people, insurer, customer):
    policy = policy_with(customer, insurer)
    section = policy.sections.get()
    Terms.objects.filter(section=section).update(last_day=datetime.date(2026, 9, 30))
    later = TermsFactory(section=section, first_day=datetime.date(2026, 10, 1), limit=Decimal("80000000"))
    ParticipationFactory(terms=later, insurer=insurer, signed_share=Decimal("0.5"))
    assert found(people.owner, insurer, datetime.date(2026, 3, 31)) is None
    assert found(people.owner, insurer, datetime.date(2026, 9, 30)).limits == Decimal("50000000.00")
    assert found(people.owner, insurer, datetime.date(2026, 10, 1)).limits == Decimal("40000000.00")
    assert found(people.owner, insurer, datetime.date(2027, 3, 31)) is not None
    assert found(people.owner, insurer, datetime.date(2027, 4, 1)) is None
    Policy.objects.update(cancelled_from=TODAY)
    assert found(people.owner, insurer, TODAY) is None
    assert found(people.owner, insurer, TODAY - ONE_DAY) is not None
    Policy.objects.update(cancelled_from=None, bound_on=None)
    assert found(people.owner, insurer, TODAY) is None


def test_a_lineslip_is_no_business_itself(people, insurer, customer):
    policy_with(customer, insurer, kind="LINESLIP")
    assert found(people.owner, insurer) is None


def test_a_contract_without_expiry_counts_until_it_is_cancelled(people, insurer, customer):
    policy_with(customer, insurer, kind="OPEN_COVER", expiry_date=None, review_date=datetime.date(2027, 4, 1))
    assert found(people.owner, insurer, datetime.date(2031, 1, 1)) is not None


def test_unlimited_unknown_and_benefits_are_counted_beside_the_sum_of_limits(people, insurer, customer):
    medical = ClassOfBusiness.objects.get(code="GROUP_MEDICAL")
    for fields in ({"unlimited": True, "limit": None}, {"limit": None}, {"limit": Decimal("10")}):
        section = SectionFactory(policy=PolicyFactory(customer=customer))
        ParticipationFactory(terms=TermsFactory(section=section, **fields), insurer=insurer)
    benefits = SectionFactory(policy=PolicyFactory(customer=customer), class_of_business=medical)
    ParticipationFactory(terms=TermsFactory(section=benefits), insurer=insurer)
    business = business_with(people.owner, on=TODAY, insurers=[insurer.pk])
    assert (business.policies, business.unlimited, business.limit_unknown) == (4, 1, 1)
    assert business.limits == Decimal("10.00")


# Against plain Python

SHARES = st.one_of(st.none(), st.decimals(min_value=Decimal("0.000001"), max_value=1, places=6))
AMOUNTS = st.decimals(min_value=1, max_value=10**9, places=2)
SECTIONS = st.lists(
    st.fixed_dictionaries(
        {
            "limit": st.one_of(st.none(), AMOUNTS),
            "aggregate": st.one_of(st.none(), AMOUNTS),
            "sum_insured": st.one_of(st.none(), AMOUNTS),
            "units": st.one_of(st.none(), st.integers(min_value=1, max_value=50)),
            "charged": st.one_of(st.none(), AMOUNTS),
            "lines": st.lists(st.tuples(SHARES, SHARES).filter(any), min_size=0, max_size=3),
        }
    ),
    min_size=1,
    max_size=4,
)


def half_up(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@trial(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sections=SECTIONS, premium=st.one_of(st.none(), AMOUNTS))
def test_sql_says_what_the_rules_say_of_any_policy(people, sections, premium):
    with transaction.atomic():
        insurers = [InsurerFactory() for _at in range(3)]
        policy = PolicyFactory(customer=CustomerFactory(portfolio=people.portfolio), premium=premium)
        made = []
        for each in sections:
            section = SectionFactory(policy=policy)
            terms = TermsFactory(
                section=section,
                limit=each["limit"],
                aggregate_limit=each["aggregate"],
                sum_insured=each["sum_insured"],
                limit_basis="PER_UNIT" if each["units"] else "ANY_ONE_LOSS",
                units=each["units"],
            )
            if each["charged"]:
                PremiumPartFactory(policy=policy, section=section, amount=each["charged"])
            lines = [
                ParticipationFactory(terms=terms, insurer=insurer, signed_share=signed, written_share=written)
                for insurer, (signed, written) in zip(insurers, each["lines"], strict=False)
            ]
            made.append((terms, lines, each["charged"]))
        expected = by_the_rules(premium, made)
        rows = {row.insurer_id: (row.premium, row.limits) for row in carried_policies(people.owner, on=TODAY)}
        assert rows == expected
        if premium is not None and expected:
            placed = sum(row[0] for row in rows.values())
            whole = max(premium, sum((each["charged"] or 0 for each in sections), Decimal(0)))
            most = max(sum(share for _line, share in carried(lines)) for _terms, lines, _charged in made)
            assert placed <= whole * max(most, 1) + Decimal("0.02")
        transaction.set_rollback(True)


def by_the_rules(premium, made):
    charged = [own for _terms, _lines, own in made]
    known = premium if premium is not None else sum(own for own in charged if own) if any(charged) else None
    left = None if known is None else max(known - sum((own for own in charged if own), Decimal(0)), Decimal(0))
    bare = sum(1 for own in charged if not own)
    sums = {}
    for terms, lines, own in made:
        if left is None:
            its = None
        elif own:
            its = own + (left / len(made) if not bare else 0)
        else:
            its = left / bare
        for line, share in carried(lines):
            premium_so_far, limits = sums.get(line.insurer_id, (None, Decimal(0)))
            if its is not None:
                premium_so_far = (premium_so_far or Decimal(0)) + its * share
            sums[line.insurer_id] = (premium_so_far, limits + (room_of(terms) or 0) * share)
    return {pk: (None if amount is None else half_up(amount), half_up(limits)) for pk, (amount, limits) in sums.items()}


# Currencies and sums


def test_currencies_are_summed_apart_and_together_in_the_house_s(people, insurer, customer):
    ExchangeRateFactory(currency="HKD", units_per_base=Decimal("7.8"))
    ExchangeRateFactory(currency="JPY", units_per_base=Decimal("156"))
    policy_with(customer, insurer, premium=Decimal("1000"))
    policy_with(customer, insurer, "0.5", premium=Decimal("2001"), currency="JPY")
    business = business_with(people.owner, on=TODAY, insurers=[insurer.pk])
    assert {row.currency: (row.premium, row.premium_in_house) for row in business.by_currency} == {
        "HKD": (Decimal("1000.00"), Decimal("1000.00")),
        "JPY": (Decimal("1001"), Decimal("50.05")),
    }
    assert business.premium == Decimal("1050.05")
    assert (business.customers, business.policies) == (1, 2)


def test_without_a_rate_the_total_is_unknown_and_says_which_is_missing(client, people, insurer, customer):
    ExchangeRateFactory(currency="HKD")
    policy_with(customer, insurer, currency="SGD")
    business = business_with(people.owner, on=TODAY, insurers=[insurer.pk])
    assert business.premium is None
    assert business.without_rate == ["SGD"]
    client.force_login(people.owner)
    page = client.get(reverse("programmes:insurer-business", args=[insurer.pk])).text
    assert "no exchange rate for SGD" in page
    assert client.get(reverse("programmes:insurers")).status_code == 200


def test_totals_tie_to_the_rows_of_customers_and_policies(client, people, insurer):
    for at in range(7):
        own = CustomerFactory(portfolio=people.portfolio)
        for _policy in range(at % 3 + 1):
            policy_with(own, insurer, "0.333333", premium=Decimal(1000 + at))
    client.force_login(people.owner)
    url = reverse("programmes:insurer-business", args=[insurer.pk])
    by_customer, by_policy = client.get(url).context, client.get(url, {"by": "policies"}).context
    total = by_customer["business"].premium
    assert sum(each.premium for _customer, each in by_customer["rows"]) == total
    assert sum(row["carried"].premium for row in by_policy["rows"]) == total
    assert by_customer["business"].customers == len(by_customer["rows"]) == 7
    assert by_customer["business"].policies == len(by_policy["rows"]) == 13


# Who sees what


def test_only_customers_that_a_user_may_see_are_counted_and_listed(client, people, insurer, customer):
    policy_with(customer, insurer)
    theirs = CustomerFactory(portfolio=PortfolioFactory(manager=people.stranger, team=people.stranger.team))
    policy_with(theirs, insurer)
    seen = {"owner": 1, "colleague": 1, "supervisor": 1, "stranger": 1, "compliance": 2, "administrator": 2}
    for who in EVERYBODY:
        client.force_login(getattr(people, who))
        page = client.get(reverse("programmes:insurer-business", args=[insurer.pk]))
        assert page.context["business"].customers == seen[who], who
        assert (customer.name in page.text) == (who != "stranger"), who
        assert (theirs.name in page.text) == (who in {"stranger", "compliance", "administrator"}), who
        listed = client.get(reverse("programmes:insurers"))
        assert [row[2].customers for row in listed.context["rows"]] == [seen[who]], who


def test_who_sees_no_customers_sees_no_business(people, insurer, customer):
    policy_with(customer, insurer)
    people.owner.is_active = False
    people.owner.__dict__.pop("reach", None)
    assert carried_policies(people.owner, on=TODAY) == []


# The list


def names(answer):
    return [row.name for row, _security, _business in answer.context["rows"]]


def test_the_list_is_narrowed_by_rating_and_the_unrated_are_not_at_least_anything(client, people):
    InsurerFactory(name="Unrated")
    for name, agency, letters in [("Strong", "SP", "AA"), ("Level", "MOODYS", "A3"), ("Weak", "AM_BEST", "B++")]:
        InsurerRatingFactory(insurer=InsurerFactory(name=name), agency=agency, letters=letters)
    client.force_login(people.owner)
    url = reverse("programmes:insurers")
    assert names(client.get(url, {"rated": "7"})) == ["Level", "Strong"]
    assert names(client.get(url, {"rated": "4"})) == ["Strong"]
    assert names(client.get(url, {"rated": "13"})) == ["Level", "Strong", "Weak"]
    assert names(client.get(url, {"sort": "rating"})) == ["Strong", "Level", "Weak", "Unrated"]


def test_the_list_is_narrowed_by_what_an_insurer_may_carry_where(client, people):
    cyber = ClassOfBusiness.objects.get(code="CYBER")
    AuthorisationFactory(insurer=InsurerFactory(name="Everything in HK"))
    AuthorisationFactory(insurer=InsurerFactory(name="Cyber in HK"), class_of_business=cyber)
    AuthorisationFactory(insurer=InsurerFactory(name="Cyber in SG"), class_of_business=cyber, territory="SG")
    AuthorisationFactory(insurer=InsurerFactory(name="Lapsed"), valid_to=datetime.date(2020, 1, 1))
    client.force_login(people.owner)
    url = reverse("programmes:insurers")
    assert names(client.get(url, {"authorised_in": "HK"})) == ["Cyber in HK", "Everything in HK"]
    assert names(client.get(url, {"authorised_in": "HK", "authorised_for": "PROPERTY"})) == ["Everything in HK"]
    assert names(client.get(url, {"authorised_for": "CYBER"})) == ["Cyber in HK", "Cyber in SG", "Everything in HK"]


def test_the_list_sorts_by_our_business(client, people, insurer, customer):
    ExchangeRateFactory()
    small = InsurerFactory(name="Small")
    policy_with(customer, insurer, premium=Decimal("9000"))
    policy_with(customer, small, premium=Decimal("100"))
    policy_with(CustomerFactory(portfolio=people.portfolio), small, premium=Decimal("100"))
    InsurerFactory(name="None of it")
    client.force_login(people.owner)
    url = reverse("programmes:insurers")
    assert names(client.get(url, {"sort": "-premium"}))[:2] == ["Harbour Insurance Ltd", "Small"]
    assert names(client.get(url, {"sort": "-customers"}))[0] == "Small"
    assert names(client.get(url, {"sort": "premium"}))[0] == "None of it"


def test_the_count_of_policies_opens_the_rows_behind_it(client, people, insurer, customer):
    policy = policy_with(customer, insurer)
    policy_with(customer, InsurerFactory())
    client.force_login(people.owner)
    page = client.get(reverse("programmes:insurer-business", args=[insurer.pk]))
    assert page.context["rows_url"].replace("&", "&amp;") in page.text
    rows = client.get(page.context["rows_url"]).context["page"]
    assert [row.pk for row in rows] == [policy.pk]


def test_an_insurer_without_business_says_so(client, people, insurer):
    client.force_login(people.owner)
    assert "No business with it" in client.get(reverse("programmes:insurer-business", args=[insurer.pk])).text


def test_the_day_is_asked_for_in_the_address(client, people, insurer, customer):
    policy_with(customer, insurer)
    client.force_login(people.owner)
    url = reverse("programmes:insurer-business", args=[insurer.pk])
    assert client.get(url, {"on": "2026-03-31"}).context["business"].policies == 0
    assert client.get(url, {"on": "2026-04-01"}).context["business"].policies == 1
    assert client.get(url, {"on": "nonsense"}).context["is_today"]


# Groups


def test_a_group_counts_a_customer_of_two_of_its_insurers_once(client, people, customer):
    ExchangeRateFactory()
    group = InsurerGroupFactory(name="Asia Pacific Group")
    one, other = InsurerFactory(group=group), InsurerFactory(group=group, name="Zenith")
    policy_with(customer, one, premium=Decimal("100"))
    policy_with(customer, other, premium=Decimal("200"))
    client.force_login(people.owner)
    page = client.get(reverse("programmes:insurer-group", args=[group.pk]))
    assert (page.context["business"].customers, page.context["business"].policies) == (1, 2)
    assert page.context["business"].premium == Decimal("300.00")
    assert [each.premium for _insurer, _security, each in page.context["members"]] == [100, 200]
    listed = client.get(reverse("programmes:insurer-groups"))
    assert [(row[0].name, row[2].premium) for row in listed.context["rows"]] == [("Asia Pacific Group", 300)]
    by_policy = client.get(reverse("programmes:insurer-group", args=[group.pk]), {"by": "policies"})
    assert "Zenith" in by_policy.text


def test_an_empty_group_and_no_group_at_all_say_so(client, people):
    client.force_login(people.owner)
    assert "No groups yet" in client.get(reverse("programmes:insurer-groups")).text
    group = InsurerGroupFactory()
    assert "No insurer is in this group" in client.get(reverse("programmes:insurer-group", args=[group.pk])).text


# Many rows


@pytest.mark.parametrize("rows", [2, 25])
def test_the_pages_cost_the_same_whatever_the_rows(client, people, rows, django_assert_num_queries):
    ExchangeRateFactory()
    group = InsurerGroupFactory()
    first = InsurerFactory(group=group)
    for _at in range(rows):
        other = InsurerFactory(group=group)
        InsurerRatingFactory(insurer=other)
        own = CustomerFactory(portfolio=people.portfolio)
        policy_with(own, first, "0.5")
        policy_with(own, other, "0.5", currency="USD")
    client.force_login(people.owner)
    for url, count in [
        (reverse("programmes:insurers"), 11),
        (reverse("programmes:insurer-business", args=[first.pk]), 6),
        (reverse("programmes:insurer-business", args=[first.pk]) + "?by=policies", 7),
        (reverse("programmes:insurer-groups"), 7),
        (reverse("programmes:insurer-group", args=[group.pk]), 9),
    ]:
        with django_assert_num_queries(count):
            client.get(url)


def test_tens_of_thousands_of_lines_are_summed_in_a_statement(people, django_assert_num_queries):
    """10,000 policies with three lines each; how long it takes is in docs/performance.md."""
    customers = [CustomerFactory(portfolio=people.portfolio) for _at in range(20)]
    insurers = [InsurerFactory() for _at in range(30)]
    classes = ClassOfBusiness.objects.get(code="PROPERTY")
    keys = [(uuid7(), uuid7(), uuid7(), customers[at % 20]) for at in range(10_000)]
    with transaction.atomic():
        copy_rows(
            Policy,
            [
                "id",
                "customer_id",
                "number",
                "class_of_business_id",
                "premium",
                "bound_on",
                "inception_date",
                "expiry_date",
            ],
            (
                (policy, own.pk, f"P{at}", classes.pk, "1000.00", "2026-01-01", "2026-01-01", "2026-12-31")
                for at, (policy, _section, _terms, own) in enumerate(keys)
            ),
        )
        copy_rows(
            Section,
            ["id", "customer_id", "policy_id", "reference", "class_of_business_id", "not_in_sums"],
            ((section, own.pk, policy, "1", classes.pk, "{}") for policy, section, _terms, own in keys),
        )
        copy_rows(
            Terms,
            [
                "id",
                "customer_id",
                "section_id",
                "first_day",
                "limit",
                "insured_kinds",
                "territory",
                "territory_excluded",
            ],
            (
                (terms, own.pk, section, "2026-01-01", "1000000.00", "{}", "{}", "{}")
                for _p, section, terms, own in keys
            ),
        )
        copy_rows(
            Participation,
            ["customer_id", "terms_id", "insurer_id", "signed_share"],
            (
                (own.pk, terms, insurers[(at + line) % 30].pk, "0.300000")
                for at, (_policy, _section, terms, own) in enumerate(keys)
                for line in range(3)
            ),
        )
    with django_assert_num_queries(1):  # all of it in the house's currency, so no rates are asked for
        found_rows = business_by_insurer(people.compliance, on=TODAY)
    assert sum(len(each.rows) for each in found_rows.values()) == 30_000
    assert sum(each.premium for each in found_rows.values()) == Decimal("9000000.00")
