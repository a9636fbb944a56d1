"""Builders of rows for tests: each makes something a broker would recognise, and takes what the test is about."""

import datetime
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Office, Portfolio, Role, Team, User
from communications.models import ContactPlan, Message, Update
from market.models import (
    Authorisation,
    ClassOfBusiness,
    ExchangeRate,
    Insurer,
    InsurerContact,
    InsurerGroup,
    InsurerRating,
    RatingGrade,
    ValueIndex,
    ValueIndexFigure,
)
from monitoring.models import Decision, Finding
from profiles.models import Contact, Customer, ImportRun, Location, ServiceTier
from programmes.models import (
    Claim,
    ClaimMovement,
    CoverTerm,
    Declaration,
    Instalment,
    Participation,
    Policy,
    PolicyCondition,
    PolicyInsured,
    PremiumPart,
    Renewal,
    Section,
    Terms,
)
from programmes.models.renewals import RenewalPolicy
from risk.models import (
    CompulsoryRequirement,
    Control,
    Exposure,
    ExposureKind,
    ExposureValue,
    Risk,
    RiskCategory,
    RiskExposure,
    RiskProfile,
    ScaleStep,
    StatementDraft,
    Tolerance,
)

PASSWORD = "a-long-enough-password"
TODAY = datetime.date(2026, 11, 23)


class OfficeFactory(DjangoModelFactory):
    class Meta:
        model = Office
        django_get_or_create = ["name"]

    name = "Central"


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    office = factory.SubFactory(OfficeFactory)
    name = factory.Sequence(lambda n: f"Team {n}")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@broker.example")
    team = factory.SubFactory(TeamFactory)
    role = Role.ACCOUNT_MANAGER

    @factory.post_generation
    def password(user, create, extracted, **kwargs):  # noqa: N805 factory-boy hands over the made user
        user.set_password(extracted or PASSWORD)
        if create:
            user.save()


class PortfolioFactory(DjangoModelFactory):
    class Meta:
        model = Portfolio

    name = factory.Sequence(lambda n: f"Portfolio {n}")
    manager = factory.SubFactory(UserFactory)
    team = factory.SelfAttribute("manager.team")


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    portfolio = factory.SubFactory(PortfolioFactory)
    name = factory.Sequence(lambda n: f"Harbour Trading {n} Ltd")
    name_local = "海港貿易有限公司"
    tier = factory.LazyFunction(lambda: ServiceTier.objects.get(name="Standard"))
    in_care_since = datetime.date(2024, 1, 1)
    profile_reviewed_on = TODAY - datetime.timedelta(days=30)


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    customer = factory.SubFactory(CustomerFactory)
    name = factory.Sequence(lambda n: f"Contact {n}")
    email = factory.Sequence(lambda n: f"contact{n}@customer.example")


class LocationFactory(DjangoModelFactory):
    class Meta:
        model = Location

    customer = factory.SubFactory(CustomerFactory)
    reference = factory.Sequence(lambda n: f"L{n}")
    name = factory.Sequence(lambda n: f"Warehouse {n}")
    address = "8 Wharf Road"
    city = "Tsing Yi"


class ImportRunFactory(DjangoModelFactory):
    """An import of nothing: checked, with nothing to load."""

    class Meta:
        model = ImportRun

    kind = "OED"
    source_name = "piwind"
    portfolio = factory.SubFactory(PortfolioFactory)
    started_by = factory.SelfAttribute("portfolio.manager")
    checked_on = TODAY
    options = factory.LazyFunction(lambda: {"source": "piwind"})
    counts = factory.LazyFunction(
        lambda: {"asks_share": False, "classes": [], "customers": [], "is_loadable": True, "changes_something": False}
    )


class ExposureFactory(DjangoModelFactory):
    class Meta:
        model = Exposure

    customer = factory.SubFactory(CustomerFactory)
    kind = ExposureKind.BUILDINGS


class ExposureValueFactory(DjangoModelFactory):
    class Meta:
        model = ExposureValue

    exposure = factory.SubFactory(ExposureFactory)
    customer = factory.SelfAttribute("exposure.customer")
    amount = Decimal("60000000.00")
    currency = "HKD"
    valued_on = datetime.date(2026, 4, 1)


