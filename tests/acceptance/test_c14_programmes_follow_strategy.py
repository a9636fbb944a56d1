"""C14, ensure programmes follow risk profile and strategy: what was chosen for each risk is held against the cover."""

import datetime
from decimal import Decimal

import pytest

from risk.models import ExposureValue, ScaleStep
from risk.services import controls, exposures
from tests.acceptance.entering import Book, codes, figures, insurer, m, night, one, open_findings
from tests.factories import TODAY

pytestmark = pytest.mark.usefixtures("clock")

YESTERDAY, TOMORROW = TODAY - datetime.timedelta(days=1), TODAY + datetime.timedelta(days=1)
OF_STRATEGY = ["STRATEGY_MISMATCH", "LEVEL_ABOVE_TOLERANCE", "RETENTION_EXCEEDED", "LIMIT_SHORTFALL", "UNINSURED"]


@pytest.fixture
def book(people):
    """Bears 1 of one loss, tolerates a level of 12 for property. Property insured for 50, deductible 0.1."""
    book = Book(people)
    book.profile(appetite_one_loss=m(1), appetite_year=m(2), tolerances=[("PROPERTY_DAMAGE", 12, None)])
    book.section(book.policy("PAR 1"), "1", lines={insurer("AXA"): "1"}, limit=m(50), deductible_amount=m(0.1))
    return book


def level(likelihood, consequence):
    return {"current_likelihood": likelihood, "current_consequence": consequence}


def test_a_risk_to_be_transferred_is_insured_up_to_what_was_agreed(book):
    """Loss 30: from 0.1, so 29.9 insured. Agreed were 50, which is the room; agreed 60 would be 10 short."""
    followed = book.risk("FIRE", treatment="SHARE", maximum_loss=m(30), required_limit=m(50), **level(2, 3))
    not_followed = book.risk("EXPLOSION", treatment="SHARE", maximum_loss=m(30), required_limit=m(60), **level(2, 3))
    assert (book.judged(followed).status, codes(book.judged(followed))) == ("ADEQUATE", set())
    assert figures(book.judged(not_followed)) == (m(30), m(29.9), m(0.1))
    assert codes(book.judged(not_followed)) == {"LIMIT_SHORTFALL"}
    assert one(book.judged(not_followed), "LIMIT_SHORTFALL").amount == m(10)


def test_a_risk_to_be_avoided_is_avoided_when_nothing_is_left_to_lose(book):
    stock = book.exposure("STOCK", m(3))
    avoid = book.risk("THEFT", strikes=[stock], treatment="AVOID", **level(2, 3))
    judged = book.judged(avoid)
    assert (judged.status, codes(judged)) == ("MISMATCH", {"STRATEGY_MISMATCH"})
    night()
    assert open_findings(book, *OF_STRATEGY) == {("STRATEGY_MISMATCH", avoid.pk)}

    ended = ExposureValue(exposure=stock, amount=Decimal(0), currency="HKD", valued_on=TODAY)
    exposures.give_value(value=ended, by=book.by, on=TODAY)
    assert (book.judged(avoid).status, codes(book.judged(avoid))) == ("ADEQUATE", set())
    night()
    assert open_findings(book, *OF_STRATEGY) == set()


def test_a_risk_to_be_retained_is_borne_as_far_as_was_named_and_not_much_less(book):
    """Deductible 0.1, loss 0.5: 0.1 is borne.

    Named 0.125: four fifths of it are 0.1, so it is as planned. Named 0.2: 0.1 is under 0.16, too little is borne.
    Named 0.05: 0.1 is above it, too much is borne. A tower that is short is no matter here: loss 60, of which 0.1 and
    what lies above 50.1 are borne, 10, is told by what was named alone.
    """
    planned = book.risk("FIRE", treatment="RETAIN", maximum_loss=m(0.5), maximum_retention=m(0.125), **level(2, 3))
    over_insured = book.risk(
        "EXPLOSION", treatment="RETAIN", maximum_loss=m(0.5), maximum_retention=m(0.2), **level(2, 3)
    )
    too_much = book.risk("IMPACT", treatment="RETAIN", maximum_loss=m(0.5), maximum_retention=m(0.05), **level(2, 3))
    tower = book.risk("FLOOD", treatment="RETAIN", maximum_loss=m(60), maximum_retention=m(10), **level(2, 3))
    assert figures(book.judged(planned)) == (m(0.5), m(0.4), m(0.1))
    assert (book.judged(planned).status, codes(book.judged(planned))) == ("RETAINED_AS_PLANNED", set())
    assert (book.judged(over_insured).status, codes(book.judged(over_insured))) == ("MISMATCH", {"STRATEGY_MISMATCH"})
    assert (book.judged(too_much).status, codes(book.judged(too_much))) == ("SHORTFALL", {"RETENTION_EXCEEDED"})
    assert figures(book.judged(tower)) == (m(60), m(50), m(10))
    assert book.judged(tower).status == "RETAINED_AS_PLANNED"
    night()
    assert open_findings(book, *OF_STRATEGY) == {
        ("STRATEGY_MISMATCH", over_insured.pk),
        ("RETENTION_EXCEEDED", too_much.pk),
    }


