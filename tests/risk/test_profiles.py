"""A customer's risk profile: drafted, signed off, kept as it is, and read on a day."""

import datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as some

from accounts.models import AuditEntry
from common.exceptions import StaleVersion, WrongState
from risk.models import CompulsoryRequirement, RiskCategory, RiskProfile, Tolerance
from risk.selectors.profiles import Version, compared, doubts, listed, missing, profile_on, versions_of, with_all
from risk.services import profiles
from tests.factories import TODAY, ContactFactory, CustomerFactory, ExposureValueFactory, RiskProfileFactory

pytestmark = pytest.mark.usefixtures("clock")

EVERYBODY = ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"]
EDITORS = {"owner", "supervisor"}
WITHOUT_SIGHT = {"stranger"}
YESTERDAY, TOMORROW = TODAY - datetime.timedelta(days=1), TODAY + datetime.timedelta(days=1)
EC = "HK_EMPLOYEES_COMPENSATION"


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio, name="Harbour Cold Storage Ltd")


@pytest.fixture
def contact(customer):
    return ContactFactory(customer=customer, name="Karen Wong")


@pytest.fixture
def draft(customer):
    return RiskProfileFactory(customer=customer, draft=True, tolerances=[("FIRE", 8, None)], compulsory=[EC])


def category(code):
    return RiskCategory.objects.get(code=code)


def page(client, customer):
    return client.get(reverse("risk:risk-profile", args=[customer.pk]))


def typed(*rows, **changed):
    """A whole form as posted; `rows` are tolerances as (code, level, amount)."""
    fields = {
        "version": "1",
        "valid_from": "2026-12-01",
        "currency": "HKD",
        "appetite_one_loss": "1,000,000",
        "appetite_year": "3m",
        "security_floor": "7",
        "most_with_one_group": "60",
        "indemnity_months": "18",
        "strategy": "Bear what the year can pay.",
        "compulsory": [],
        "tolerances-TOTAL_FORMS": str(len(rows)),
        "tolerances-INITIAL_FORMS": "0",
    }
    for at, (code, level, amount) in enumerate(rows):
        fields[f"tolerances-{at}-category"] = category(code).pk if code else ""
        fields[f"tolerances-{at}-level"], fields[f"tolerances-{at}-amount"] = level, amount
    return fields | changed


def tolerances(profile):
    return {row.category.code: (row.level, row.amount) for row in profile.tolerances.select_related("category")}


# Who sees and changes it


@pytest.mark.parametrize("who", EVERYBODY)
def test_all_who_see_the_customer_read_its_profile_and_only_its_people_see_buttons(client, people, customer, who):
    RiskProfileFactory(customer=customer)
    client.force_login(getattr(people, who))
    answer = page(client, customer)
    assert answer.status_code == (404 if who in WITHOUT_SIGHT else 200)
    if answer.status_code == 200:
        assert ("New version" in answer.text) == (who in EDITORS)


@pytest.mark.usefixtures("contact")
@pytest.mark.parametrize("who", EVERYBODY)
def test_only_the_customers_people_draft_edit_sign_off_and_withdraw(client, people, draft, who):
    client.force_login(getattr(people, who))
    refused = 404 if who in WITHOUT_SIGHT else 403
    for name in ("risk-profile-change", "risk-profile-sign-off", "risk-profile-withdraw"):
        url = reverse(f"risk:{name}", args=[draft.pk])
        assert client.get(url).status_code == (200 if who in EDITORS else refused), name
        if who not in EDITORS:
            assert client.post(url, {"version": draft.version}).status_code == refused, name
    assert client.get(reverse("risk:risk-profile-version", args=[draft.pk])).status_code == (
        404 if who in WITHOUT_SIGHT else 200
    )
    other = CustomerFactory(portfolio=people.portfolio)
    url = reverse("risk:risk-profile-add", args=[other.pk])
    assert client.post(url, typed()).status_code == (302 if who in EDITORS else refused)


def test_the_empty_page_says_what_to_do(client, people, customer):
    client.force_login(people.owner)
    answer = page(client, customer)
    assert "No risk profile yet" in answer.text
    assert reverse("risk:risk-profile-add", args=[customer.pk]) in answer.text