class RiskFactory(DjangoModelFactory):
    """Fire without a place, transferred: likelihood 2, consequence 5."""

    class Meta:
        model = Risk

    customer = factory.SubFactory(CustomerFactory)
    category = factory.LazyFunction(lambda: RiskCategory.objects.get(code="FIRE"))
    currency = "HKD"
    current_likelihood = 2
    current_consequence = 5
    treatment = "SHARE"


class RiskExposureFactory(DjangoModelFactory):
    class Meta:
        model = RiskExposure

    risk = factory.SubFactory(RiskFactory)
    customer = factory.SelfAttribute("risk.customer")
    exposure = factory.SubFactory(ExposureFactory, customer=factory.SelfAttribute("..risk.customer"))


class ScaleStepFactory(DjangoModelFactory):
    class Meta:
        model = ScaleStep

    customer = factory.SubFactory(CustomerFactory)
    scale = "CONSEQUENCE"
    step = 5
    words = "Ruin"


class ControlFactory(DjangoModelFactory):
    class Meta:
        model = Control

    risk = factory.SubFactory(RiskFactory)
    customer = factory.SelfAttribute("risk.customer")
    name = "Fit sprinklers in the cold store"
    due_on = TODAY + datetime.timedelta(days=30)


class StatementDraftFactory(DjangoModelFactory):
    class Meta:
        model = StatementDraft

    customer = factory.SubFactory(CustomerFactory)
    made_by = factory.SelfAttribute("customer.portfolio.manager")
    day = TODAY
    table = factory.LazyFunction(
        lambda: {"header": ["Kind", "Amount", "Currency"], "rows": [[2, ["Stock", "1", "HKD"]]]}
    )


class RiskProfileFactory(DjangoModelFactory):
    """A version that is signed off, `draft=True` one that is not.

    `tolerances` as (code of the category, level, amount), `compulsory` by their codes: they go in before the profile,
    since to one that is signed off nothing can be added.
    """

    class Meta:
        model = RiskProfile

    class Params:
        draft = factory.Trait(signed_off_on=None, signed_off_by=None)

    customer = factory.SubFactory(CustomerFactory)
    valid_from = datetime.date(2026, 1, 1)
    currency = "HKD"
    appetite_one_loss = Decimal("1000000.00")
    signed_off_on = factory.SelfAttribute("valid_from")
    signed_off_by = factory.SelfAttribute("customer.portfolio.manager")

    @classmethod
    def _create(cls, model_class, *args, tolerances=(), compulsory=(), **fields):
        profile = model_class(*args, **fields)
        for code, level, amount in tolerances:
            category = RiskCategory.objects.get(code=code)
            Tolerance.objects.create(
                customer=profile.customer, profile_id=profile.pk, category=category, level=level, amount=amount
            )
        for requirement in CompulsoryRequirement.objects.filter(code__in=compulsory):
            RiskProfile.compulsory.through.objects.create(riskprofile_id=profile.pk, compulsoryrequirement=requirement)
        profile.save(force_insert=True)
        return profile


class InsurerGroupFactory(DjangoModelFactory):
    class Meta:
        model = InsurerGroup

    name = factory.Sequence(lambda n: f"Group {n}")


class InsurerFactory(DjangoModelFactory):
    class Meta:
        model = Insurer

    name = factory.Sequence(lambda n: f"Insurer {n}")
    country = "HK"


class InsurerRatingFactory(DjangoModelFactory):
    """`grade` by its letters, as `InsurerRatingFactory(agency="MOODYS", letters="A3")`; no letters: withdrawn."""

    class Meta:
        model = InsurerRating
        exclude = ["letters"]

    letters = "A"
    insurer = factory.SubFactory(InsurerFactory)
    agency = "SP"
    grade = factory.LazyAttribute(
        lambda row: RatingGrade.objects.get(agency=row.agency, grade=row.letters) if row.letters else None
    )
    outlook = factory.LazyAttribute(lambda row: "STABLE" if row.letters else "")
    rated_on = datetime.date(2026, 1, 15)


class AuthorisationFactory(DjangoModelFactory):
    class Meta:
        model = Authorisation

    insurer = factory.SubFactory(InsurerFactory)
    territory = "HK"


class InsurerContactFactory(DjangoModelFactory):
    class Meta:
        model = InsurerContact

    insurer = factory.SubFactory(InsurerFactory)
    name = factory.Sequence(lambda n: f"Underwriter {n}")
    email = factory.Sequence(lambda n: f"underwriter{n}@insurer.example")


