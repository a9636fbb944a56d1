"""What an update says, whom it is drafted for, and what goes out by itself."""

import datetime
from decimal import Decimal
from html import unescape
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import translation

from accounts.models import AuditEntry, User
from common.dates import add_months, today
from communications import letters
from communications.models import ContactPlan, Message, Update, UpdateMode, UpdateState
from communications.services.updates import NotWrittenTo
from communications.services.updates import edit as edit_update
from market.models import ClassOfBusiness, Insurer
from profiles.models import Customer
from programmes.models import Policy, RenewalOutcome, RenewalStage
from programmes.selectors.update_figures import figures, programmes_on
from programmes.services import updates
from tests.factories import (
    TODAY,
    ContactFactory,
    ContactPlanFactory,
    CustomerFactory,
    InsurerFactory,
    ParticipationFactory,
    PolicyFactory,
    PortfolioFactory,
    RenewalFactory,
    RenewalPolicyFactory,
    SectionFactory,
    TermsFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def system():
    return User.objects.system()


@pytest.fixture
def customer():
    manager = UserFactory(name="Mei Ling Wong", name_local="黃美玲", phone="+85221234567", email="mei@broker.example")
    return CustomerFactory(name="Harbour Cold Storage Ltd", portfolio=PortfolioFactory(manager=manager))


def shown(customer, on=TODAY, language="en"):
    with translation.override(language):
        return figures(programmes_on([customer.pk], on=on)[customer.pk], Customer.objects.get(pk=customer.pk))


def policy_of(customer, **changed):
    """A policy with one section, shared by two insurers."""
    policy = PolicyFactory(customer=customer, **changed)
    terms = TermsFactory(section=SectionFactory(policy=policy))
    axa = Insurer.objects.filter(name="AXA").first() or InsurerFactory(name="AXA", name_local="安盛保險")
    zurich = Insurer.objects.filter(name="Zurich").first() or InsurerFactory(name="Zurich")
    ParticipationFactory(terms=terms, insurer=zurich, signed_share=Decimal("0.4"))
    ParticipationFactory(terms=terms, insurer=axa, signed_share=Decimal("0.6"), is_lead=True)
    return policy


def due_plan(customer, mode=UpdateMode.DRAFT, on=TODAY):
    return ContactPlanFactory(customer=customer, update_months=6, update_mode=mode, next_update_on=on)


def receives(customer):
    return ContactFactory(customer=customer, name="Amy Chan", email="amy@harbour.example", receives_updates=True)


class TestWhatItSays:
    def test_cover_in_force_with_its_insurers_the_lead_first(self, customer):
        policy_of(customer, number="PAR 2026/118")
        assert shown(customer)["policies"] == [
            {
                "class": str(ClassOfBusiness.objects.get(code="PROPERTY")),
                "number": "PAR 2026/118",
                "insurers": ["AXA (lead, 60%)", "Zurich (40%)"],
                "period": "1 Apr 2026 to 31 Mar 2027",
                "cover": [{"name": "", "amount": "HKD\N{NO-BREAK SPACE}50,000,000"}],
                "premium": "HKD\N{NO-BREAK SPACE}1,250,000",
            }
        ]

    def test_in_chinese_words_days_amounts_and_names_are_chinese(self, customer):
        policy_of(customer)
        figures = shown(customer, language="zh-hant")
        (policy,) = figures["policies"]
        assert policy["class"] == ClassOfBusiness.objects.get(code="PROPERTY").name_zh
        assert policy["insurers"] == ["安盛保險（首席，60%）", "Zurich（40%）"]
        assert policy["period"] == "2026年4月1日至2027年3月31日"
        assert policy["premium"] == "港元\N{NO-BREAK SPACE}1,250,000"
        assert figures["caller"]["name"] == "黃美玲"

    def test_only_policies_whose_cover_runs_that_day(self, customer):
        runs = PolicyFactory(customer=customer, number="RUNS")
        PolicyFactory(customer=customer, number="NOT BOUND", bound_on=None)
        PolicyFactory(customer=customer, number="CANCELLED", cancelled_from=TODAY)
        PolicyFactory(customer=customer, number="EXPIRED", expiry_date=TODAY - datetime.timedelta(days=1))
        PolicyFactory(customer=customer, number="COMING", inception_date=TODAY + datetime.timedelta(days=1))
        PolicyFactory(number="OF ANOTHER")
        assert [policy["number"] for policy in shown(customer)["policies"]] == [runs.number]

    @pytest.mark.parametrize(
        ("terms", "extent"),
        [
            ({"unlimited": True, "limit": None}, "unlimited"),
            (
                {"limit": Decimal(5000000), "attachment_point": Decimal(1000000)},
                "HKD 5,000,000 in excess of HKD 1,000,000",
            ),
            ({"limit": Decimal(100000), "limit_basis": "PER_UNIT", "units": 1200}, "HKD 100,000 for each of 1,200"),
            ({"limit": None, "sum_insured": Decimal("48000000.50")}, "HKD 48,000,000.50 sum insured"),
            ({"limit": None}, ""),
        ],
    )
    def test_how_much_a_section_covers(self, customer, terms, extent):
        TermsFactory(section=SectionFactory(policy=PolicyFactory(customer=customer)), **terms)
        (line,) = shown(customer)["policies"][0]["cover"]
        assert line["amount"].replace("\N{NO-BREAK SPACE}", " ") == extent

    def test_terms_of_the_day_after_an_endorsement(self, customer):
        section = SectionFactory(policy=PolicyFactory(customer=customer))
        TermsFactory(section=section, last_day=datetime.date(2026, 9, 30), limit=Decimal(50000000))
        TermsFactory(section=section, first_day=datetime.date(2026, 10, 1), limit=Decimal(80000000))
        (line,) = shown(customer)["policies"][0]["cover"]
        assert line["amount"].endswith("80,000,000")
        (line,) = shown(customer, on=datetime.date(2026, 9, 30))["policies"][0]["cover"]
        assert line["amount"].endswith("50,000,000")

    def test_policy_of_many_sections_lists_the_first_and_counts_the_rest(self, customer):
        policy = PolicyFactory(customer=customer)
        for number in range(12):
            TermsFactory(section=SectionFactory(policy=policy, reference=f"{number:02}", name=f"Site {number}"))
        cover = shown(customer)["policies"][0]["cover"]
        assert [line["name"] for line in cover] == [
            *(f"Site {number}" for number in range(8)),
            "and 4 further sections",
        ]

    def test_an_insurer_not_named_and_a_premium_not_known_are_said(self, customer):
        policy = PolicyFactory(customer=customer, premium=None)
        ParticipationFactory(terms=TermsFactory(section=SectionFactory(policy=policy)), insurer=None)
        (told,) = shown(customer)["policies"]
        assert told["insurers"] == ["an insurer we have yet to name"]
        assert told["premium"] == ""

    def test_who_to_call_falls_back_to_the_office(self, customer):
        office = customer.portfolio.manager.team.office
        office.phone, office.address = "+85228889999", "18/F\n88 Queensway"
        office.save()
        assert shown(customer)["caller"]["phone"] == "+852 2123 4567"
        User.objects.filter(pk=customer.portfolio.manager_id).update(phone="")
        caller = shown(customer)["caller"]
        assert caller["phone"] == "+852 2888 9999"
        assert (caller["office"], caller["address"]) == ("Central", "18/F, 88 Queensway")


class TestWhatComesUp:
    LAST = TODAY + datetime.timedelta(days=120)

    def due(self, customer):
        return [(item["number"], item["next"]) for item in shown(customer)["due"]]

    def test_policies_that_end_within_120_days_the_earliest_first(self, customer):
        PolicyFactory(customer=customer, number="LAST DAY", expiry_date=self.LAST)
        PolicyFactory(customer=customer, number="TOO FAR", expiry_date=self.LAST + datetime.timedelta(days=1))
        PolicyFactory(customer=customer, number="TODAY", expiry_date=TODAY)
        assert [number for number, _next in self.due(customer)] == ["TODAY", "LAST DAY"]

    @pytest.mark.parametrize(
        ("renewal", "said"),
        [
            (None, "We will ask you for up-to-date figures"),
            ({}, "We will ask you for up-to-date figures"),
            ({"stage": RenewalStage.IN_HAND}, "We are asking insurers for renewal terms"),
            ({"stage": RenewalStage.SETTLED, "outcome": RenewalOutcome.RENEWED}, "Renewed. The new policy follows."),
            ({"stage": RenewalStage.SETTLED, "outcome": RenewalOutcome.NOT_RENEWED}, "It ends, as you instructed."),
            ({"stage": RenewalStage.SETTLED, "outcome": RenewalOutcome.LOST}, "It ends; you have placed what follows"),
        ],
    )
    def test_what_happens_next_follows_the_renewal(self, customer, system, renewal, said):
        policy = PolicyFactory(customer=customer, expiry_date=self.LAST)
        if renewal is not None:
            moment = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
            if renewal.get("stage") == RenewalStage.IN_HAND:
                renewal = renewal | {"started_at": moment, "started_by": system}
            elif renewal:
                renewal = renewal | {"settled_at": moment, "settled_by": system}
            RenewalPolicyFactory(renewal=RenewalFactory(customer=customer, **renewal), policy=policy)
        ((_number, following),) = self.due(customer)
        assert following.startswith(said)

    def test_a_policy_already_renewed_names_the_one_that_follows(self, customer):
        PolicyFactory(customer=customer, number="OLD", expiry_date=self.LAST)
        day_after = self.LAST + datetime.timedelta(days=1)
        PolicyFactory(
            customer=customer, number="NEW", inception_date=day_after, expiry_date=day_after + datetime.timedelta(364)
        )
        assert self.due(customer) == [("OLD", "Renewed: policy NEW begins on 24 Mar 2027.")]

    def test_a_gap_of_a_day_is_no_renewal(self, customer):
        PolicyFactory(customer=customer, number="OLD", expiry_date=self.LAST)
        later = self.LAST + datetime.timedelta(days=2)
        PolicyFactory(
            customer=customer, number="NEW", inception_date=later, expiry_date=later + datetime.timedelta(364)
        )
        ((_number, following),) = self.due(customer)
        assert following.startswith("We will ask you")

    def test_what_cannot_be_renewed_says_so(self, customer):
        PolicyFactory(customer=customer, expiry_date=self.LAST, is_renewable=False)
        ((_number, following),) = self.due(customer)
        assert following.startswith("It ends and cannot be renewed.")


class TestDrafting:
    def test_an_update_is_drafted_when_the_plan_says_so_and_waits_for_a_person(self, customer, system):
        policy_of(customer)
        receives(customer)
        due_plan(customer)
        not_yet = CustomerFactory()
        due_plan(not_yet, on=TODAY + datetime.timedelta(days=1))
        met = updates.draft_due(on=TODAY, by=system)
        draft = Update.objects.get()
        assert (met.drafted, met.released) == (1, 0)
        assert (draft.customer_id, draft.state, draft.as_at) == (customer.pk, UpdateState.DRAFT, TODAY)
        assert not Message.objects.exists()
        assert AuditEntry.objects.of_object(draft).get().actor_name == "Broker CRM"

    def test_the_letter_is_in_the_customers_language(self, customer, system):
        Customer.objects.filter(pk=customer.pk).update(language="zh-hant", name_local="海港冷藏有限公司")
        policy_of(customer)
        contact = receives(customer)
        contact.name_local = "陳愛美"
        due_plan(customer)
        updates.draft_due(on=TODAY, by=system)
        draft = Update.objects.get()
        assert draft.subject == "截至2026年11月23日的保險計劃"
        letter = letters.update(draft, contact=contact)
        for part in (
            "陳愛美 台鑒：",
            "海港冷藏有限公司",
            "現正生效的保障",
            "港元\N{NO-BREAK SPACE}50,000,000",
            "黃美玲",
        ):
            assert part in letter.text, part
            assert part in unescape(letter.html), part
        assert "Dear" not in letter.text

    def test_an_unchanged_night_writes_nothing(self, customer, system):
        policy_of(customer)
        due_plan(customer)
        updates.draft_due(on=TODAY, by=system)
        before, entries = Update.objects.get(), AuditEntry.objects.count()
        met = updates.draft_due(on=TODAY + datetime.timedelta(days=1), by=system)
        after = Update.objects.get()
        assert (met.drafted, met.refreshed, met.unchanged) == (0, 0, 1)
        assert (after.version, after.updated_at) == (before.version, before.updated_at)
        assert AuditEntry.objects.count() == entries

    def test_a_draft_nobody_edited_follows_the_programme(self, customer, system):
        policy = policy_of(customer)
        due_plan(customer)
        updates.draft_due(on=TODAY, by=system)
        Policy.objects.filter(pk=policy.pk).update(premium=Decimal(2000000))
        met = updates.draft_due(on=TODAY + datetime.timedelta(days=1), by=system)
        draft = Update.objects.get()
        assert met.refreshed == 1
        assert draft.figures["policies"][0]["premium"].endswith("2,000,000")
        assert "24 Nov 2026" in draft.subject

    def test_a_draft_somebody_edited_is_left_alone(self, customer, system):
        policy = policy_of(customer)
        receives(customer)
        due_plan(customer, UpdateMode.SEND, on=TODAY + datetime.timedelta(days=1))
        draft = updates.draft(customer=customer, on=TODAY, by=system)
        draft.closing = "What Mei Ling wrote."
        edit_update(update=draft, by=customer.portfolio.manager, version=draft.version)
        Policy.objects.filter(pk=policy.pk).update(premium=Decimal(2000000))
        met = updates.draft_due(on=TODAY + datetime.timedelta(days=1), by=system)
        left = Update.objects.get()
        assert (met.left_to_their_editors, met.released) == (1, 0)
        assert (left.state, left.closing) == (UpdateState.DRAFT, "What Mei Ling wrote.")
        assert left.figures["policies"][0]["premium"].endswith("1,250,000")

    @pytest.mark.parametrize("stage", ["DO_NOT_CONTACT", "LOST"])
    def test_customers_not_to_be_contacted_get_nothing(self, customer, system, stage):
        policy_of(customer)
        receives(customer)
        due_plan(customer, UpdateMode.SEND)
        Customer.objects.filter(pk=customer.pk).update(stage=stage)
        assert updates.draft_due(on=TODAY, by=system).drafted == 0
        with pytest.raises(NotWrittenTo):
            updates.draft(customer=customer, on=TODAY, by=system)
        assert not Update.objects.exists()

    def test_a_book_takes_as_many_queries_as_a_customer(self, django_assert_max_num_queries):
        customers = [CustomerFactory() for _ in range(12)]
        for each in customers:
            policy_of(each)
        with django_assert_max_num_queries(7):
            composed = list(updates.compose([each.pk for each in customers], on=TODAY))
        assert {len(each.figures["policies"]) for each in composed} == {1}


class TestGoingOutByItself:
    def test_where_the_plan_says_so_and_in_the_name_of_the_product(self, customer, system):
        policy_of(customer)
        receives(customer)
        plan = due_plan(customer, UpdateMode.SEND)
        met = updates.draft_due(on=TODAY, by=system)
        sent = Update.objects.get()
        assert met.released == 1
        assert (sent.state, sent.released_by) == (UpdateState.RELEASED, system)
        message = Message.objects.get()
        assert (message.to_address, message.reply_to) == ("amy@harbour.example", "mei@broker.example")
        plan.refresh_from_db()
        assert plan.next_update_on == add_months(TODAY, 6)
        assert updates.draft_due(on=TODAY, by=system).released == 0

    def test_without_a_recipient_it_stays_a_draft_for_a_person_to_see(self, customer, system):
        policy_of(customer)
        plan = due_plan(customer, UpdateMode.SEND)
        met = updates.draft_due(on=TODAY, by=system)
        assert (met.released, met.without_recipient) == (0, 1)
        assert Update.objects.get().state == UpdateState.DRAFT
        plan.refresh_from_db()
        assert plan.next_update_on == TODAY
        receives(customer)
        assert updates.draft_due(on=TODAY, by=system).released == 1

    def test_a_letter_without_any_cover_is_for_a_person_to_look_at(self, customer, system):
        receives(customer)
        due_plan(customer, UpdateMode.SEND)
        assert updates.draft_due(on=TODAY, by=system).released == 0
        assert "no policy in force" in Update.objects.get().opening


class TestCommand:
    def run(self, *words):
        output = StringIO()
        call_command("send_updates", *words, stdout=output)
        return output.getvalue()

    @pytest.fixture
    def due(self, customer):
        policy_of(customer, inception_date=today(), expiry_date=add_months(today(), 12))
        receives(customer)
        return due_plan(customer, UpdateMode.SEND, on=today())

    def test_drafts_releases_and_sends_and_says_how_many(self, due):
        said = self.run()
        assert "1 updates drafted" in said
        assert "1 released by themselves" in said
        assert "1 messages sent" in said
        (letter,) = mail.outbox
        assert letter.to == ["Amy Chan <amy@harbour.example>"]
        again = self.run()
        assert "0 updates drafted" in again
        assert len(mail.outbox) == 1

    def test_another_day_is_computed_and_writes_nothing(self, due):
        entries = AuditEntry.objects.count()
        said = self.run("--as-at", str(today() + datetime.timedelta(days=40)))
        assert "1 to draft" in said
        assert "1 to release by themselves" in said
        assert "Nothing was written." in said
        assert not Update.objects.exists()
        assert not mail.outbox
        assert (AuditEntry.objects.count(), ContactPlan.objects.get().version) == (entries, due.version)

    def test_a_day_that_is_none_is_refused(self):
        with pytest.raises(CommandError, match="is not a day"):
            self.run("--as-at", "soon")


def test_a_policy_cancelled_from_a_day_ends_the_day_before_in_the_letter(customer):
    cancelled_from = TODAY + datetime.timedelta(days=8)
    policy_of(customer, number="CANCELLED", cancelled_from=cancelled_from)
    told = shown(customer)
    assert [policy["period"] for policy in told["policies"]] == ["1 Apr 2026 to 30 Nov 2026"]
    assert [(due["day"], due["next"]) for due in told["due"]] == [
        ("30 Nov 2026", "It is cancelled, and its cover ends on that day.")
    ]