# Drafting


def test_owner_drafts_the_first_version_with_tolerances_and_compulsory_covers(client, people, customer):
    requirement = CompulsoryRequirement.objects.get(code=EC)
    client.force_login(people.owner)
    client.post(
        reverse("risk:risk-profile-add", args=[customer.pk]),
        typed(("FIRE", "8", ""), ("FLOOD", "", "500k"), ("", "", ""), compulsory=[str(requirement.pk)]),
    )
    made = RiskProfile.objects.get(customer=customer)
    assert made.is_draft
    assert (made.appetite_one_loss, made.appetite_year) == (Decimal(1_000_000), Decimal(3_000_000))
    assert (made.security_floor, made.most_with_one_group, made.indemnity_months) == (7, Decimal("0.6"), 18)
    assert tolerances(made) == {"FIRE": (8, None), "FLOOD": (None, Decimal(500_000))}
    assert list(made.compulsory.all()) == [requirement]
    entry = AuditEntry.objects.get()
    assert entry.action == "risk_profile.drafted"
    assert entry.after["security_floor"] == "A-"
    assert entry.after["tolerances"] == ["Fire: level 8", "Flood: HKD\N{NO-BREAK SPACE}500,000"]


def test_a_draft_does_not_count(client, people, customer, draft):
    client.force_login(people.owner)
    assert profile_on(customer, on=TODAY) is None
    assert "Nothing counts today" in page(client, customer).text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"appetite_one_loss": "-1"}, "appetite_one_loss"),
        ({"appetite_one_loss": "1,25"}, "appetite_one_loss"),
        ({"appetite_one_loss": "3,000,001"}, "appetite_one_loss"),
        ({"appetite_one_loss": "1e30"}, "appetite_one_loss"),
        ({"appetite_year": "much"}, "appetite_year"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": "JPY", "appetite_year": "3000000.50"}, "appetite_year"),
        ({"security_floor": "99"}, "security_floor"),
        ({"most_with_one_group": "0"}, "most_with_one_group"),
        ({"most_with_one_group": "101"}, "most_with_one_group"),
        ({"indemnity_months": "0"}, "indemnity_months"),
        ({"indemnity_months": "61"}, "indemnity_months"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_from": "2062-01-01"}, "valid_from"),
        ({"valid_from": "0206-01-01"}, "valid_from"),
        ({"compulsory": ["nonsense"]}, "compulsory"),
    ],
)
def test_bad_figures_are_named_at_the_field_and_nothing_typed_is_lost(client, people, customer, changed, field):
    client.force_login(people.owner)
    answer = client.post(reverse("risk:risk-profile-add", args=[customer.pk]), typed(("FIRE", "8", ""), **changed))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["strategy"].value() == "Bear what the year can pay."
    assert answer.context["entry"].tolerances.forms[0]["level"].value() == "8"
    if field in ("appetite_one_loss", "appetite_year"):
        assert answer.context["form"][field].value() == typed(**changed)[field]
    assert not RiskProfile.objects.exists()
    assert not Tolerance.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([("FIRE", "26", "")], "level"),
        ([("FIRE", "0", "")], "level"),
        ([("FIRE", "", "")], "level"),
        ([("FIRE", "", "-5")], "amount"),
        ([("FIRE", "", "some")], "amount"),
        ([("", "8", "")], "category"),
        ([("FIRE", "8", ""), ("FIRE", "6", "")], "category"),
    ],
)
def test_bad_tolerances_are_named_at_their_row(client, people, customer, rows, field):
    client.force_login(people.owner)
    answer = client.post(reverse("risk:risk-profile-add", args=[customer.pk]), typed(*rows))
    assert answer.status_code == 422
    assert [list(form.errors) for form in answer.context["entry"].tolerances] == [[]] * (len(rows) - 1) + [[field]]
    assert not RiskProfile.objects.exists()


def test_contradictions_and_bad_tolerances_are_told_together(client, people, customer):
    client.force_login(people.owner)
    answer = client.post(
        reverse("risk:risk-profile-add", args=[customer.pk]), typed(("FIRE", "26", ""), appetite_one_loss="4m")
    )
    assert list(answer.context["form"].errors) == ["appetite_one_loss", "__all__"]
    assert list(answer.context["entry"].tolerances.forms[0].errors) == ["level"]


