"""The premium in parts and instalments: totals that tie, splits that sum exactly, what is refused at which field."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEntry
from common.exceptions import StaleVersion, WrongState
from common.money import minor_units
from programmes.models import Instalment, Policy, PremiumKind, PremiumPart
from programmes.selectors.premiums import premium_of
from programmes.services import policies, premiums
from tests.factories import (
    TODAY,
    CustomerFactory,
    InstalmentFactory,
    PolicyFactory,
    PremiumPartFactory,
    SectionFactory,
)

pytestmark = pytest.mark.usefixtures("clock")

D = Decimal
APRIL = datetime.date(2026, 4, 1)


@pytest.fixture
def policy(people):
    customer = CustomerFactory(portfolio=people.portfolio)
    return PolicyFactory(customer=customer, number="PAR 2026/118", premium=None)


@pytest.fixture
def charged(people, policy):
    charge(policy, people.owner, NET="1000000", BROKERAGE="250000", LEVY="1000")
    policy.refresh_from_db()
    return policy


def charge(policy, by, day=APRIL, **amounts):
    kinds = {PremiumKind(kind): D(amount) for kind, amount in amounts.items()}
    return premiums.charge(policy=policy, amounts=kinds, charged_from=day, by=by)


def page(name, row, query=""):
    return reverse(f"programmes:{name}", args=[row.pk]) + query


def shown(client, url):
    form = client.get(url).context["form"]
    return {field.html_name: field.value() for field in form if field.value() not in (None, "", False)}


# Parts


def test_net_and_brokerage_make_the_premium_and_all_parts_what_is_paid(charged):
    sheet = premium_of(charged, on=TODAY)
    assert (charged.premium, sheet.premium, sheet.payable) == (D("1250000"), D("1250000"), D("1251000"))
    assert sheet.brokerage_share == D("0.2")
    assert sheet.totals == [
        ("Net premium", D("1000000")),
        ("Brokerage", D("250000")),
        ("Levy", D("1000")),
    ]


def test_a_return_is_below_zero_and_lowers_the_premium(people, charged):
    charge(charged, people.owner, day=datetime.date(2026, 10, 1), NET="-100000", BROKERAGE="-25000")
    charged.refresh_from_db()
    assert charged.premium == D("1125000")


@pytest.mark.parametrize("amounts", [{"NET": "-2000000"}, {}])
def test_more_is_not_returned_than_was_charged_and_nothing_is_not_charged(people, charged, amounts):
    with pytest.raises(ValidationError) as refused:
        charge(charged, people.owner, **amounts)
    assert list(refused.value.message_dict) == ["net"]
    assert charged.premium_parts.count() == 3


def test_the_premium_follows_a_part_that_is_corrected_or_removed(people, charged):
    net = charged.premium_parts.get(kind="NET")
    net.amount = D("900000.005")
    premiums.correct(part=net, by=people.owner, version=1)
    charged.refresh_from_db()
    assert charged.premium == D("1150000.01")
    premiums.remove(part=net, reason="Charged twice", by=people.owner, version=2)
    charged.refresh_from_db()
    assert charged.premium == D("250000")


def test_a_part_of_another_policys_section_is_refused(people, charged):
    with pytest.raises(ValidationError) as refused:
        premiums.charge(
            policy=charged,
            amounts={PremiumKind.NET: D(1)},
            charged_from=APRIL,
            section=SectionFactory(),
            by=people.owner,
        )
    assert list(refused.value.message_dict) == ["section"]


def test_a_second_editor_of_a_part_is_told(people, charged):
    net = charged.premium_parts.get(kind="NET")
    stale = PremiumPart.objects.get(pk=net.pk)
    net.amount = D("900000")
    premiums.correct(part=net, by=people.owner, version=1)
    stale.amount = D("800000")
    with pytest.raises(StaleVersion):
        premiums.correct(part=stale, by=people.supervisor, version=1)


def test_the_premium_of_a_policy_in_parts_is_not_typed(client, people, charged):
    charged.premium = D("5")
    with pytest.raises(ValidationError) as refused:
        policies.change(policy=charged, by=people.owner, version=charged.version)
    assert list(refused.value.message_dict) == ["premium"]
    client.force_login(people.owner)
    answer = client.get(page("policy-change", charged))
    assert answer.context["form"].fields["premium"].disabled
    assert "The sum of net premium and brokerage" in answer.text
    client.post(page("policy-change", charged), shown(client, page("policy-change", charged)) | {"premium": "7"})
    assert Policy.objects.get().premium == D("1250000")


# Instalments


@given(
    total=st.integers(1, 10**12),
    number=st.integers(1, 60),
    currency=st.sampled_from(["HKD", "JPY"]),
)
def test_instalments_sum_exactly_and_only_the_first_differs(total, number, currency):
    unit = D(1).scaleb(-minor_units(currency))
    whole = total * unit
    if total < number:
        with pytest.raises(ValidationError):
            premiums.shares_of(whole, number, currency)
        return
    amounts = premiums.shares_of(whole, number, currency)
    assert sum(amounts) == whole
    assert len(amounts) == number
    assert len(set(amounts[1:])) <= 1
    assert all(amount > 0 and amount % unit == 0 for amount in amounts)
    assert 0 <= amounts[0] - amounts[-1] < number * unit


def test_what_is_owed_is_split_and_what_is_paid_stays(people, charged):
    first, *_rest = premiums.split(policy=charged, number=4, first_on=APRIL, months=3, by=people.owner)
    assert (first.amount, [row.due_on.month for row in charged.instalments.order_by("due_on")]) == (
        D("312750"),
        [4, 7, 10, 1],
    )
    premiums.pay(instalment=first, on=TODAY, by=people.owner, version=1)
    premiums.split(policy=charged, number=2, first_on=datetime.date(2026, 12, 1), months=1, by=people.owner)
    sheet = premium_of(charged, on=TODAY)
    assert [row.amount for row in sheet.instalments] == [D("312750"), D("469125"), D("469125")]
    assert (sheet.instalment_total, sheet.unpaid, sheet.difference) == (sheet.payable, D("938250"), None)


def test_an_instalment_is_paid_once_and_not_doubled_on_a_day(people, charged):
    paid = InstalmentFactory(policy=charged)
    premiums.pay(instalment=paid, on=TODAY, by=people.owner, version=1)
    with pytest.raises(WrongState, match="paid already"):
        premiums.pay(instalment=paid, on=TODAY, by=people.owner, version=2)
    with pytest.raises(ValidationError) as refused:
        premiums.split(policy=charged, number=2, first_on=APRIL, months=1, by=people.owner)
    assert list(refused.value.message_dict) == ["first_on"]
    assert Instalment.objects.count() == 1


def test_instalments_that_do_not_sum_are_remarked(client, people, charged):
    InstalmentFactory(policy=charged)
    assert premium_of(charged, on=TODAY).difference == D("938500")
    client.force_login(people.owner)
    text = client.get(page("premium", charged)).text
    assert "short of what is to be paid" in text
    assert "overdue" in text


# In the browser's eyes


def test_a_premium_is_charged_on_its_page(client, people, policy):
    client.force_login(people.owner)
    url = page("charge", policy)
    given = shown(client, url) | {"net": "1,000,000", "brokerage": "250,000", "levy": "1,000"}
    answer = client.post(url, given | {"net": "", "brokerage": "", "levy": "", "note": "First premium"})
    assert list(answer.context["form"].errors) == ["net"]
    assert "First premium" in answer.text
    assert list(client.post(url, given | {"net": "many"}).context["form"].errors) == ["net"]
    client.post(url, given)
    policy.refresh_from_db()
    assert policy.premium == D("1250000")
    text = client.get(page("premium", policy)).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "HKD 1,251,000" in text
    assert "brokerage 20%" in text
    assert "Charged Net premium 1,000,000.00" in client.get(page("policy-history", policy)).text


def test_a_part_is_corrected_and_removed_on_its_page(client, people, charged):
    client.force_login(people.owner)
    levy = charged.premium_parts.get(kind="LEVY")
    url = page("part-change", levy)
    assert list(client.post(url, shown(client, url) | {"amount": "0"}).context["form"].errors) == ["amount"]
    client.post(url, shown(client, url) | {"amount": "1,250"})
    levy.refresh_from_db()
    assert levy.amount == D("1250")
    url = page("part-remove", levy)
    assert list(client.post(url, {"version": 2, "reason": ""}).context["form"].errors) == ["reason"]
    client.post(url, {"version": 2, "reason": "No levy on this class"})
    assert not charged.premium_parts.filter(kind="LEVY").exists()
    assert AuditEntry.objects.get(action="premium.removed").note == "No levy on this class"


def test_instalments_are_previewed_then_set(client, people, charged):
    client.force_login(people.owner)
    query = "?number=3&first_on=2026-12-01&months=3"
    preview = client.get(page("split", charged, query))
    assert [amount for _day, amount in preview.context["preview"]] == [D("417000")] * 3
    assert not Instalment.objects.exists()
    client.post(page("split", charged), {"number": 3, "first_on": "2026-12-01", "months": 3})
    row = charged.instalments.order_by("due_on").first()
    client.post(page("instalment-pay", row), {"version": 1})
    row.refresh_from_db()
    assert row.paid_on == TODAY
    assert "paid already" in client.post(page("instalment-pay", row), {"version": 2}, follow=True).text
    refused = client.post(page("split", charged), {"number": 0, "first_on": "2026-12-01", "months": 3})
    assert list(refused.context["form"].errors) == ["number"]


def test_an_instalment_is_changed_at_its_fields(client, people, charged):
    row = InstalmentFactory(policy=charged)
    client.force_login(people.owner)
    url = page("instalment-change", row)
    assert list(client.post(url, shown(client, url) | {"amount": "-5"}).context["form"].errors) == ["amount"]
    client.post(url, shown(client, url) | {"amount": "5", "paid_on": "2026-04-02"})
    row.refresh_from_db()
    assert (row.amount, row.paid_on) == (D("5"), datetime.date(2026, 4, 2))


@pytest.mark.parametrize("name", ["charge", "split", "part-change", "part-remove", "instalment-change"])
def test_the_premium_is_changed_by_owner_and_supervisor_only(client, people, charged, name):
    row = {"charge": charged, "split": charged, "instalment-change": InstalmentFactory(policy=charged)}.get(
        name, charged.premium_parts.first()
    )
    for who, status in {"owner": 200, "supervisor": 200, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        assert client.get(page(name, row)).status_code == status, who


def test_who_only_sees_reads_the_premium_without_acts(client, people, charged):
    InstalmentFactory(policy=charged)
    client.force_login(people.colleague)
    text = client.get(page("premium", charged)).text
    assert "Brokerage" in text
    assert "/pay/" not in text
    assert page("charge", charged) not in text


def test_the_page_costs_the_same_whatever_the_rows(client, people, charged, django_assert_max_num_queries):
    client.force_login(people.owner)
    client.get(page("premium", charged))
    with django_assert_max_num_queries(12) as few:
        client.get(page("premium", charged))
    for turn in range(20):
        PremiumPartFactory(policy=charged, section=SectionFactory(policy=charged))
        InstalmentFactory(policy=charged, due_on=APRIL + datetime.timedelta(days=turn))
    with django_assert_max_num_queries(12) as many:
        client.get(page("premium", charged))
    assert len(few.captured_queries) == len(many.captured_queries)
