"""The programme on one page and the schedule as a file: who sees them, what they say, and what they bear."""

import io
import time
from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader

from common.ui.gallery import LONG_NAME
from market.models import ClassOfBusiness
from programmes.models import Instalment, PolicyCondition, PolicyInsured, PremiumPart
from risk.models import RiskCategory
from tests.factories import (
    TODAY,
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
D = Decimal


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd", name_local="海港冷藏有限公司")


@pytest.fixture
def policy(customer):
    policy = PolicyFactory(customer=customer, number="PAR 2026/118")
    terms = TermsFactory(section__policy=policy, section__name="Material damage")
    ParticipationFactory(terms=terms, insurer=InsurerFactory(name="AXA", name_local="安盛"), is_lead=True)
    return policy


def page_of(client, customer, **query):
    return client.get(reverse("programmes:programme", args=[customer.pk]), query)


def schedule_of(client, customer, **query):
    return client.get(reverse("programmes:schedule", args=[customer.pk]), query)


def read(answer):
    assert answer.status_code == 200
    return PdfReader(io.BytesIO(answer.content))


def words_of(reader):
    """The text of the file, with one space for any stretch of blanks and line ends."""
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


@pytest.mark.parametrize("name", ["owner", "colleague", "supervisor", "compliance"])
def test_everyone_who_sees_the_customer_sees_its_programme(client, people, policy, name):
    client.force_login(getattr(people, name))
    assert "PAR 2026/118" in page_of(client, policy.customer).text
    assert schedule_of(client, policy.customer)["Content-Type"] == "application/pdf"


def test_a_stranger_does_not_learn_that_it_is_there(client, people, policy):
    client.force_login(people.stranger)
    assert page_of(client, policy.customer).status_code == 404
    assert schedule_of(client, policy.customer).status_code == 404


def test_the_cover_links_to_the_programme_and_back(client, people, policy):
    client.force_login(people.owner)
    here = reverse("programmes:programme", args=[policy.customer_id])
    cover = reverse("programmes:cover", args=[policy.customer_id])
    assert f'href="{here}"' in client.get(cover).text
    assert f'href="{cover}"' in page_of(client, policy.customer).text


def test_the_page_shows_parts_conditions_instalments_and_what_follows(client, people, policy):
    customer = policy.customer
    for kind, amount in (("NET", 1_062_500), ("BROKERAGE", 187_500), ("LEVY", 1250)):
        PremiumPart.objects.create(
            customer=customer, policy=policy, kind=kind, amount=amount, charged_from=policy.inception_date
        )
    PolicyCondition.objects.create(customer=customer, policy=policy, kind="SUBJECTIVITY", wording="Survey of the plant")
    Instalment.objects.create(customer=customer, policy=policy, due_on=TODAY, amount=D("312812.50"))
    PolicyFactory(
        customer=customer, number="PAR 2027/9", inception_date="2027-04-01", expiry_date="2028-03-31", bound_on=TODAY
    )
    client.force_login(people.owner)
    text = page_of(client, customer).text
    for words in ("1,062,500.00", "187,500.00", "1,250,000.00", "1,251,250.00", "Survey of the plant", "312,812.50"):
        assert words in text
    assert "PAR 2027/9" in text and "from 1 Apr 2027" in text


def test_the_page_reads_as_at_the_day_asked_for(client, people, policy):
    client.force_login(people.owner)
    assert "Harbour Cold Storage" in page_of(client, policy.customer, on="2026-03-31").text
    assert page_of(client, policy.customer, on="2026-03-31").context["programme"].in_force == ()
    assert page_of(client, policy.customer, on="nonsense").context["on"] == TODAY
    assert "31 Mar 2026" in words_of(read(schedule_of(client, policy.customer, on="2026-03-31")))


def test_a_customer_without_policies_is_told_where_to_begin(client, people, customer):
    client.force_login(people.owner)
    assert "No cover on this day" in page_of(client, customer).text
    assert "No policy is in force on this day." in words_of(read(schedule_of(client, customer)))


def test_what_another_customer_pays_for_is_said(client, people, customer):
    arranged = PolicyFactory(customer__name="Mother Company Ltd")
    PolicyInsured.objects.create(customer=arranged.customer, policy=arranged, insured=customer)
    client.force_login(people.owner)
    assert "paid by Mother Company Ltd" in page_of(client, customer).text
    assert "paid by Mother Company Ltd" in words_of(read(schedule_of(client, customer)))


def test_the_schedule_speaks_the_language_asked_for_else_the_customers(client, people, policy):
    client.force_login(people.owner)
    english = read(schedule_of(client, policy.customer))
    assert english.metadata.title == "Schedule of insurance · Harbour Cold Storage Ltd"
    assert "AXA" in words_of(english)
    policy.customer.language = "zh-hant"
    policy.customer.save()
    for query in ({}, {"language": "zh-hant"}, {"language": "nonsense"}):
        chinese = words_of(read(schedule_of(client, policy.customer, **query)))
        assert "海港冷藏有限公司" in chinese and "安盛" in chinese and "財產一切險" in chinese
    assert "Property all risks" in words_of(read(schedule_of(client, policy.customer, language="en")))


def test_the_file_is_named_after_the_customer_in_its_script(client, people, policy):
    client.force_login(people.owner)
    assert schedule_of(client, policy.customer, language="en")["Content-Disposition"] == (
        'inline; filename="Harbour Cold Storage Ltd Schedule of insurance 2026-11-23.pdf"'
    )
    assert (
        "filename*=utf-8''%E6%B5%B7%E6%B8%AF"
        in schedule_of(client, policy.customer, language="zh-hant")["Content-Disposition"]
    )
    policy.customer.name = '../a\r\nb/"c"\\d: e'
    policy.customer.save()
    header = schedule_of(client, policy.customer, language="en")["Content-Disposition"]
    assert header == 'inline; filename=".. a b c d e Schedule of insurance 2026-11-23.pdf"'


def test_the_file_is_tagged_for_those_who_cannot_see_it(client, people, policy):
    client.force_login(people.owner)
    reader = read(schedule_of(client, policy.customer))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()


def test_each_policy_says_what_it_covers(client, people, policy):
    terms = policy.sections.get().versions.get()
    terms.sum_insured, terms.average_threshold, terms.average_basis = D(48_000_000), D("0.85"), "FULL_VALUE"
    terms.territory, terms.territory_excluded = ["HK", "CN"], ["KP"]
    terms.save()
    CoverTermFactory(terms=terms, category=RiskCategory.objects.get(code="FLOOD"), sublimit=D(10_000_000))
    CoverTermFactory(terms=terms, category=RiskCategory.objects.get(code="EARTHQUAKE"), included=False)
    for number in range(9):
        terms.locations.add(
            LocationFactory(customer=policy.customer, reference=f"L{number}", name=f"Store {number}"),
            through_defaults={"customer": policy.customer},
        )
    PolicyCondition.objects.create(
        customer=policy.customer, policy=policy, kind="WARRANTY", wording="Sprinklers are tested each week."
    )
    client.force_login(people.owner)
    words = words_of(read(schedule_of(client, policy.customer)))
    for each in (
        "Material damage",
        "HKD 50,000,000, any one loss",
        "HKD 48,000,000",
        "Deductible HKD 100,000",
        "below 85% of the value",
        "Flood covered HKD 10,000,000",
        "Earthquake not covered",
        "Hong Kong, China",
        "North Korea",
        "Store 5; and 3 more in the statement of values",
        "AXA 100% leads",
        "Sprinklers are tested each week.",
        "1 Apr 2026 – 31 Mar 2027 (both days included)",
    ):
        assert each in words


def test_policies_of_every_shape_are_set(client, people, customer):
    category = list(RiskCategory.objects.order_by("code")[:40])
    customer.name_local = LONG_NAME
    customer.save()
    many = TermsFactory(section__policy__customer=customer, section__policy__number="MANY")
    for each in category:
        CoverTermFactory(terms=many, category=each)
    for number in range(1, 12):
        layer = TermsFactory(
            section__policy__customer=customer,
            section__policy__number=f"X{number}",
            attachment_point=number * 50_000_000,
        )
        ParticipationFactory(terms=layer)
    PolicyFactory(customer=customer, number="BARE")
    TermsFactory(section__policy__customer=customer, limit=None, unlimited=True)
    TermsFactory(section__policy__customer=customer, limit=None)
    medical = ClassOfBusiness.objects.get(code="GROUP_MEDICAL")
    TermsFactory(section__policy__customer=customer, section__policy__class_of_business=medical, limit=None)
    PolicyFactory(customer=customer, number="OPEN", expiry_date=None, review_date=TODAY, premium=None)
    client.force_login(people.owner)
    for language in ("en", "zh-hant"):
        words = words_of(read(schedule_of(client, customer, language=language)))
        assert all(f"X{number}" in words for number in range(1, 12))
        assert LONG_NAME in words.replace(" ", "")
        assert all(str(each) in words or language != "en" for each in category)
    assert page_of(client, customer).status_code == 200


def test_hostile_words_are_set_as_words(client, people, customer):
    hostile = [
        "#panic()",
        "= Heading",
        '<script>alert("1")</script>',
        "]]></style>",
        "a\u202eb",
        "😀 เทสต์",
        "\u200b",
        " \t ",
        "${7*7}",
    ]
    for number, words in enumerate(hostile):
        policy = PolicyFactory(customer=customer, number=f"{number} {words}", insured_name=words)
        section = SectionFactory(policy=policy, name=words)
        ParticipationFactory(terms=TermsFactory(section=section), insurer=InsurerFactory(name=f"{words} {number}"))
        PolicyCondition.objects.create(customer=customer, policy=policy, kind="WARRANTY", wording=words)
    client.force_login(people.owner)
    text = words_of(read(schedule_of(client, customer)))
    for words in ("#panic()", "= Heading", '<script>alert("1")</script>', "${7*7}"):
        assert words in text
    assert '<script>alert("1")' not in page_of(client, customer).text


def test_thirty_policies_are_set_within_a_second(client, people, customer):
    for number in range(30):
        terms = TermsFactory(section__policy__customer=customer, section__policy__number=f"P-{number}")
        ParticipationFactory(terms=terms)
        CoverTermFactory(terms=terms, category=RiskCategory.objects.get(code="FLOOD"), sublimit=D(10_000_000))
    client.force_login(people.owner)
    schedule_of(client, customer)
    begun = time.process_time()
    answer = schedule_of(client, customer)
    assert time.process_time() - begun < 1
    assert len(read(answer).pages) > 5