def test_a_risk_to_be_reduced_comes_down_to_what_is_tolerated(book):
    """4 x 4 = 16 is above 12, 3 x 4 = 12 is not."""
    above = book.risk("FIRE", treatment="REDUCE", maximum_loss=m(30), **level(4, 4))
    at = book.risk("EXPLOSION", treatment="REDUCE", maximum_loss=m(30), **level(3, 4))
    assert (book.judged(above).status, codes(book.judged(above))) == ("WATCH", {"LEVEL_ABOVE_TOLERANCE"})
    assert (book.judged(at).status, codes(book.judged(at))) == ("ADEQUATE", set())


def test_a_control_that_was_agreed_is_followed_up_until_it_is_done(book):
    risk = book.risk("FIRE", treatment="REDUCE", maximum_loss=m(30), **level(2, 3))
    agreed = book.control(risk, origin="AGREED", due_on=YESTERDAY)
    book.control(risk, origin="AGREED", due_on=TODAY)
    book.control(risk, origin="BROKER", due_on=YESTERDAY)
    book.control(risk, origin="INSURER", due_on=YESTERDAY)
    assert (book.judged(risk).status, codes(book.judged(risk))) == ("WATCH", {"LEVEL_ABOVE_TOLERANCE"})
    assert one(book.judged(risk), "LEVEL_ABOVE_TOLERANCE").facts["due"] == YESTERDAY.isoformat()
    night()
    assert ("LEVEL_ABOVE_TOLERANCE", risk.pk) in open_findings(book, *OF_STRATEGY)

    controls.finish(control=agreed, done_on=TODAY, evidence="Certificate", by=book.by, version=agreed.version, on=TODAY)
    assert (book.judged(risk).status, codes(book.judged(risk))) == ("ADEQUATE", set())
    night()
    assert open_findings(book, *OF_STRATEGY) == set()


def test_a_year_of_typical_losses_is_held_against_the_appetite(people):
    """Likelihood 4 is once a year, 5 is 4.5 times. Typical losses of 0.5 cost the deductible of 0.1 each:
    1 x 0.1 + 4.5 x 0.1 = 0.55, more than 0.5. With likelihood 4 for both it is 0.2.
    """
    book = Book(people)
    for step, often in {4: "1", 5: "4.5"}.items():
        ScaleStep.objects.create(
            customer=book.customer, scale="LIKELIHOOD", step=step, words=f"Step {step}", events_a_year=often
        )
    book.profile(appetite_one_loss=m(0.3), appetite_year=m(0.5))
    book.section(book.policy("PAR 1"), "1", lines={insurer("AXA"): "1"}, limit=m(50), deductible_amount=m(0.1))
    given = {"treatment": "SHARE", "maximum_loss": m(30), "typical_loss": m(0.5)}
    book.risk("FIRE", **given, **level(4, 3))
    often = book.risk("EXPLOSION", **given, **level(5, 3))
    (found,) = book.judged().findings
    assert (found.code, found.amount) == ("APPETITE_EXCEEDED", m(0.05))
    night()
    assert open_findings(book, "APPETITE_EXCEEDED") == {("APPETITE_EXCEEDED", book.customer.pk)}

    often.current_likelihood = 4
    often.save()
    assert book.judged().findings == []


def test_without_a_treatment_nothing_is_followed_and_nothing_is_called_adequate(book):
    risk = book.risk("FIRE", maximum_loss=m(30), **level(2, 3))
    assert book.judged(risk).status == "UNKNOWN"
    assert [row["figure"] for row in one(book.judged(risk), "UNKNOWN").facts["missing"]] == ["treatment"]


def test_what_the_customer_bears_is_held_against_the_nearest_amount_that_was_set(people):
    """The risk's own 0.05, else the nearest tolerance: 2 for property, else the appetite for one loss, 1. Borne: 0.1,
    and of liability all 1.5."""
    book = Book(people)
    book.profile(appetite_one_loss=m(1), appetite_year=m(2), tolerances=[("PROPERTY_DAMAGE", None, m(2))])
    book.section(book.policy("PAR 1"), "1", lines={insurer("AXA"): "1"}, limit=m(50), deductible_amount=m(0.1))
    own = book.risk("FIRE", treatment="SHARE", maximum_loss=m(30), maximum_retention=m(0.05))
    nearest = book.risk("FLOOD", treatment="SHARE", maximum_loss=m(30))
    appetite = book.risk("THIRD_PARTY_INJURY", treatment="SHARE", maximum_loss=m(1.5))
    found = {row.risk: (row.most_to_bear, row.most_to_bear_from, codes(row)) for row in book.judged().risks}
    assert found == {
        own: (m(0.05), "TREATMENT", {"RETENTION_EXCEEDED"}),
        nearest: (m(2), "TOLERANCE", set()),
        appetite: (m(1), "APPETITE", {"UNINSURED", "RETENTION_EXCEEDED"}),
    }
