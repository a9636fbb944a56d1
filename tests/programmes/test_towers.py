"""The towers of a customer: which layers are in them, where each starts, who carries it, and what cannot be drawn."""

import datetime
from decimal import Decimal

import pytest

from common.ui.charts.tower import gaps
from market.models import ClassOfBusiness, Insurer
from programmes.models import Terms
from programmes.selectors.towers import tower_of, towers_of
from tests.factories import (
    TODAY,
    CustomerFactory,
    InsurerFactory,
    ParticipationFactory,
    PolicyFactory,
    SectionFactory,
    TermsFactory,
)

D = Decimal
MILLION = D(1_000_000)


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio)


def insurer_named(name):
    return Insurer.objects.filter(name=name).first() or InsurerFactory(name=name)


def layer(customer, limit, attachment=0, *shares, policy=None, **more):
    """Terms of a new policy, in millions; shares as "AXA 60"."""
    policy = policy or PolicyFactory(customer=customer, **{key: more.pop(key) for key in ("currency",) if key in more})
    terms = TermsFactory(
        section__policy=policy,
        limit=None if limit is None else limit * MILLION,
        attachment_point=attachment * MILLION,
        **({"deductible_amount": None} | more),
    )
    for share in shares:
        name, line = share.rsplit(" ", 1)
        ParticipationFactory(terms=terms, insurer=insurer_named(name), signed_share=D(line) / 100)
    return terms


def only_tower(customer):
    [found] = towers_of(customer, on=TODAY)
    return found


def bands(found):
    return [(each.attachment / MILLION, each.end and each.end / MILLION) for each in found.tower.in_order]


def test_the_tower_runs_over_all_policies_of_class_and_currency(customer):
    layer(customer, 50, 0, "AXA 100", deductible_amount=MILLION / 10)
    layer(customer, 50, 50, "Zurich 100")
    found = only_tower(customer)
    assert bands(found) == [(0, D("50.1")), (D("50.1"), D("100.1"))]
    assert gaps(found.tower) == []
    assert [each.label for each in found.tower.in_order] == ["Primary 50m", "50m xs 50m"]
    assert [remark.words for remark in found.remarks] == ["Fully placed"]


def test_an_attachment_from_the_ground_up_does_not_stand_on_the_deductible(customer):
    layer(customer, 50, 0, "AXA 100", deductible_amount=MILLION / 10)
    layer(customer, 50, 50, "Zurich 100", attachment_basis="GROUND_UP")
    assert bands(only_tower(customer))[1] == (50, 100)


def test_an_excess_layer_adds_its_own_deductible(customer):
    layer(customer, 50, 0, "AXA 100", deductible_amount=MILLION / 10)
    layer(customer, 50, 50, "Zurich 100", deductible_amount=MILLION)
    assert bands(only_tower(customer))[1] == (51, 101)


def test_an_excess_stands_on_the_least_deductible_of_several_primaries(customer):
    layer(customer, 50, 0, "AXA 50", deductible_amount=MILLION / 2)
    layer(customer, 50, 0, "Chubb 50", deductible_amount=MILLION / 10)
    layer(customer, 50, 50, "Zurich 100")
    assert bands(only_tower(customer))[2][0] == D("50.1")


def test_a_gap_between_layers_is_remarked(customer):
    layer(customer, 10, 0, "AXA 100")
    layer(customer, 20, 15, "Zurich 100")
    assert [(remark.tone, remark.words) for remark in only_tower(customer).remarks] == [("bad", "Gap of 5m")]


def test_what_is_not_placed_is_remarked_and_left_open(customer):
    layer(customer, 50, 0, "AXA 60", "Zurich 25")
    found = only_tower(customer)
    assert found.tower.layers[0].placed == D("0.85")
    assert [remark.words for remark in found.remarks] == ["Open 15%"]


def test_an_over_placed_layer_is_warned_of(customer):
    layer(customer, 50, 0, "AXA 80", "Zurich 30")
    found = only_tower(customer)
    assert [(remark.tone, remark.words) for remark in found.remarks] == [("warn", "Placed 110%")]
    assert "is placed 110%" in found.overplaced[0]


def test_what_is_placed_elsewhere_and_what_has_no_name_are_told_apart(customer):
    terms = layer(customer, 50, 0, placed_elsewhere_share=D("0.7"))
    ParticipationFactory(terms=terms, insurer=None, signed_share=D("0.3"))
    shares = only_tower(customer).tower.layers[0].shares
    assert [(part.insurer, part.share) for part in shares] == [
        ("insurer not named", D("0.3")),
        ("placed elsewhere", D("0.7")),
    ]


def test_a_placed_share_without_lines_is_shown_as_such(customer):
    layer(customer, 50, 0, placed_share=D("0.3"))
    [part] = only_tower(customer).tower.layers[0].shares
    assert (part.insurer, part.share) == ("insurers not named", D("0.3"))


def test_without_lines_the_insurers_are_not_recorded(customer):
    layer(customer, 50)
    assert [remark.words for remark in only_tower(customer).remarks] == ["Insurers not recorded"]


def test_signed_lines_count_before_written_ones(customer):
    terms = layer(customer, 50, 0, "AXA 60")
    ParticipationFactory(terms=terms, signed_share=None, written_share=D("0.5"))
    assert only_tower(customer).tower.layers[0].placed == D("0.6")


def test_written_lines_are_scaled_to_the_whole_while_none_is_signed(customer):
    terms = layer(customer, 50)
    for share in ("0.9", "0.6"):
        ParticipationFactory(terms=terms, signed_share=None, written_share=D(share))
    assert [part.share for part in only_tower(customer).tower.layers[0].ranked_shares] == [D("0.6"), D("0.4")]