def test_a_new_version_begins_as_a_copy_of_the_latest(client, people, customer):
    RiskProfileFactory(customer=customer, valid_from=datetime.date(2025, 1, 1), strategy="Old")
    RiskProfileFactory(
        customer=customer,
        strategy="Insure it all.",
        security_floor=2,
        tolerances=[("FLOOD", 9, Decimal(200_000)), ("FIRE", 8, None)],
        compulsory=[EC],
    )
    client.force_login(people.owner)
    form = client.get(reverse("risk:risk-profile-add", args=[customer.pk])).context["entry"]
    assert form.form["strategy"].value() == "Insure it all."
    assert form.form["valid_from"].value() == TODAY
    assert form.form["security_floor"].value() == 2
    assert '<option value="2" selected>At least AA+' in str(form.form["security_floor"])
    assert [(row["category"].value(), row["level"].value()) for row in form.tolerances][:2] == [
        (category("FIRE").pk, 8),
        (category("FLOOD").pk, 9),
    ]
    assert form.form["compulsory"].value() == [str(CompulsoryRequirement.objects.get(code=EC).pk)]


def test_a_version_begins_after_the_one_it_follows(client, people, customer):
    RiskProfileFactory(customer=customer, valid_from=TOMORROW)
    client.force_login(people.owner)
    url = reverse("risk:risk-profile-add", args=[customer.pk])
    assert client.get(url).context["form"]["valid_from"].value() == TOMORROW + datetime.timedelta(days=1)
    for day in (TODAY, TOMORROW):
        answer = client.post(url, typed(valid_from=day.isoformat()))
        assert list(answer.context["form"].errors) == ["valid_from"]


def test_there_is_one_draft_and_a_second_leads_to_it(client, people, customer, draft):
    client.force_login(people.owner)
    url = reverse("risk:risk-profile-add", args=[customer.pk])
    for answer in (client.get(url), client.post(url, typed())):
        assert answer.url == reverse("risk:risk-profile-change", args=[draft.pk])
    with pytest.raises(WrongState):
        profiles.draft(
            profile=RiskProfile(customer=customer, valid_from=TODAY, currency="HKD"),
            tolerances=[],
            compulsory=[],
            by=people.owner,
            on=TODAY,
        )


# Editing a draft


def test_owner_edits_the_draft_and_the_record_says_what_changed(client, people, customer, draft):
    kept = draft.tolerances.get()
    client.force_login(people.owner)
    client.post(
        reverse("risk:risk-profile-change", args=[draft.pk]),
        typed(("FIRE", "6", ""), ("FLOOD", "9", ""), appetite_one_loss="2m", valid_from="2026-01-01"),
    )
    draft.refresh_from_db()
    assert (draft.version, draft.appetite_one_loss) == (2, Decimal(2_000_000))
    assert tolerances(draft) == {"FIRE": (6, None), "FLOOD": (9, None)}
    assert draft.tolerances.get(category__code="FIRE").pk == kept.pk
    assert not draft.compulsory.exists()
    entry = AuditEntry.objects.get()
    assert (entry.before["appetite_one_loss"], entry.after["appetite_one_loss"]) == ("1000000.00", "2000000.00")
    assert (entry.before["tolerances"], entry.after["tolerances"]) == (
        ["Fire: level 8"],
        ["Fire: level 6", "Flood: level 9"],
    )
    assert "valid_from" not in entry.after


def test_a_tolerance_goes_when_its_row_is_emptied_or_ticked_for_removal(client, people, customer):
    draft = RiskProfileFactory(customer=customer, draft=True, tolerances=[("FIRE", 8, None), ("FLOOD", 8, None)])
    client.force_login(people.owner)
    client.post(
        reverse("risk:risk-profile-change", args=[draft.pk]),
        typed(("", "", ""), ("FLOOD", "8", ""), **{"tolerances-1-DELETE": "on"}),
    )
    assert tolerances(draft) == {}


