"""C9: the customer gets its whole programme in its language, and the figures are those that the page shows."""

import io
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader

from market.models import ClassOfBusiness
from programmes.models import PremiumPart
from tests.factories import (
    CustomerFactory,
    ExchangeRateFactory,
    InsurerFactory,
    ParticipationFactory,
    PolicyFactory,
    SectionFactory,
    TermsFactory,
)

pytestmark = pytest.mark.usefixtures("clock")
D = Decimal
FIGURE = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})*\.\d\d(?!\d)")


@pytest.fixture
def customer(people):
    """A programme in two currencies: a tower with an unplaced line, a package, and a policy that follows another."""
    customer = CustomerFactory(portfolio=people.portfolio, name_local="海港冷藏有限公司")
    ExchangeRateFactory()
    axa, zurich = InsurerFactory(name="AXA"), InsurerFactory(name="Zurich")
    tower = PolicyFactory(customer=customer, number="PAR 2026/1", premium=D("1250000.01"))
    terms = TermsFactory(section__policy=tower)
    ParticipationFactory(terms=terms, insurer=axa, signed_share=D("0.6"), is_lead=True)
    ParticipationFactory(terms=terms, insurer=zurich, signed_share=D("0.25"))
    for kind, amount in (("NET", "1075000.01"), ("BROKERAGE", "175000"), ("LEVY", "1250.55"), ("FEE", "500")):
        PremiumPart.objects.create(
            customer=customer, policy=tower, kind=kind, amount=D(amount), charged_from=tower.inception_date
        )
    cargo = PolicyFactory(
        customer=customer,
        number="MOC 2026/2",
        currency="USD",
        premium=D("33333.33"),
        class_of_business=ClassOfBusiness.objects.get(code="MARINE_CARGO"),
    )
    ParticipationFactory(terms=TermsFactory(section__policy=cargo), insurer=zurich)
    package = PolicyFactory(
        customer=customer,
        number="PKG 2026/3",
        premium=D("90000.50"),
        class_of_business=ClassOfBusiness.objects.get(code="PACKAGE"),
    )
    for insurer in (axa, zurich):
        ParticipationFactory(terms=TermsFactory(section=SectionFactory(policy=package)), insurer=insurer)
    PolicyFactory(
        customer=customer,
        number="PAR 2027/1",
        premium=D("1300000.75"),
        inception_date="2027-04-01",
        expiry_date="2028-03-31",
    )
    return customer


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_the_figures_of_the_schedule_are_those_of_the_page(client, people, customer, language):
    client.force_login(people.owner)
    programme = client.get(reverse("programmes:programme", args=[customer.pk])).context["programme"]
    sums = [row for row in programme.by_part.rows if str(row.words) not in {"Net premium", "Brokerage", "Not in parts"}]
    shown = [figure for row in (*sums, *programme.by_insurer.rows) for figure in (*row.amounts.values(), row.in_house)]
    said = figures_of(client, customer, language)
    for figure in shown:
        if figure:
            assert f"{figure:,.2f}" in said
    brokerage = next(row for row in programme.by_part.rows if str(row.words) == "Brokerage")
    assert f"{brokerage.in_house:,.2f}" not in said  # what the brokerage earns is not the customer's business here


def test_the_sums_of_the_schedule_tie_to_its_list(client, people, customer):
    client.force_login(people.owner)
    said = figures_of(client, customer, "en")
    listed = [D("1250000.01"), D("90000.50")]
    assert f"{sum(listed):,.2f}" in said
    assert "33,333.33" in said
    assert f"{sum(listed) + D('259999.97'):,.2f}" in said  # 33,333.33 at 7.8 is 259,999.974


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_what_is_bound_to_follow_stands_in_both(client, people, customer, language):
    client.force_login(people.owner)
    assert "PAR 2027/1" in client.get(reverse("programmes:programme", args=[customer.pk])).text
    assert "PAR 2027/1" in text_of(client, customer, language)


def text_of(client, customer, language):
    answer = client.get(reverse("programmes:schedule", args=[customer.pk]), {"language": language})
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def figures_of(client, customer, language):
    return set(FIGURE.findall(text_of(client, customer, language)))