def test_a_section_whose_limit_is_not_known_is_said_and_not_drawn(customer):
    terms = layer(customer, None, 50, "AXA 100")
    found = only_tower(customer)
    assert found.tower.layers == ()
    assert [row.section for row in found.undrawn] == [terms.section]


def test_an_unlimited_layer_has_no_end(customer):
    layer(customer, None, 0, "AXA 100", unlimited=True)
    found = only_tower(customer)
    assert bands(found) == [(0, None)]
    assert found.is_unlimited
    assert found.top is None


@pytest.mark.parametrize(
    ("more", "room"),
    [
        ({"sum_insured": 48 * MILLION}, 48),
        ({"sum_insured": D(0)}, 50),
        ({"aggregate_limit": 20 * MILLION}, 20),
        ({"limit_basis": "PER_UNIT", "units": 3}, 150),
    ],
)
def test_the_room_is_the_least_of_what_is_given(customer, more, room):
    layer(customer, 50, 0, "AXA 100", **more)
    assert bands(only_tower(customer)) == [(0, room)]


def test_a_deductible_as_a_share_of_the_sum_insured_is_drawn_within_its_bounds(customer):
    layer(
        customer,
        50,
        0,
        "AXA 100",
        sum_insured=50 * MILLION,
        deductible_percent=D("0.02"),
        deductible_percent_of="SUM_INSURED",
        deductible_max=MILLION / 2,
    )
    assert only_tower(customer).tower.layers[0].deductible == MILLION / 2


def test_a_deductible_as_a_share_of_the_loss_is_said_and_not_drawn(customer):
    layer(customer, 50, 0, "AXA 100", deductible_percent=D("0.02"), deductible_percent_of="LOSS")
    found = only_tower(customer)
    assert found.tower.layers[0].deductible is None
    assert found.notes == ("Primary 50m: deductible 2% of the loss (not drawn).",)


def test_each_day_has_the_layers_of_that_day(customer):
    terms = layer(customer, 50, 0, "AXA 100")
    october = datetime.date(2026, 10, 1)
    Terms.objects.filter(pk=terms.pk).update(last_day=october - datetime.timedelta(days=1))
    TermsFactory(section=terms.section, first_day=october, limit=70 * MILLION, deductible_amount=None)
    [before] = towers_of(customer, on=october - datetime.timedelta(days=1))
    [after] = towers_of(customer, on=october)
    assert (before.top, after.top) == (50 * MILLION, 70 * MILLION)


@pytest.mark.parametrize(
    "fields",
    [
        {"bound_on": None},
        {"cancelled_from": TODAY},
        {"inception_date": datetime.date(2027, 1, 1)},
        {"expiry_date": datetime.date(2026, 11, 22)},
    ],
)
def test_a_policy_not_in_force_is_in_no_tower_and_on_its_own_page_only_while_not_bound(customer, fields):
    policy = PolicyFactory(customer=customer, **fields)
    TermsFactory(section__policy=policy, first_day=datetime.date(2026, 4, 1))
    assert towers_of(customer, on=TODAY) == []
    layers = tower_of(customer, policy.class_of_business, "HKD", on=TODAY, showing=policy).tower.layers
    labels = [] if policy.bound_on else ["Primary 50m, not bound"]
    assert [shown.label for shown in layers if shown.is_marked] == labels


def test_what_is_not_bound_is_not_drawn_on_a_day_that_it_would_not_cover(customer):
    policy = PolicyFactory(customer=customer, bound_on=None)
    TermsFactory(section__policy=policy)
    after = policy.expiry_date + datetime.timedelta(days=1)
    assert not tower_of(customer, policy.class_of_business, "HKD", on=after, showing=policy).tower.layers


def test_a_policys_page_marks_its_own_layers_among_the_others(customer):
    layer(customer, 50, 0, "AXA 100")
    own = layer(customer, 50, 50, "Zurich 100")
    policy = own.section.policy
    found = tower_of(customer, policy.class_of_business, "HKD", on=TODAY, showing=policy)
    assert [each.is_marked for each in found.tower.in_order] == [False, True]


def test_classes_and_currencies_have_towers_of_their_own(customer):
    layer(customer, 50, 0, "AXA 100")
    layer(customer, 5, 0, "AXA 100", currency="USD")
    cyber = ClassOfBusiness.objects.get(code="CYBER")
    SectionFactory(policy=PolicyFactory(customer=customer, class_of_business=cyber))
    assert [found.key for found in towers_of(customer, on=TODAY)] == ["PROPERTY-HKD", "PROPERTY-USD", "CYBER-HKD"]


def test_benefits_have_no_tower(customer):
    medical = ClassOfBusiness.objects.filter(mode="BENEFIT").first()
    layer(customer, 50, policy=PolicyFactory(customer=customer, class_of_business=medical))
    found = only_tower(customer)
    assert found.tower.layers == ()
    assert [remark.words for remark in found.remarks] == ["Benefits, no tower"]


def test_a_policy_without_terms_is_not_called_placed(customer):
    PolicyFactory(customer=customer, number="PAR 2026/200")
    found = only_tower(customer)
    assert [remark.words for remark in found.remarks] == ["No terms"]
    assert found.notes == ("PAR 2026/200 has no terms on this day.",)


def test_other_customers_policies_stay_out(customer):
    layer(CustomerFactory(), 50, 0, "AXA 100")
    assert towers_of(customer, on=TODAY) == []


def test_all_towers_take_three_queries(customer, django_assert_num_queries):
    for turn in range(12):
        layer(customer, 10, 10 * turn, "AXA 100", currency=["HKD", "USD"][turn % 2])
    with django_assert_num_queries(3):
        found = towers_of(customer, on=TODAY)
        assert sum(len(each.remarks) for each in found) > 0