def test_saving_without_a_change_writes_nothing(client, people, customer):
    draft = RiskProfileFactory(
        customer=customer,
        draft=True,
        appetite_one_loss=Decimal("1000000.00"),
        security_floor=7,
        tolerances=[("FIRE", 8, Decimal("1000.50"))],
    )
    client.force_login(people.owner)
    same = {"appetite_year": "", "most_with_one_group": "", "indemnity_months": "", "strategy": ""}
    client.post(
        reverse("risk:risk-profile-change", args=[draft.pk]),
        typed(("FIRE", "8", "1,000.5"), valid_from="2026-01-01", **same),
    )
    draft.refresh_from_db()
    assert draft.version == 1
    assert not AuditEntry.objects.exists()


def test_the_second_editor_sees_what_changed_tolerances_and_day_included(client, people, customer, draft):
    url = reverse("risk:risk-profile-change", args=[draft.pk])
    client.force_login(people.owner)
    client.post(url, typed(("FIRE", "6", ""), valid_from="2026-02-01"))
    client.force_login(people.supervisor)
    second = client.post(url, typed(("FIRE", "10", ""), valid_from="2026-03-01"))
    assert second.status_code == 422
    assert [(row["label"], row["now"], row["typed"]) for row in second.context["form"].conflict] == [
        ("From", "1 Feb 2026", "1 Mar 2026"),
        ("Tolerances", "Fire: level 6", "Fire: level 10"),
    ]
    assert tolerances(draft) == {"FIRE": (6, None)}
    again = typed(("FIRE", "10", ""), valid_from="2026-03-01", version=second.context["form"]["version"].value())
    assert client.post(url, again).status_code == 302
    assert tolerances(draft) == {"FIRE": (10, None)}


def test_owner_withdraws_the_draft_and_the_record_keeps_what_it_said(client, people, customer, draft):
    client.force_login(people.owner)
    url = reverse("risk:risk-profile-withdraw", args=[draft.pk])
    assert client.get(url).status_code == 200
    stale = client.post(url, {"version": 7})
    assert "look at it again" in stale.text
    client.post(url, {"version": 1})
    assert not RiskProfile.objects.exists()
    assert not Tolerance.objects.exists()
    assert AuditEntry.objects.get().before["tolerances"] == ["Fire: level 8"]


# Signing off


def test_owner_signs_off_the_draft_and_it_counts_from_its_day(client, people, customer, draft, contact):
    client.force_login(people.owner)
    url = reverse("risk:risk-profile-sign-off", args=[draft.pk])
    assert client.get(url).context["form"]["signed_off_on"].value() == TODAY
    client.post(url, {"version": 1, "agreed_with": contact.pk, "signed_off_on": YESTERDAY.isoformat()})
    draft.refresh_from_db()
    assert (draft.signed_off_on, draft.signed_off_by, draft.agreed_with) == (YESTERDAY, people.owner, contact)
    assert profile_on(customer, on=TODAY) == draft
    assert AuditEntry.objects.get().action == "risk_profile.signed_off"
    text = page(client, customer).text
    assert "counts today" in text
    assert "Karen Wong" in text


def test_signing_off_asks_for_a_contact_of_the_customer_and_a_day_that_has_been(client, people, customer, draft):
    gone = ContactFactory(customer=customer, left_on=YESTERDAY)
    here, elsewhere = ContactFactory(customer=customer), ContactFactory()
    client.force_login(people.owner)
    url = reverse("risk:risk-profile-sign-off", args=[draft.pk])
    right = {"version": 1, "agreed_with": here.pk, "signed_off_on": TODAY.isoformat()}
    for wrong, field in [
        ({"agreed_with": ""}, "agreed_with"),
        ({"agreed_with": elsewhere.pk}, "agreed_with"),
        ({"agreed_with": gone.pk}, "agreed_with"),
        ({"signed_off_on": ""}, "signed_off_on"),
        ({"signed_off_on": TOMORROW.isoformat()}, "signed_off_on"),
    ]:
        answer = client.post(url, right | wrong)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field], wrong
    for contact in (gone, elsewhere):
        with pytest.raises(ValidationError) as refused:
            profiles.sign_off(
                profile=draft, agreed_with=contact, signed_off_on=TODAY, by=people.owner, version=1, on=TODAY
            )
        assert list(refused.value.message_dict) == ["agreed_with"]
    draft.refresh_from_db()
    assert draft.is_draft
    assert not AuditEntry.objects.exists()


