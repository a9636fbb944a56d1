"""What a programme costs: every sum ties, whoever carries it and whatever rounding leaves over."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.money import minor_units, round_money
from market.models import Insurer
from programmes.models import Policy, PremiumKind, PremiumPart
from programmes.selectors.premium_split import (
    ELSEWHERE,
    NOT_PLACED,
    NOT_RECORDED,
    NOT_SPLIT,
    UNNAMED,
    Carrier,
    PolicyPremium,
    Rates,
    allotted,
    by_carrier,
    by_insurer,
    by_part,
    carriers,
    tied,
)
from tests.factories import InsurerFactory, ParticipationFactory, PolicyFactory, SectionFactory, TermsFactory

D = Decimal
RATES = Rates({"USD": D(1), "HKD": D("7.8"), "JPY": D("151.37")}, "HKD")
cents = st.integers(-(10**13), 10**13).map(lambda number: D(number) / 100)
shares = st.lists(st.integers(1, 10**6).map(lambda number: D(number) / 10**6), min_size=1, max_size=8)


def named(number):
    return Carrier(Insurer(name=f"Insurer {number}"))


def premium_of(amount, *parts, currency="HKD"):
    """A policy's premium; parts as (kind, amount, section)."""
    policy = Policy(currency=currency, premium=amount)
    rows = [PremiumPart(kind=kind, amount=D(figure), section_id=section) for kind, figure, section in parts]
    return PolicyPremium.of(policy, rows)


@given(cents, shares, st.sampled_from(["HKD", "JPY"]))
def test_an_amount_shared_out_sums_to_itself(total, parts, currency):
    total = round_money(total, currency)
    found = allotted(total, [(named(at), share) for at, share in enumerate(parts)], currency)
    assert sum(found.values()) == total
    assert len(found) == len(parts)


@given(cents, shares)
def test_each_share_is_its_part_of_the_amount_but_for_what_rounding_leaves(total, parts):
    found = allotted(total, [(named(at), share) for at, share in enumerate(parts)], "HKD")
    slack = D("0.005") * (len(parts) + 1)
    for share, amount in zip(parts, found.values(), strict=True):
        assert abs(amount - total * share / sum(parts)) <= slack


@given(st.lists(cents, max_size=8), st.sampled_from(["HKD", "JPY"]))
def test_rounded_amounts_sum_to_the_rounded_sum(exact, currency):
    total = round_money(sum(exact, D(0)), currency)
    found = tied(exact, total, currency)
    assert sum(found, D(0)) == (total if exact else 0)
    assert all(amount == amount.quantize(D(1).scaleb(-minor_units(currency))) for amount in found)


@given(st.lists(cents, min_size=1, max_size=8), st.sampled_from(["HKD", "USD", "JPY"]))
def test_amounts_brought_to_the_brokerages_currency_sum_to_their_sum_brought(amounts, currency):
    amounts = [round_money(amount, currency) for amount in amounts]
    assert sum(RATES.brought(amounts, currency)) == RATES.brought([sum(amounts)], currency)[0]


def test_without_a_rate_nothing_is_brought():
    assert RATES.lacks("SGD")
    assert RATES.brought([D(1)], "SGD") is None
    assert Rates({}, "HKD").brought([D(5)], "HKD") == [D(5)]


def test_net_and_brokerage_make_the_premium_and_the_rest_is_charged_beside_it():
    found = premium_of(D(1), ("NET", 850, None), ("BROKERAGE", 150, None), ("LEVY", 1, None), ("FEE", 20, None))
    assert (found.premium, found.charges, found.payable) == (1000, 21, 1021)


def test_without_parts_the_policys_premium_stands():
    assert premium_of(D(1000)).premium == 1000
    assert premium_of(D(1000), ("LEVY", 1, None)).payable == 1001
    assert premium_of(None).payable is None


def test_a_return_takes_away():
    found = premium_of(D(0), ("NET", 850, None), ("NET", -50, None))
    assert found.part(PremiumKind.NET) == 800


def row(sums, words):
    return next(each for each in sums.rows if str(each.words) == words)


@given(st.lists(st.tuples(cents, cents, cents, st.sampled_from(["HKD", "USD", "JPY"]), st.booleans()), max_size=6))
def test_parts_sum_to_the_premium_and_to_what_is_payable_in_every_column(policies):
    premiums = []
    for net, brokerage, levy, currency, is_in_parts in policies:
        figures = [round_money(each, currency) for each in (net, brokerage, levy)]
        parts = [("NET", figures[0], None), ("BROKERAGE", figures[1], None), ("LEVY", figures[2], None)]
        premiums.append(premium_of(abs(figures[0]), *(parts if is_in_parts else []), currency=currency))
    sums = by_part(premiums, RATES)
    if not premiums:
        assert sums.rows == ()
        return
    first_sum = next(at for at, each in enumerate(sums.rows) if each.is_sum)
    premium = sums.rows[first_sum]
    for code in sums.currencies:
        assert sum(each.amounts[code] for each in sums.rows[:first_sum]) == premium.amounts[code]
        assert premium.amounts[code] == sum(each.premium for each in premiums if each.policy.currency == code)
        if len(sums.rows) > first_sum + 1:
            rest = [each.amounts[code] for each in sums.rows[first_sum:-1]]
            assert sum(rest) == sums.rows[-1].amounts[code]
    assert sum(each.in_house for each in sums.rows[:first_sum]) == premium.in_house
    whole = [RATES.brought([premium.amounts[code]], code)[0] for code in sums.currencies]
    assert premium.in_house == sum(whole)


