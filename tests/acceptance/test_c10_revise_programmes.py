"""C10, the ground of it: a programme is revised from a day, and reads as it stood on each day before and after."""

import datetime
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from common.ui.charts.tower import gaps
from market.models import ClassOfBusiness
from programmes.models import Participation, Section, Terms
from programmes.selectors.towers import towers_of
from programmes.services import policies, towers
from programmes.services.terms import Given, Seen
from programmes.services.towers import LayerGiven
from tests.factories import CustomerFactory, InsurerFactory, PolicyFactory

pytestmark = pytest.mark.usefixtures("clock")

D = Decimal
MILLION = D(1_000_000)
APRIL, OCTOBER, DECEMBER = datetime.date(2026, 4, 1), datetime.date(2026, 10, 1), datetime.date(2026, 12, 1)
ONE_DAY = datetime.timedelta(days=1)
SIX = [
    (20, 0, {"AXA": "0.6", "Zurich": "0.4"}),
    (30, 20, {"AXA": "0.5", "Chubb": "0.3", "Allianz": "0.2"}),
    (50, 50, {"Zurich": "0.7", "Chubb": "0.3"}),
    (100, 100, {"Allianz": "0.6", "Tokio": "0.25"}),
    (100, 200, {"Chubb": "1"}),
    (200, 300, {"Tokio": "0.55", "Zurich": "0.45"}),
]
"""Limit and attachment in millions, and who signed what of it: 15% of the fourth layer is open."""


@pytest.fixture
def insurers():
    return {name: InsurerFactory(name=name) for name in ("AXA", "Zurich", "Chubb", "Allianz", "Tokio")}


@pytest.fixture
def policy(people):
    return PolicyFactory(customer=CustomerFactory(portfolio=people.portfolio))


def given(insurers, limit, attachment, lines):
    values = {"limit": limit * MILLION, "attachment_point": attachment * MILLION}
    return Given(
        values=values,
        lines=[
            Participation(insurer=insurers[name], signed_share=D(share), is_lead=place == 0)
            for place, (name, share) in enumerate(lines.items())
        ],
    )


def entered(policy, insurers):
    """The six layers, as they are first entered."""
    business = ClassOfBusiness.objects.get(code="PROPERTY")
    return [
        LayerGiven(Section(policy=policy, reference=str(number), class_of_business=business), given(insurers, *layer))
        for number, layer in enumerate(SIX, start=1)
    ]


def changed(terms, **more):
    return LayerGiven(terms.section, held=terms, seen=Seen(terms.pk, terms.version), section_version=1, **more)


def read(policy, day):
    """The layers of the tower on the day, in millions, each with the share of it that is placed."""
    return [
        (layer.attachment / MILLION, layer.end / MILLION, layer.placed)
        for found in towers_of(policy.customer, on=day)
        for layer in found.tower.in_order
    ]


def test_a_tower_of_six_layers_is_entered_endorsed_cancelled_and_read_as_at_each_day(people, policy, insurers):
    by, business = people.owner, policy.class_of_business
    saved = towers.save(policy=policy, class_of_business=business, layers=entered(policy, insurers), on=APRIL, by=by)
    assert saved.begun == 6
    held = list(Terms.objects.select_related("section__policy").order_by("attachment_point"))

    # From October the fourth layer is placed in full, and the sixth, which nobody needs any more, ends.
    completed = given(insurers, 100, 100, {"Allianz": "0.6", "Tokio": "0.25", "Zurich": "0.15"})
    layers = [changed(row, given=completed if row is held[3] else Given(), ends=row is held[5]) for row in held]
    saved = towers.save(policy=policy, class_of_business=business, layers=layers, on=OCTOBER, by=by)
    assert (saved.changed, saved.begun, saved.ended) == (1, 0, 1)
    policies.cancel(policy=policy, from_day=DECEMBER, reason="The site is sold", by=by, version=policy.version)

    first = [(attachment, attachment + limit, sum(map(D, lines.values()))) for limit, attachment, lines in SIX]
    second = [(start, end, D(1)) for start, end, _placed in first[:5]]
    assert read(policy, APRIL - ONE_DAY) == []
    assert read(policy, APRIL) == read(policy, OCTOBER - ONE_DAY) == first
    assert read(policy, OCTOBER) == read(policy, DECEMBER - ONE_DAY) == second
    assert read(policy, DECEMBER) == []


def test_a_revision_says_what_it_changed_and_what_it_left(people, policy, insurers):
    by, business = people.owner, policy.class_of_business
    towers.save(policy=policy, class_of_business=business, layers=entered(policy, insurers), on=APRIL, by=by)
    held = list(Terms.objects.select_related("section__policy").order_by("attachment_point"))
    raised = given(insurers, 25, 0, SIX[0][2])
    layers = [changed(row, given=raised if row is held[0] else Given()) for row in held]
    towers.save(
        policy=policy, class_of_business=business, layers=layers, on=OCTOBER, by=by, change_note="Endorsement 1"
    )
    endorsed = AuditEntry.objects.get(action="terms.endorsed")
    assert (endorsed.before, endorsed.after) == ({"limit": "20000000.00"}, {"limit": "25000000.00"})
    assert endorsed.note == "Endorsement 1"
    assert Terms.objects.filter(first_day=OCTOBER).count() == 1


def test_a_tower_is_revised_layer_by_layer_without_a_gap_that_is_not_said(people, policy, insurers):
    layers = entered(policy, insurers)
    del layers[2]
    towers.save(policy=policy, class_of_business=policy.class_of_business, layers=layers, on=APRIL, by=people.owner)
    [found] = towers_of(policy.customer, on=APRIL)
    assert gaps(found.tower) == [(50 * MILLION, 100 * MILLION)]
    assert [remark.words for remark in found.remarks] == ["Gap of 50m", "Open 15%"]