class ValueIndexFactory(DjangoModelFactory):
    class Meta:
        model = ValueIndex

    code = factory.Sequence(lambda n: f"BUILDING_{n}")
    name = factory.Sequence(lambda n: f"Building costs {n}")


class ValueIndexFigureFactory(DjangoModelFactory):
    class Meta:
        model = ValueIndexFigure

    index = factory.SubFactory(ValueIndexFactory)
    valid_from = datetime.date(2026, 1, 1)
    figure = Decimal("100")


class ExchangeRateFactory(DjangoModelFactory):
    class Meta:
        model = ExchangeRate

    currency = "HKD"
    valid_from = datetime.date(2026, 1, 1)
    units_per_base = Decimal("7.8")


class PolicyFactory(DjangoModelFactory):
    """A bound policy in force on TODAY, without sections."""

    class Meta:
        model = Policy

    customer = factory.SubFactory(CustomerFactory)
    number = factory.Sequence(lambda n: f"PAR 2026/F{n}")  # never one that a test writes out
    class_of_business = factory.LazyFunction(lambda: ClassOfBusiness.objects.get(code="PROPERTY"))
    currency = "HKD"
    premium = Decimal("1250000.00")
    bound_on = datetime.date(2026, 3, 20)
    inception_date = datetime.date(2026, 4, 1)
    expiry_date = datetime.date(2027, 3, 31)


class PolicyInsuredFactory(DjangoModelFactory):
    class Meta:
        model = PolicyInsured

    policy = factory.SubFactory(PolicyFactory)
    customer = factory.SelfAttribute("policy.customer")
    insured = factory.SubFactory(CustomerFactory)


class PremiumPartFactory(DjangoModelFactory):
    class Meta:
        model = PremiumPart

    policy = factory.SubFactory(PolicyFactory)
    customer = factory.SelfAttribute("policy.customer")
    kind = "NET"
    amount = Decimal("1000000.00")
    charged_from = factory.SelfAttribute("policy.inception_date")


class InstalmentFactory(DjangoModelFactory):
    class Meta:
        model = Instalment

    policy = factory.SubFactory(PolicyFactory)
    customer = factory.SelfAttribute("policy.customer")
    due_on = factory.SelfAttribute("policy.inception_date")
    amount = Decimal("312500.00")


class PolicyConditionFactory(DjangoModelFactory):
    class Meta:
        model = PolicyCondition

    policy = factory.SubFactory(PolicyFactory)
    customer = factory.SelfAttribute("policy.customer")
    kind = "SUBJECTIVITY"
    wording = "Survey of the warehouse by the insurers' engineer"
    due_on = TODAY + datetime.timedelta(days=10)


class DeclarationFactory(DjangoModelFactory):
    class Meta:
        model = Declaration

    policy = factory.SubFactory(PolicyFactory)
    customer = factory.SelfAttribute("policy.customer")
    basis = "TURNOVER"
    first_day = factory.SelfAttribute("policy.inception_date")
    last_day = factory.SelfAttribute("policy.expiry_date")
    due_on = datetime.date(2027, 6, 30)


class SectionFactory(DjangoModelFactory):
    class Meta:
        model = Section

    policy = factory.SubFactory(PolicyFactory)
    customer = factory.SelfAttribute("policy.customer")
    class_of_business = factory.SelfAttribute("policy.class_of_business")
    reference = factory.Sequence(lambda n: f"{n}")


class TermsFactory(DjangoModelFactory):
    class Meta:
        model = Terms

    section = factory.SubFactory(SectionFactory)
    customer = factory.SelfAttribute("section.customer")
    first_day = factory.SelfAttribute("section.policy.inception_date")
    limit = Decimal("50000000.00")
    deductible_amount = Decimal("100000.00")


class CoverTermFactory(DjangoModelFactory):
    class Meta:
        model = CoverTerm

    terms = factory.SubFactory(TermsFactory)
    customer = factory.SelfAttribute("terms.customer")
    included = True


class ParticipationFactory(DjangoModelFactory):
    class Meta:
        model = Participation

    terms = factory.SubFactory(TermsFactory)
    customer = factory.SelfAttribute("terms.customer")
    insurer = factory.SubFactory(InsurerFactory)
    signed_share = Decimal("1")