def test_a_version_that_says_nothing_is_not_signed_off(client, people, customer, contact):
    draft = RiskProfileFactory(customer=customer, draft=True, appetite_one_loss=None)
    client.force_login(people.owner)
    url = reverse("risk:risk-profile-sign-off", args=[draft.pk])
    answer = client.post(url, {"version": 1, "agreed_with": contact.pk, "signed_off_on": TODAY.isoformat()})
    assert "says nothing yet" in answer.text
    draft.refresh_from_db()
    assert draft.is_draft


def test_without_a_contact_the_page_says_to_add_one(client, people, customer, draft):
    client.force_login(people.owner)
    answer = client.get(reverse("risk:risk-profile-sign-off", args=[draft.pk]))
    assert reverse("profiles:contact-add", args=[customer.pk]) in answer.text


def test_what_changed_since_it_was_looked_at_is_not_signed_off(client, people, customer, draft, contact):
    client.force_login(people.owner)
    client.post(reverse("risk:risk-profile-change", args=[draft.pk]), typed(valid_from="2026-01-01"))
    url = reverse("risk:risk-profile-sign-off", args=[draft.pk])
    answer = client.post(url, {"version": 1, "agreed_with": contact.pk, "signed_off_on": TODAY.isoformat()})
    assert "look at it again" in answer.text
    draft.refresh_from_db()
    assert draft.is_draft


# What is signed off stays


def test_the_service_and_the_pages_refuse_to_touch_a_version_that_is_signed_off(client, people, customer, contact):
    signed = RiskProfileFactory(customer=customer)
    client.force_login(people.owner)
    for name in ("risk-profile-change", "risk-profile-sign-off", "risk-profile-withdraw"):
        for answer in (
            client.get(reverse(f"risk:{name}", args=[signed.pk])),
            client.post(reverse(f"risk:{name}", args=[signed.pk]), typed()),
        ):
            assert answer.url == reverse("risk:risk-profile-version", args=[signed.pk])
    who = {"by": people.owner, "version": 1}
    for act in (
        lambda: profiles.change(profile=signed, tolerances=[], compulsory=[], on=TODAY, **who),
        lambda: profiles.withdraw(profile=signed, **who),
        lambda: profiles.sign_off(profile=signed, agreed_with=contact, signed_off_on=TODAY, on=TODAY, **who),
    ):
        with pytest.raises(WrongState):
            act()
    with pytest.raises(StaleVersion):
        profiles.withdraw(profile=signed, by=people.owner, version=3)


def test_the_database_keeps_it_too_with_its_tolerances_and_compulsory_covers(customer):
    signed = RiskProfileFactory(customer=customer, tolerances=[("FIRE", 8, None)], compulsory=[EC])
    row = RiskProfile.objects.filter(pk=signed.pk)
    parts = Tolerance.objects.filter(profile=signed)
    later = datetime.date(2026, 6, 1)
    other = RiskProfileFactory(customer=customer, valid_from=later, draft=True, tolerances=[("FLOOD", 9, None)])
    for act in (
        lambda: row.update(appetite_one_loss=5),
        lambda: row.update(signed_off_on=None, signed_off_by=None),
        row.delete,
        lambda: parts.update(level=9),
        parts.delete,
        lambda: parts.update(profile=other),
        lambda: Tolerance.objects.filter(profile=other).update(profile=signed),
        lambda: Tolerance.objects.create(customer=customer, profile=signed, category=category("FLOOD"), level=1),
        signed.compulsory.clear,
        lambda: signed.compulsory.add(CompulsoryRequirement.objects.get(code="HK_MOTOR_THIRD_PARTY")),
    ):
        with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
            act()
    signed.refresh_from_db()
    assert tolerances(signed) == {"FIRE": (8, None)}


def test_a_version_that_is_signed_off_may_move_with_its_customer(customer, people):
    signed = RiskProfileFactory(customer=customer, tolerances=[("FIRE", 8, None)])
    into = CustomerFactory(portfolio=people.portfolio)
    RiskProfile.objects.filter(pk=signed.pk).update(customer=into)
    assert Tolerance.objects.get().customer_id == into.pk


