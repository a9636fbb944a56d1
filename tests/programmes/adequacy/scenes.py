"""A customer for each finding of adequacy, in each case that its words know. Amounts in HKD."""

import datetime
from decimal import Decimal

from market.models import ClassOfBusiness
from risk.models import RiskCategory
from tests.factories import (
    TODAY,
    ClaimFactory,
    ClaimMovementFactory,
    ControlFactory,
    CoverTermFactory,
    CustomerFactory,
    ExposureFactory,
    ExposureValueFactory,
    InsurerRatingFactory,
    ParticipationFactory,
    PolicyFactory,
    RiskExposureFactory,
    RiskFactory,
    RiskProfileFactory,
    ScaleStepFactory,
    SectionFactory,
    TermsFactory,
)

MILLION = Decimal(1_000_000)


def insured(customer, *, placed=1, of="PROPERTY", rating=None, **terms):
    """A section in force of a policy of its own, all risks; `rating`: (letters, outlook) of its one insurer."""
    policy = PolicyFactory(customer=customer, class_of_business=ClassOfBusiness.objects.get(code=of))
    given = {"basis": "ALL_RISKS", "placed_share": None if rating else placed, **terms}
    version = TermsFactory(section=SectionFactory(policy=policy), **given)
    if rating:
        letters, outlook = rating
        insurer = InsurerRatingFactory(letters=letters, outlook=outlook).insurer
        ParticipationFactory(terms=version, insurer=insurer, signed_share=placed)
    return version


def threatened(customer=None, *, by="FIRE", **fields):
    """A risk of the customer, or of a new one with a profile, of which everything needed is known."""
    if customer is None:
        customer = CustomerFactory()
        RiskProfileFactory(customer=customer, appetite_one_loss=100 * MILLION)
    given = {"maximum_loss": 10 * MILLION, "category": RiskCategory.objects.get(code=by), **fields}
    return RiskFactory(customer=customer, **given)


def uninsured():
    return threatened()


def uninsured_of_unknown_loss():
    return threatened(maximum_loss=None)


def excluded(**fields):
    risk = threatened(**fields)
    CoverTermFactory(terms=insured(risk.customer), category=risk.category, included=False)
    return risk


def excluded_of_unknown_loss():
    return excluded(maximum_loss=None)


def limit_below_the_loss():
    risk = threatened()
    insured(risk.customer, limit=6 * MILLION)
    return risk


def limit_below_the_required():
    risk = threatened(required_limit=8 * MILLION)
    insured(risk.customer, limit=6 * MILLION)
    return risk


def gap_between_layers():
    risk = threatened()
    insured(risk.customer, limit=2 * MILLION)
    insured(risk.customer, limit=10 * MILLION, attachment_point=5 * MILLION)
    return risk


def nothing_at_the_bottom():
    risk = threatened()
    insured(risk.customer, limit=10 * MILLION, attachment_point=5 * MILLION)
    return risk


def share_unplaced():
    risk = threatened()
    insured(risk.customer, placed=Decimal("0.7"))
    return risk


def share_overplaced():
    risk = threatened()
    version = insured(risk.customer, rating=("AA", "STABLE"), placed=Decimal("0.8"))
    ParticipationFactory(terms=version, insurer=InsurerRatingFactory(letters="AA").insurer, signed_share=Decimal("0.5"))
    return risk


def insured_twice():
    risk = threatened()
    insured(risk.customer)
    insured(risk.customer)
    return risk


def too_much_to_bear():
    risk = threatened(maximum_retention=50_000)
    insured(risk.customer)
    return risk


def interruption_too_short():
    risk = threatened(by="INTERRUPTION_OWN", maximum_loss=None, indemnity_months=24)
    exposure = ExposureFactory(customer=risk.customer, kind="BUSINESS_INTERRUPTION")
    ExposureValueFactory(exposure=exposure, amount=10 * MILLION, currency="HKD")
    RiskExposureFactory(risk=risk, exposure=exposure)
    insured(risk.customer, of="BUSINESS_INTERRUPTION", indemnity_months=12)
    return risk


def average():
    risk = threatened(maximum_loss=None)
    exposure = ExposureFactory(customer=risk.customer, kind="BUILDINGS")
    ExposureValueFactory(exposure=exposure, amount=60 * MILLION, currency="HKD")
    RiskExposureFactory(risk=risk, exposure=exposure)
    insured(risk.customer, sum_insured=48 * MILLION, average_threshold=Decimal("0.85"), average_basis="FULL_VALUE")
    return risk


