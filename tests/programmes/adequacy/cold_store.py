"""Customers with a register and a tower, for the pages of adequacy."""

from decimal import Decimal

from market.models import ClassOfBusiness
from risk.models import ExposureKind, RiskCategory
from tests.factories import (
    CoverTermFactory,
    CustomerFactory,
    ExposureFactory,
    ExposureValueFactory,
    InsurerFactory,
    LocationFactory,
    ParticipationFactory,
    PolicyFactory,
    RiskExposureFactory,
    RiskFactory,
    SectionFactory,
    TermsFactory,
)

M = Decimal(1_000_000)


def category(code):
    return RiskCategory.objects.get(code=code)


def layer(customer, number, limit, *, attachment=0, deductible=None, lines=(), code="PROPERTY", name="", **terms):
    """A policy of one section. `lines`: pairs of an insurer and its signed share."""
    business = ClassOfBusiness.objects.get(code=code)
    policy = PolicyFactory(customer=customer, number=number, class_of_business=business)
    section = SectionFactory(policy=policy, class_of_business=business, name=name)
    made = TermsFactory(
        section=section,
        limit=None if limit is None else limit * M,
        attachment_point=attachment * M,
        deductible_amount=None if deductible is None else deductible * M,
        basis=terms.pop("basis", "ALL_RISKS"),
        **terms,
    )
    for at, (insurer, share) in enumerate(lines):
        ParticipationFactory(
            terms=made, insurer=insurer, written_share=Decimal(share), signed_share=Decimal(share), is_lead=at == 0
        )
    return made


def exposure(customer, amount, *, location=None, kind=ExposureKind.BUILDINGS, description=""):
    made = ExposureFactory(customer=customer, location=location, kind=kind, description=description)
    ExposureValueFactory(exposure=made, amount=Decimal(amount) * M)
    return made


def towered(portfolio, **customer):
    """A cold store of 80 million: 50 with a deductible of 0.1 and 50 in excess of 50, 60% of it placed.

    Of the largest loss insurers pay 50 + 0.6 × 29.9 = 67.94 million; 12.06 stay with the customer, who bears 1 at most.
    """
    us = CustomerFactory(
        portfolio=portfolio,
        **{"name": "Harbour Cold Storage Ltd", "name_local": "海港冷藏有限公司", "currency": "HKD"} | customer,
    )
    axa, zurich = InsurerFactory(name="AXA", short_name="AXA"), InsurerFactory(name="Zurich", short_name="Zurich")
    primary = layer(us, "PAR 2026/118", 50, deductible=Decimal("0.1"), lines=[(axa, "0.7"), (zurich, "0.3")])
    CoverTermFactory(terms=primary, category=category("EARTHQUAKE"), included=False)
    excess = layer(us, "XS 2026/9", 50, attachment=50, lines=[(zurich, "0.6")])
    layer(us, "PL 2026/3", 20, deductible=Decimal("0.05"), code="PUBLIC_LIABILITY", lines=[(axa, "1")])
    place = LocationFactory(customer=us, name="Kwai Chung cold store")
    store = exposure(us, 80, location=place)
    fire = RiskFactory(customer=us, location=place, maximum_retention=1 * M, typical_loss=5 * M)
    RiskExposureFactory(risk=fire, exposure=store)
    quake = RiskFactory(customer=us, category=category("EARTHQUAKE"), location=place)
    RiskExposureFactory(risk=quake, exposure=store)
    return {"customer": us, "fire": fire, "quake": quake, "primary": primary, "excess": excess, "place": place}