def test_a_contact_who_agreed_is_not_removed(client, people, customer, contact):
    RiskProfileFactory(customer=customer, agreed_with=contact)
    client.force_login(people.owner)
    answer = client.post(reverse("profiles:contact-remove", args=[contact.pk]), {"version": 1}, follow=True)
    assert "say when they left instead" in answer.text
    contact.refresh_from_db()


# Which one counts, and what a page says of it


DAYS = some.integers(min_value=-400, max_value=400).map(lambda days: TODAY + datetime.timedelta(days=days))


@trial(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(days=some.sets(DAYS, max_size=6), has_draft=some.booleans(), on=DAYS)
def test_of_several_versions_the_latest_begun_counts_and_each_ends_where_the_next_begins(days, has_draft, on):
    signed = [RiskProfile(valid_from=day, currency="HKD", signed_off_on=day) for day in sorted(days)]
    drafted = [RiskProfile(valid_from=TODAY, currency="HKD")] if has_draft else []
    rows = list(listed([Version(row, (), ()) for row in [*signed, *drafted]], on))
    begun = [day for day in sorted(days) if day <= on]
    assert [row.profile.valid_from for row in rows if row.state == "NOW"] == begun[-1:]
    for row, following in pairwise(rows):
        if not following.profile.is_draft:
            assert row.last_day + datetime.timedelta(days=1) == following.profile.valid_from
    for row in rows:
        holds = (
            not row.profile.is_draft and row.profile.valid_from <= on and (row.last_day is None or on <= row.last_day)
        )
        assert holds == (row.state == "NOW")


@pytest.mark.parametrize(
    ("on", "counts"),
    [("2025-12-31", None), ("2026-01-01", "first"), ("2026-05-31", "first"), ("2026-06-01", "second")],
)
def test_the_latest_signed_off_on_or_before_the_day_counts(customer, on, counts):
    rows = {
        "first": RiskProfileFactory(customer=customer, valid_from=datetime.date(2026, 1, 1)),
        "second": RiskProfileFactory(customer=customer, valid_from=datetime.date(2026, 6, 1)),
        None: None,
    }
    RiskProfileFactory(customer=customer, valid_from=datetime.date(2026, 6, 2), draft=True)
    RiskProfileFactory(valid_from=datetime.date(2026, 6, 1))
    day = datetime.date.fromisoformat(on)
    assert profile_on(customer, on=day) == rows[counts]
    now = [row.profile for row in versions_of(customer, day) if row.state == "NOW"]
    assert now == ([rows[counts]] if counts else [])


def test_the_page_reads_in_plain_words(client, people, customer):
    RiskProfileFactory(
        customer=customer,
        appetite_year=Decimal(3_000_000),
        security_floor=7,
        most_with_one_group=Decimal("0.6"),
        indemnity_months=18,
        strategy="Bear what the year can pay.",
        tolerances=[("FIRE", 8, Decimal(200_000))],
        compulsory=[EC],
    )
    client.force_login(people.owner)
    text = page(client, customer).text.replace("\N{NO-BREAK SPACE}", " ")
    for words in (
        "HKD 1,000,000",
        "HKD 3,000,000",
        "A- (S&amp;P), A- (AM Best), A3 (Moody&#x27;s), A- (Fitch)",
        "60%",
        "200,000",
        "Bear what the year can pay.",
        "Employees&#x27; Compensation Ordinance (Cap. 282)",
        "HKD 100,000,000 an event",
    ):
        assert words in text, words
    assert "Not agreed yet" not in text


def test_what_is_not_agreed_is_named(client, people, customer):
    RiskProfileFactory(customer=customer, security_floor=None, most_with_one_group=Decimal("0.5"), indemnity_months=12)
    client.force_login(people.owner)
    assert page(client, customer).context["missing"] == ["Most it will bear in a year", "Security floor"]


def test_a_version_is_shown_with_what_it_changed_of_the_one_before(client, people, customer):
    first = RiskProfileFactory(customer=customer, security_floor=8, tolerances=[("FIRE", 8, None), ("FLOOD", 6, None)])
    second = RiskProfileFactory(
        customer=customer,
        valid_from=datetime.date(2026, 6, 1),
        security_floor=7,
        appetite_one_loss=Decimal(2_000_000),
        tolerances=[("FIRE", 8, None), ("FLOOD", 9, None)],
        compulsory=[EC],
    )
    client.force_login(people.owner)
    answer = client.get(reverse("risk:risk-profile-version", args=[second.pk]))
    found = [(change.label, change.before, change.after) for change in answer.context["listed"].changes]
    assert found == [
        ("Most it will bear of one loss", "1,000,000", "2,000,000"),
        ("Security floor", "BBB+", "A-"),
        ("Tolerances", "Flood: level 6", "Flood: level 9"),
        ("Compulsory covers", "", "Employees' compensation, up to 200 employees"),
    ]
    earlier = client.get(reverse("risk:risk-profile-version", args=[first.pk]))
    assert "the first version" not in earlier.text
    assert "counted until" in earlier.text
    assert "31 May 2026" in earlier.text


def test_a_version_differs_in_nothing_from_itself(customer):
    signed = RiskProfileFactory(customer=customer, security_floor=7, tolerances=[("FIRE", 8, Decimal(5))])
    version = Version.of(with_all(RiskProfile.objects.filter(pk=signed.pk)).get())
    assert compared(version, version) == []


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("FIRE", None, Decimal(1_000_001))], ["more than the HKD 1,000,000 it will bear of any loss"]),
        ([("FIRE", None, Decimal(1_000_000))], []),
        ([("NATURAL_PERILS", 6, None), ("FLOOD", 8, None)], ["Flood tolerates more than Natural perils"]),
        ([("NATURAL_PERILS", 8, None), ("FLOOD", 6, None)], []),
        ([("FIRE", 25, None)], []),
    ],
)
def test_what_hardly_goes_together_is_said_and_not_refused(client, people, contact, rows, says):
    customer = contact.customer
    draft = RiskProfileFactory(customer=customer, draft=True, tolerances=rows)
    found = doubts(Version.of(with_all(RiskProfile.objects.filter(pk=draft.pk)).get()))
    assert len(found) == len(says)
    for sentence, words in zip(found, says, strict=True):
        assert words in sentence.replace("\N{NO-BREAK SPACE}", " ")
    profiles.sign_off(profile=draft, agreed_with=contact, signed_off_on=TODAY, by=people.owner, version=1, on=TODAY)
    client.force_login(people.owner)
    assert ("This hardly goes together" in page(client, customer).text) == bool(says)