def aggregate_eroded():
    risk = threatened()
    version = insured(risk.customer, limit=10 * MILLION, aggregate_limit=20 * MILLION)
    claim = ClaimFactory(section=version.section)
    ClaimMovementFactory(claim=claim, outstanding=8 * MILLION, paid=3 * MILLION)
    return risk


def weak_insurer():
    risk = threatened()
    insured(risk.customer, rating=("BBB", "STABLE"))
    return risk


def insurer_looking_down():
    risk = threatened()
    insured(risk.customer, rating=("A-", "NEGATIVE"))
    return risk


def concentrated():
    risk = threatened(CustomerFactory())
    RiskProfileFactory(customer=risk.customer, appetite_one_loss=100 * MILLION, most_with_one_group=Decimal("0.5"))
    insured(risk.customer, rating=("AA", "STABLE"))
    return risk


def above_tolerance():
    customer = CustomerFactory()
    RiskProfileFactory(customer=customer, appetite_one_loss=100 * MILLION, tolerances=[("PROPERTY_DAMAGE", 6, None)])
    risk = threatened(customer)
    insured(customer)
    return risk


def control_overdue():
    risk = threatened()
    insured(risk.customer)
    ControlFactory(risk=risk, origin="AGREED", due_on=TODAY - datetime.timedelta(days=3), done_on=None)
    return risk


def not_avoided():
    return threatened(treatment="AVOID")


def not_retained():
    risk = threatened(treatment="RETAIN", maximum_retention=5 * MILLION)
    insured(risk.customer)
    return risk


def unknown():
    return threatened(CustomerFactory(), treatment="", maximum_loss=None)


def compulsory(**terms):
    customer = CustomerFactory()
    RiskProfileFactory(customer=customer, compulsory=["HK_MOTOR_THIRD_PARTY"])
    if terms:
        insured(customer, of="MOTOR_FLEET", **terms)
    return customer


def compulsory_missing():
    return compulsory()


def compulsory_below():
    return compulsory(limit=50 * MILLION)


def compulsory_not_known():
    return compulsory(limit=None)


def year_above_appetite():
    customer = CustomerFactory()
    RiskProfileFactory(customer=customer, appetite_one_loss=100 * MILLION, appetite_year=1 * MILLION)
    ScaleStepFactory(customer=customer, scale="LIKELIHOOD", step=2, words="Often", events_a_year=Decimal("0.5"))
    return threatened(customer, typical_loss=4 * MILLION)


SCENES = {
    ("UNINSURED", ""): uninsured,
    ("UNINSURED", "NO_LOSS"): uninsured_of_unknown_loss,
    ("EXCLUDED", ""): excluded,
    ("EXCLUDED", "NO_LOSS"): excluded_of_unknown_loss,
    ("LIMIT_SHORTFALL", ""): limit_below_the_loss,
    ("LIMIT_SHORTFALL", "REQUIRED"): limit_below_the_required,
    ("TOWER_GAP", ""): gap_between_layers,
    ("TOWER_GAP", "BOTTOM"): nothing_at_the_bottom,
    ("SHARE_UNPLACED", ""): share_unplaced,
    ("SHARE_OVERPLACED", ""): share_overplaced,
    ("DOUBLE_INSURANCE", ""): insured_twice,
    ("RETENTION_EXCEEDED", ""): too_much_to_bear,
    ("INDEMNITY_PERIOD_SHORT", ""): interruption_too_short,
    ("AVERAGE_APPLIES", ""): average,
    ("AGGREGATE_ERODED", ""): aggregate_eroded,
    ("SECURITY_BELOW_FLOOR", ""): weak_insurer,
    ("SECURITY_BELOW_FLOOR", "OUTLOOK"): insurer_looking_down,
    ("CONCENTRATION_EXCEEDED", ""): concentrated,
    ("LEVEL_ABOVE_TOLERANCE", ""): above_tolerance,
    ("LEVEL_ABOVE_TOLERANCE", "CONTROL"): control_overdue,
    ("STRATEGY_MISMATCH", "AVOID"): not_avoided,
    ("STRATEGY_MISMATCH", "RETAIN"): not_retained,
    ("UNKNOWN", ""): unknown,
    ("COMPULSORY_MISSING", ""): compulsory_missing,
    ("COMPULSORY_MISSING", "BELOW"): compulsory_below,
    ("COMPULSORY_MISSING", "UNKNOWN"): compulsory_not_known,
    ("APPETITE_EXCEEDED", ""): year_above_appetite,
}
