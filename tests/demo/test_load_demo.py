"""The demo book: loaded whole or not at all, the same each time, and true to what its customers are said to show."""

import datetime
import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.db.models import Count, F, Q, Sum

from accounts.models import AuditEntry, CustomerCheck, Office, Portfolio, Role, Team, User, UserKind
from broker_crm.demo import loading
from broker_crm.demo.people import MAIN_USER, PASSWORD, sign_in_hint
from broker_crm.demo.showcase import SHOWCASE
from common.monitor import catalogue
from communications.models import ContactPlan
from market.models import ExchangeRate, Insurer
from profiles.models import Contact, Customer, Location
from programmes.models import Claim, ClaimMovement, Policy, PolicyState, Renewal, RenewalStage, Section, Terms
from programmes.monitors import adequacy
from programmes.selectors import claim_rules
from programmes.selectors.adequacy import rows, work_out
from programmes.selectors.erosion import erosion
from risk.models import Control, Exposure, ExposureValue, Risk, RiskProfile, ScaleStep
from risk.selectors.compulsory import suggestions
from risk.selectors.profiles import Version, doubts, profile_on, with_all
from risk.services import risks as services
from risk.services.profiles import contradictions

ON = datetime.date(2026, 11, 23)

pytestmark = pytest.mark.django_db


def load(count: int = 40, *, seed: int = 2026, on: datetime.date = ON) -> loading.Loaded:
    return loading.load(seed=seed, on=on, count=count)


def digest() -> str:
    """A sum over every row of the book, but for the moments at which rows were written and the password's salt."""
    left_out = {"created_at", "updated_at", "password", "last_login"}
    found = hashlib.sha256()
    for model in loaded_models():
        names = [field.attname for field in model._meta.concrete_fields if field.name not in left_out]
        if not any(isinstance(field, models.UUIDField) and field.primary_key for field in model._meta.fields):
            names.remove("id")  # rows between two tables are numbered by the database
        for row in sorted(map(repr, model._default_manager.values_list(*names))):
            found.update(row.encode())
    return found.hexdigest()


def loaded_models() -> list[type[models.Model]]:
    book = loading.compose(seed=1, on=ON, count=0)
    return list(book.rows)


@pytest.fixture
def a_rollback() -> Iterator[Any]:
    def load_and_undo(**fields: Any) -> str:
        with transaction.atomic():
            load(**fields)
            found = digest()
            transaction.set_rollback(True)
        return found

    yield load_and_undo


def shown(name: str) -> Customer:
    return Customer.objects.get(name__startswith=name)


def test_the_same_seed_and_day_give_the_same_rows_with_the_same_keys(a_rollback: Any) -> None:
    first = a_rollback()
    assert a_rollback() == first
    assert a_rollback(seed=7) != first
    assert a_rollback(on=datetime.date(2026, 11, 24)) != first


def test_every_row_passes_the_checks_that_a_form_would_make() -> None:
    load()
    for model in (Office, Team, Portfolio, Customer, Contact, Location, ContactPlan, Insurer, ExchangeRate):
        for row in model.objects.all():
            row.full_clean(validate_unique=False, validate_constraints=False)
    for user in User.objects.filter(kind=UserKind.PERSON):
        user.full_clean()
    for model in (Exposure, ExposureValue, Policy, Section, Terms, Renewal, Claim, ClaimMovement):
        for row in model.objects.order_by("id")[:80]:
            row.full_clean()


def test_all_twelve_can_sign_in_with_the_password_that_is_shown() -> None:
    load()
    hint, password = sign_in_hint()
    assert password == PASSWORD
    assert len(hint) == 12 == User.objects.filter(kind=UserKind.PERSON).count()
    for name, role, email in hint:
        user = User.objects.get(email=email)
        assert (user.name, user.role, user.check_password(password)) == (name, role, True)
    assert {role for _name, role, _email in hint} == set(Role.values)
    assert authenticate(email=MAIN_USER, password=password) == User.objects.get(email=MAIN_USER)