def test_a_missing_rate_leaves_the_sum_unknown_and_the_column_whole():
    sums = by_part([premium_of(D(10)), premium_of(D(7), currency="SGD")], RATES)
    assert row(sums, "Premium").in_house is None
    assert row(sums, "Premium").amounts == {"HKD": 10, "SGD": 7}


def section(policy, *lines, **terms):
    """Terms of a new section of the policy; lines as (insurer, signed share)."""
    made = TermsFactory(section=SectionFactory(policy=policy), **terms)
    for insurer, share in lines:
        ParticipationFactory(terms=made, insurer=insurer, signed_share=D(share))
    return made


def split(policy, *terms, parts=()):
    rows = [PremiumPart(kind=kind, amount=D(amount), section_id=of) for kind, amount, of in parts]
    return by_carrier(PolicyPremium.of(policy, rows), {each.section_id: each for each in terms})


@pytest.mark.django_db
class TestByCarrier:
    def test_a_policy_goes_to_its_insurers_by_their_signed_lines(self):
        policy, axa, zurich = PolicyFactory(premium=D("100.01")), InsurerFactory(), InsurerFactory()
        terms = section(policy, (axa, "0.6"), (zurich, "0.4"))
        assert split(policy, terms) == {Carrier(axa): D("60.01"), Carrier(zurich): D("40.00")}

    def test_what_nobody_signed_is_not_placed(self):
        policy, axa = PolicyFactory(premium=D(100)), InsurerFactory()
        assert split(policy, section(policy, (axa, "0.85"))) == {Carrier(axa): 85, NOT_PLACED: 15}

    def test_written_lines_are_scaled_to_the_whole(self):
        policy, axa, zurich = PolicyFactory(premium=D(100)), InsurerFactory(), InsurerFactory()
        terms = section(policy)
        ParticipationFactory(terms=terms, insurer=axa, signed_share=None, written_share=D("0.9"))
        ParticipationFactory(terms=terms, insurer=zurich, signed_share=None, written_share=D("0.6"))
        assert split(policy, terms) == {Carrier(axa): 60, Carrier(zurich): 40}

    def test_signed_lines_above_the_whole_share_the_premium_there_is(self):
        policy, axa, zurich = PolicyFactory(premium=D(110)), InsurerFactory(), InsurerFactory()
        assert sum(split(policy, section(policy, (axa, "0.6"), (zurich, "0.5"))).values()) == 110

    def test_what_is_placed_elsewhere_and_without_a_name_is_said(self):
        policy = PolicyFactory(premium=D(100))
        terms = section(policy, (None, "0.3"), placed_elsewhere_share=D("0.5"))
        assert split(policy, terms) == {UNNAMED: 30, ELSEWHERE: 50, NOT_PLACED: 20}
        assert split(policy, section(policy, placed_share=D("0.4"))) == {UNNAMED: 40, NOT_PLACED: 60}

    def test_nothing_recorded_is_said(self):
        policy = PolicyFactory(premium=D(100))
        assert split(policy) == {NOT_RECORDED: 100}
        assert split(policy, section(policy)) == {NOT_RECORDED: 100}
        assert carriers(None) == [(NOT_RECORDED, 1)]

    def test_a_package_of_one_insurer_is_that_insurers(self):
        policy, axa = PolicyFactory(premium=D(100)), InsurerFactory()
        assert split(policy, section(policy, (axa, "1")), section(policy, (axa, "1"))) == {Carrier(axa): 100}

    def test_a_package_of_several_is_not_split_without_premiums_of_its_sections(self):
        policy, axa, zurich = PolicyFactory(premium=D(100)), InsurerFactory(), InsurerFactory()
        sections = section(policy, (axa, "1")), section(policy, (zurich, "1"))
        assert split(policy, *sections) == {NOT_SPLIT: 100}

    def test_a_package_goes_by_the_premiums_of_its_sections(self):
        policy, axa, zurich = PolicyFactory(), InsurerFactory(), InsurerFactory()
        one, two = section(policy, (axa, "1")), section(policy, (zurich, "0.5"))
        parts = [("NET", 70, one.section_id), ("NET", 20, two.section_id), ("NET", 10, None), ("LEVY", 5, None)]
        assert split(policy, one, two, parts=parts) == {
            Carrier(axa): 70,
            Carrier(zurich): 10,
            NOT_PLACED: 10,
            NOT_SPLIT: 10,
        }

    def test_a_section_that_has_ended_keeps_its_premium(self):
        policy, axa = PolicyFactory(), InsurerFactory()
        ended = SectionFactory(policy=policy)
        terms = section(policy, (axa, "1"))
        parts = [("NET", 70, terms.section_id), ("NET", 30, ended.pk)]
        assert split(policy, terms, parts=parts) == {Carrier(axa): 70, NOT_RECORDED: 30}

    def test_by_insurer_the_largest_comes_first_and_what_has_no_name_last(self):
        small, large = InsurerFactory(), InsurerFactory()
        first, second = PolicyFactory(premium=D(100)), PolicyFactory(premium=D(100), currency="USD")
        terms = [section(first, (small, "0.9")), section(second, (large, "1"))]
        premiums = [PolicyPremium.of(policy, []) for policy in (first, second)]
        sums = by_insurer(premiums, {each.section.policy_id: {each.section_id: each} for each in terms}, RATES)
        assert [each.words for each in sums.rows] == [large.name, small.name, "Not placed", "Premium"]
        assert [each.in_house for each in sums.rows] == [780, 90, 10, 880]
        assert sums.rows[-1].in_house == row(by_part(premiums, RATES), "Premium").in_house
        assert sum(each.share for each in sums.rows[:-1]) == pytest.approx(1)