def test_nothing_is_missing_of_a_whole_version(customer):
    whole = RiskProfileFactory.build(
        customer=customer,
        appetite_year=Decimal(2_000_000),
        security_floor=7,
        most_with_one_group=Decimal("0.5"),
        indemnity_months=12,
    )
    assert missing(Version(whole, (), ())) == []


def test_the_first_version_has_ticked_what_the_values_speak_for(client, people, customer):
    ExposureValueFactory(exposure__customer=customer, exposure__kind="PERSONS", amount=Decimal(124), currency="")
    client.force_login(people.owner)
    answer = client.get(reverse("risk:risk-profile-add", args=[customer.pk]))
    assert answer.context["form"]["compulsory"].value() == [str(CompulsoryRequirement.objects.get(code=EC).pk)]
    assert "because of 124 persons in Hong Kong" in answer.text
    client.post(reverse("risk:risk-profile-add", args=[customer.pk]), typed())
    draft = RiskProfile.objects.get(customer=customer)
    assert not draft.compulsory.exists()  # a suggestion, not forced
    read = client.get(reverse("risk:risk-profile-version", args=[draft.pk]))
    assert "is not named, though the values say: 124 persons in Hong Kong" in read.text


@pytest.mark.parametrize("more", [1, 8])
def test_the_page_costs_the_same_however_many_versions_there_are(
    client, people, customer, more, django_assert_max_num_queries
):
    for year in range(more):
        RiskProfileFactory(
            customer=customer,
            valid_from=datetime.date(2010 + year, 1, 1),
            security_floor=7,
            tolerances=[("FIRE", 8, None), ("FLOOD", 8, None)],
            compulsory=[EC],
        )
    client.force_login(people.owner)
    with django_assert_max_num_queries(11):
        page(client, customer)