class ClaimFactory(DjangoModelFactory):
    """A claim on a section of a policy in force, from a loss on 15 May 2026, without figures."""

    class Meta:
        model = Claim

    section = factory.SubFactory(SectionFactory)
    customer = factory.SelfAttribute("section.customer")
    reference = factory.Sequence(lambda n: f"CL-{n:04}")
    lost_on = datetime.date(2026, 5, 15)


class ClaimMovementFactory(DjangoModelFactory):
    class Meta:
        model = ClaimMovement

    claim = factory.SubFactory(ClaimFactory)
    customer = factory.SelfAttribute("claim.customer")
    stood_on = datetime.date(2026, 6, 30)
    outstanding = Decimal("400000.00")
    paid = Decimal("100000.00")


class RenewalFactory(DjangoModelFactory):
    class Meta:
        model = Renewal

    customer = factory.SubFactory(CustomerFactory)
    expiry_date = datetime.date(2027, 3, 31)


class RenewalPolicyFactory(DjangoModelFactory):
    class Meta:
        model = RenewalPolicy

    renewal = factory.SubFactory(RenewalFactory)
    policy = factory.SubFactory(PolicyFactory, customer=factory.SelfAttribute("..renewal.customer"))
    customer = factory.SelfAttribute("renewal.customer")


class FindingFactory(DjangoModelFactory):
    """An open finding of PROFILE_REVIEW_DUE, as the runner would have written it."""

    class Meta:
        model = Finding

    customer = factory.SubFactory(CustomerFactory)
    monitor = "PROFILE_REVIEW_DUE"
    subject_id = factory.SelfAttribute("customer.pk")
    about_id = factory.SelfAttribute("customer.pk")
    topic = "PROFILE"
    severity = 2
    opened_at = factory.LazyFunction(timezone.now)
    facts = factory.LazyFunction(
        lambda: {
            "reviewed_on": "2025-01-15",
            "due_on": "2026-01-15",
            "months": 12,
            "tier": "Standard",
            "tier_zh": "標準",
            "case": "",
        }
    )


class AcceptanceFactory(DjangoModelFactory):
    """A finding accepted for half a year: it stands, or awaits approval where it `needs_approval`."""

    class Meta:
        model = Decision
        skip_postgeneration_save = True

    finding = factory.SubFactory(FindingFactory)
    customer = factory.SelfAttribute("finding.customer")
    kind = "ACCEPT"
    reason = "The customer moves within months."
    facts = factory.SelfAttribute("finding.facts")
    expires_on = TODAY + datetime.timedelta(days=180)
    decided_by = factory.SelfAttribute("customer.portfolio.manager")

    @factory.post_generation
    def stands(decision, create, extracted, **kwargs):  # noqa: N805 factory-boy hands over the made decision
        if decision.superseded_at is None:
            decision.finding.decision = decision
            decision.finding.save()


class ContactPlanFactory(DjangoModelFactory):
    class Meta:
        model = ContactPlan

    customer = factory.SubFactory(CustomerFactory)


class UpdateFactory(DjangoModelFactory):
    class Meta:
        model = Update

    customer = factory.SubFactory(CustomerFactory)
    as_at = TODAY
    language = "en"
    subject = "Your insurance programme"
    opening = "This is where your programme stands."
    closing = "Please call with any question."


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = Message

    customer = factory.SubFactory(CustomerFactory)
    to_address = "someone@customer.example"
    subject = "Your insurance programme"
    text = "This is where your programme stands."
    message_id = factory.Sequence(lambda n: f"<{n}@broker.example>")


class People:
    """The five who try every view: owner, colleague of the team, supervisor, stranger, compliance officer."""

    def __init__(self) -> None:
        team, elsewhere = TeamFactory(), TeamFactory()
        self.owner = UserFactory(name="Alice Owner", team=team)
        self.colleague = UserFactory(name="Bob Colleague", team=team)
        self.stranger = UserFactory(name="Charlie Stranger", team=elsewhere)
        self.supervisor = UserFactory(name="Dora Supervisor", team=team, role=Role.SUPERVISOR)
        self.compliance = UserFactory(name="Eve Compliance", team=elsewhere, role=Role.COMPLIANCE_OFFICER)
        self.administrator = UserFactory(name="Frank Administrator", team=elsewhere, role=Role.ADMINISTRATOR)
        team.supervisors.add(self.supervisor)
        self.portfolio = PortfolioFactory(manager=self.owner, team=team)
        PortfolioFactory(manager=self.stranger, team=elsewhere)