def test_supervisors_reach_the_portfolios_of_their_teams_and_the_main_user_edits_her_own() -> None:
    load()
    winnie = User.objects.get(email="winnie.fung@broker.example")
    assert Portfolio.objects.editable_by(winnie).count() == 4
    mei_ling = User.objects.get(email=MAIN_USER)
    assert mei_ling.initials == "ML"
    assert list(Portfolio.objects.editable_by(mei_ling).values_list("manager__email", flat=True)) == [MAIN_USER]


def test_a_book_with_customers_is_refused_and_left_alone() -> None:
    load()
    before = Customer.objects.count()
    with pytest.raises(CommandError, match=f"this one has {before} customers already"):
        call_command("load_demo", "--customers", "40")
    assert Customer.objects.count() == before


def test_nothing_stays_when_loading_fails_halfway(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(book: object) -> None:
        raise RuntimeError("the record is not to be had")

    monkeypatch.setattr(loading, "record", fail)
    with pytest.raises(RuntimeError, match="not to be had"):
        load()
    assert not Customer.objects.exists()
    assert not Office.objects.exists()


def test_the_command_says_in_counts_what_it_loaded() -> None:
    said = io.StringIO()
    call_command("load_demo", "--customers", "40", "--on", "2026-11-23", stdout=said)
    assert f"{Customer.objects.count():>7} customers" in said.getvalue()
    assert f"{Policy.objects.count():>7} policies" in said.getvalue()


def test_each_customer_is_added_in_the_name_of_its_account_manager_and_asked_to_be_checked() -> None:
    load()
    entries = dict(AuditEntry.objects.filter(action="customer.added").values_list("customer_id", "actor_id"))
    managers = dict(Customer.objects.values_list("pk", "portfolio__manager_id"))
    assert entries == managers
    assert set(AuditEntry.objects.values_list("actor_id", flat=True)) == set(managers.values())
    assert set(CustomerCheck.objects.values_list("customer_id", flat=True)) == set(managers)


def test_the_whole_book_has_about_400_customers_in_portfolios_a_person_can_look_after() -> None:
    book = loading.compose(seed=2026, on=ON)
    sizes = Counter(customer.portfolio.manager.email for customer in book.of(Customer))
    assert sum(sizes.values()) == 400
    assert all(15 <= size <= 60 for size in sizes.values()), sizes
    assert {customer.currency for customer in book.of(Customer)} >= {"HKD", "SGD", "TWD", "CNY", "MYR"}
    in_force = [policy for policy in book.of(Policy) if policy.state(ON) == PolicyState.IN_FORCE]
    ends = Counter(policy.expiry_date.month for policy in in_force if policy.expiry_date)
    assert set(ends) == set(range(1, 13)), "renewals fall in every month of the year"


def test_about_sixty_customers_have_claims_that_their_cover_answers_some_aggregates_half_used() -> None:
    load(count=loading.FULL_SIZE)
    claims = Claim.objects.select_related("section__policy").prefetch_related("section__versions", "movements")
    for claim in claims:
        assert not claim_rules.day_faults(claim, on=ON), claim
        assert not claim_rules.cover_fault(claim, claim.section.policy, list(claim.section.versions.all())), claim
        assert claim_rules.open_remainder(claim.closed_on, claim.movements.all()) is None, claim
        for row in claim.movements.all():
            assert claim.lost_on <= row.stood_on <= ON
    assert 50 <= claims.values("customer").distinct().count() <= 75
    assert claims.filter(closed_on=None).count() >= 50
    shares = [row.share for row in erosion(Section.objects.values_list("pk", flat=True), ON).values()]
    assert 6 <= sum(share >= Decimal("0.5") for share in shares) <= 30


def test_showcase_customers_and_a_third_of_the_others_have_registers_that_a_form_would_take() -> None:
    load(count=120)
    for risk in Risk.objects.select_related("category", "location", "customer"):
        risk.full_clean()
        services.refuse_slips(risk, list(risk.exposures.all()))
    for control in Control.objects.all():
        control.full_clean()
    sizes = Counter(Risk.objects.values_list("customer__name", flat=True))
    shown = {showcase.name for showcase in SHOWCASE if not showcase.is_onboarding}
    assert shown <= set(sizes)
    assert all(5 <= sizes[name] <= 10 for name in shown)
    assert all(2 <= size <= 6 for name, size in sizes.items() if name not in shown)
    ordinary = Customer.objects.filter(stage="CUSTOMER").exclude(name__in=shown).count()
    assert 0.2 < (len(sizes) - len(shown)) / ordinary < 0.45
    risks = Risk.objects.all()
    assert risks.filter(treatment="").exists()
    assert risks.filter(maximum_loss__isnull=False).exists()
    assert risks.filter(exposures__isnull=False, maximum_loss=None).exists()
    overdue = Control.objects.filter(done_on=None, due_on__lt=ON).count()
    assert 1 <= overdue <= 0.2 * Control.objects.count()
    assert Control.objects.filter(done_on__isnull=False).exists()


def test_most_risks_are_insured_or_borne_as_planned_and_a_few_are_unknown() -> None:
    load(count=200)
    work_out(on=ON)
    statuses = Counter(row["status"] for row in rows("select status from adequacy_judged"))
    as_planned = statuses["ADEQUATE"] + statuses["RETAINED_AS_PLANNED"]
    assert 0.55 < as_planned / statuses.total() < 0.8
    assert 0.02 < statuses["UNKNOWN"] / statuses.total() < 0.12


def test_every_policy_has_a_section_with_terms_that_cover_its_whole_period() -> None:
    load()
    assert not Policy.objects.filter(sections=None).exists()
    assert not Section.objects.filter(versions=None).exists()
    assert not Terms.objects.filter(last_day=None, first_day__gt=F("section__policy__expiry_date")).exists()
    assert not Section.objects.exclude(versions__first_day=F("policy__inception_date")).exists()


def test_no_bound_layer_is_placed_more_than_once_and_only_a_few_less() -> None:
    load(count=120)
    placed = Terms.objects.annotate(placed=Sum("participations__written_share")).exclude(placed=None)
    assert not placed.filter(placed__gt=1, section__policy__bound_on__isnull=False).exists()
    to_be_signed = placed.filter(placed__gt=1, section__policy__bound_on=None)
    assert to_be_signed.exists()
    assert not to_be_signed.filter(participations__signed_share__isnull=False).exists()
    short = placed.filter(placed__lt=1).values("section__policy__customer").distinct().count()
    assert 1 <= short <= 0.1 * Customer.objects.count()
    unsigned = Q(participations__signed_share=None)
    assert not Terms.objects.filter(unsigned, section__policy__bound_on__isnull=False, participations__isnull=False)


def test_a_third_of_the_customers_agreed_on_a_risk_profile_that_hardly_contradicts_itself() -> None:
    load(count=120)
    versions = [Version.of(row) for row in with_all(RiskProfile.objects.all())]
    for version in versions:
        version.profile.full_clean()
        assert not doubts(version)
        assert not contradictions(version.profile)
        assert version.profile.is_draft or version.profile.agreed_with is not None
    ordinary = Customer.objects.filter(stage="CUSTOMER", in_care_since__isnull=False).exclude(
        name__in=[showcase.name for showcase in SHOWCASE]
    )
    with_profile = ordinary.filter(risk_profiles__isnull=False)
    assert with_profile.count() == ordinary.count() // 3
    assert not ordinary.annotate(held=Count("risk_profiles")).filter(held__gt=1).exists()
    for gap in ("appetite_year", "security_floor", "most_with_one_group", "indemnity_months"):
        known = sum(getattr(version.profile, gap) is not None for version in versions)
        assert 0 < known < len(versions), gap
    assert set(ScaleStep.objects.values_list("customer", flat=True)) == {
        version.profile.customer_id for version in versions
    }


def test_last_months_policies_and_most_of_the_next_ones_are_settled() -> None:
    load(count=200)
    month_ago, in_two_months = ON - datetime.timedelta(days=30), ON + datetime.timedelta(days=60)
    bound = Policy.objects.filter(bound_on__isnull=False, is_renewable=True)
    lately = bound.filter(expiry_date__range=(month_ago, ON - datetime.timedelta(days=1)))
    assert lately.exists()
    assert not lately.exclude(renewals__stage=RenewalStage.SETTLED).exists()
    soon = bound.filter(expiry_date__range=(ON, in_two_months))
    settled = soon.filter(renewals__stage=RenewalStage.SETTLED)
    assert 0.5 < settled.count() / soon.count() < 1
    assert Policy.objects.with_state(ON).filter(state_on=PolicyState.COMING).exists()


class TestShowcase:
    """Each customer named in the list shows what its sentence says."""

    @pytest.fixture(autouse=True)
    def _loaded(self) -> None:
        load(count=0)

    def test_all_of_them_are_in_the_main_users_portfolio(self) -> None:
        assert len(SHOWCASE) >= 10
        for showcase in SHOWCASE:
            customer = Customer.objects.get(name=showcase.name, name_local=showcase.name_local)
            assert customer.portfolio.manager.email == MAIN_USER
            assert customer.policies.exists(), showcase.name

    def test_a_tower_of_three_layers_has_15_percent_unplaced(self) -> None:
        layers = Terms.objects.filter(
            section__policy__in=Policy.objects.in_force(ON).filter(
                customer=shown("Harbour Cold Storage"), class_of_business__code="PROPERTY"
            )
        )
        found = layers.annotate(placed=Sum("participations__signed_share")).order_by("attachment_point")
        assert [(row.attachment_point, row.limit, row.placed) for row in found] == [
            (0, 50_000_000, 1),
            (50_000_000, 50_000_000, Decimal("0.85")),
            (100_000_000, 20_000_000, 1),
        ]

    def test_a_renewal_in_nine_days_is_not_started(self) -> None:
        (policy,) = shown("Kwun Tong Precision").policies.filter(expiry_date=ON + datetime.timedelta(days=9))
        assert policy.state(ON) == PolicyState.IN_FORCE
        assert not policy.renewals.exists()

    def test_a_profile_was_last_reviewed_20_months_ago(self) -> None:
        assert shown("Lam & Sons").profile_reviewed_on == datetime.date(2025, 3, 23)

    def test_four_policies_that_end_on_one_day_are_one_renewal(self) -> None:
        renewal = shown("Pearl Estuary").renewals.get(stage=RenewalStage.IN_HAND)
        assert set(renewal.policies.values_list("expiry_date", flat=True)) == {renewal.expiry_date}
        assert renewal.policies.count() == 4

    def test_an_endorsement_left_two_versions(self) -> None:
        before, after = Terms.objects.filter(
            section__policy__in=Policy.objects.in_force(ON).filter(customer=shown("Wing Tat Printing")),
            section__policy__class_of_business__code="PROPERTY",
        ).order_by("first_day")
        assert before.last_day + datetime.timedelta(days=1) == after.first_day <= ON
        assert (before.sum_insured, after.sum_insured) == (42_000_000, 47_000_000)
        assert after.change_note

    def test_the_endorsement_reads_as_before_and_after_in_the_record(self) -> None:
        entry = AuditEntry.objects.get(action="terms.endorsed", customer_id=shown("Wing Tat Printing").pk)
        assert (entry.before["sum_insured"], entry.after["sum_insured"]) == ("42000000.00", "47000000.00")
        assert entry.note.endswith("From the demo book.")

    def test_a_programme_is_in_three_currencies(self) -> None:
        policies = Policy.objects.in_force(ON).filter(customer=shown("Orient Marine"))
        assert set(policies.values_list("currency", flat=True)) == {"HKD", "SGD", "USD"}

    def test_updates_are_due_today_to_read_in_both_languages_and_by_themselves(self) -> None:
        due = ContactPlan.objects.filter(next_update_on__lte=ON).values_list("customer__language", "update_mode")
        assert set(due) == {("en", "DRAFT"), ("zh-hant", "DRAFT"), ("en", "SEND")}
        for plan in ContactPlan.objects.filter(next_update_on__lte=ON):
            assert plan.customer.contacts.filter(receives_updates=True).count() == 1

    def test_a_tower_has_a_gap(self) -> None:
        low, high = Terms.objects.filter(
            section__policy__in=Policy.objects.in_force(ON).filter(
                customer=shown("Lion Rock"), class_of_business__code="PUBLIC_LIABILITY"
            )
        ).order_by("attachment_point")
        assert low.limit < high.attachment_point

    def test_a_cover_ends_with_nothing_bound_behind_it(self) -> None:
        customer = shown("Dr Chan")
        ending = customer.policies.get(expiry_date=ON + datetime.timedelta(days=38))
        assert ending.renewals.get().stage == RenewalStage.IN_HAND
        behind = customer.policies.filter(
            class_of_business=ending.class_of_business, inception_date__gt=ending.inception_date
        )
        assert [policy.state(ON) for policy in behind] == [PolicyState.NOT_BOUND]

    def test_a_customer_is_being_taken_on(self) -> None:
        customer = shown("Tai Mo Shan")
        assert customer.is_onboarding
        assert not customer.exposures.exists()

    def test_each_has_a_risk_profile_but_for_the_one_being_taken_on(self) -> None:
        held = {showcase.name: profile_on(Customer.objects.get(name=showcase.name), ON) for showcase in SHOWCASE}
        assert [name for name, profile in held.items() if profile is None] == ["Tai Mo Shan Organic Farms Ltd"]
        counted = Customer.objects.annotate(
            versions=Count("risk_profiles", filter=Q(risk_profiles__signed_off_on__isnull=False))
        )
        again = counted.filter(versions=2).values_list("name", flat=True)
        assert sorted(again) == ["Harbour Cold Storage Ltd", "Jade Court Hotel Ltd"]
        draft = RiskProfile.objects.get(signed_off_on=None)
        assert draft.customer == shown("Pearl Estuary")
        floors = [profile.security_floor for profile in held.values() if profile]
        assert None in floors
        assert held["Kwun Tong Precision Parts Ltd"].appetite_one_loss is None

    def test_each_names_the_compulsory_covers_that_its_values_speak_for(self) -> None:
        for profile in RiskProfile.objects.prefetch_related("compulsory"):
            called = {each.requirement for each in suggestions(profile.customer, ON)}
            assert set(profile.compulsory.all()) == called

    def test_every_finding_of_adequacy_occurs_among_them(self) -> None:
        work_out(on=ON)
        found = {row["code"] for row in rows("select distinct code from adequacy_finding where leads")}
        judged = {monitor.code for monitor in catalogue() if monitor.prepare is adequacy.prepare}
        assert found == judged | {"COVER_ENDS"}

    def test_a_chinese_name_has_60_characters(self) -> None:
        assert len(shown("Greater Bay Area").name_local) == 60

    def test_a_policy_was_cancelled_and_replaced_on_the_same_day(self) -> None:
        stopped, following = (
            shown("Jade Court").policies.filter(class_of_business__code="TERRORISM").order_by("inception_date")
        )
        assert (stopped.state(ON), following.state(ON)) == (PolicyState.CANCELLED, PolicyState.IN_FORCE)
        assert stopped.cancelled_from == following.inception_date

    def test_a_fleet_is_insured_by_the_vehicle(self) -> None:
        terms = Terms.objects.get(
            section__policy__customer=shown("Cheung Kee"),
            section__policy__class_of_business__code="MOTOR_FLEET",
            first_day__lte=ON,
            section__policy__expiry_date__gte=ON,
        )
        assert (terms.limit_basis, terms.units, terms.limit) == ("PER_UNIT", 60, 400_000)


def test_a_house_that_began_its_own_book_is_not_given_the_demo() -> None:
    assert loading.in_the_way() == ""
    Office.objects.create(name="Kennedy Town")
    assert "1 offices already" in loading.in_the_way()
