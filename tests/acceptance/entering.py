"""Enters a customer's programme as its account manager would, through the services."""

import datetime
from decimal import Decimal

from accounts.models import User
from market.models import ClassOfBusiness
from monitoring.models import Finding
from monitoring.services import runs
from programmes.models import Claim, ClaimMovement, CoverTerm, Participation, Policy, Section
from programmes.selectors.adequacy import adequacy_of
from programmes.services import claims, policies, sections
from programmes.services.terms import Given
from risk.models import Control, Exposure, ExposureValue, Risk, RiskCategory, RiskProfile, Tolerance
from risk.services import controls, exposures, profiles, risks
from tests.factories import TODAY, ContactFactory, CustomerFactory, InsurerFactory, InsurerGroupFactory
from tests.factories import InsurerRatingFactory as RatingFactory

VALUED_ON = datetime.date(2026, 4, 1)


def m(figure):
    """Millions."""
    return (Decimal(str(figure)) * 1_000_000).quantize(Decimal("0.01"))


def category(code):
    return RiskCategory.objects.get(code=code)


def insurer(name, letters="A+", group=None, **rating):
    """An insurer with a rating of S&P; without letters nobody rates it."""
    made = InsurerFactory(name=name, group=InsurerGroupFactory(name=group) if isinstance(group, str) else group)
    if letters:
        RatingFactory(insurer=made, letters=letters, **rating)
    return made


class Book:
    """A customer and what is entered of it."""

    def __init__(self, people, **customer):
        self.by = people.owner
        self.customer = CustomerFactory(portfolio=people.portfolio, **customer)

    def exposure(self, kind, amount, *, location=None, currency="HKD"):
        """`amount` None: what it is worth nobody knows yet."""
        row = Exposure(customer=self.customer, kind=kind, location=location)
        if amount is None:
            row.save()
            return row
        value = ExposureValue(amount=amount, currency=currency, valued_on=VALUED_ON)
        return exposures.add(exposure=row, value=value, by=self.by, on=TODAY)

    def profile(self, *, tolerances=(), compulsory=(), **figures):
        """A signed-off risk profile; `tolerances` are (category, level, amount)."""
        draft = profiles.draft(
            profile=RiskProfile(customer=self.customer, valid_from=TODAY, currency="HKD", **figures),
            tolerances=[
                Tolerance(customer=self.customer, category=category(code), level=level, amount=amount)
                for code, level, amount in tolerances
            ],
            compulsory=compulsory,
            by=self.by,
            on=TODAY,
        )
        return profiles.sign_off(
            profile=draft,
            agreed_with=ContactFactory(customer=self.customer),
            signed_off_on=TODAY,
            by=self.by,
            version=draft.version,
            on=TODAY,
        )

    def policy(self, number, class_code="PROPERTY", currency="HKD", **days):
        given = {"inception_date": datetime.date(2026, 4, 1), "expiry_date": datetime.date(2027, 3, 31)} | days
        policy = policies.add(
            policy=Policy(
                customer=self.customer,
                number=number,
                class_of_business=ClassOfBusiness.objects.get(code=class_code),
                currency=currency,
                **given,
            ),
            by=self.by,
        )
        return policies.bind(policy=policy, on=given["inception_date"], by=self.by, version=policy.version)

    def section(self, policy, reference, *, lines, class_code="", terms=(), locations=None, **values):
        """`lines`: insurer to its signed line. `terms`: the cover terms."""
        values = {"basis": "ALL_RISKS"} | values
        business = ClassOfBusiness.objects.get(code=class_code) if class_code else policy.class_of_business
        return sections.add(
            section=Section(policy=policy, reference=reference, class_of_business=business),
            given=Given(
                values=values,
                cover_terms=list(terms),
                lines=[
                    Participation(insurer=who, **(line if isinstance(line, dict) else {"signed_share": Decimal(line)}))
                    for who, line in lines.items()
                ],
                locations=locations,
                is_underlying_elsewhere=True,
            ),
            by=self.by,
        )

    def claim(self, section, *, outstanding, paid):
        return claims.add(
            claim=Claim(section=section, reference="CL-1", lost_on=datetime.date(2026, 5, 15)),
            figures=ClaimMovement(stood_on=datetime.date(2026, 9, 30), outstanding=outstanding, paid=paid),
            by=self.by,
            on=TODAY,
        )

    def risk(self, code, *, strikes=(), **figures):
        row = Risk(customer=self.customer, category=category(code), currency="HKD", **figures)
        return risks.add(risk=row, exposures=strikes, by=self.by)

    def control(self, risk, **figures):
        return controls.add(control=Control(risk=risk, name="Sprinklers", **figures), by=self.by, on=TODAY)

    def judged(self, risk=None, **given):
        """What the customer's adequacy says, of one risk where it is given."""
        found = adequacy_of(self.customer.pk, on=TODAY, **given)
        return found if risk is None else next(row for row in found.risks if row.risk == risk)


def covers(code, **more):
    return CoverTerm(category=category(code), **more)


def night():
    """The monitors run over the whole book."""
    return runs.run(on=TODAY, by=User.objects.system())


def codes(judged):
    return {found.code for found in judged.findings}


def figures(judged):
    """Largest loss, what insurers would pay and what the customer would bear."""
    return judged.maximum_loss, judged.insured, judged.retained_amount


def open_findings(book, *monitors):
    """The open findings of a customer: monitor and subject."""
    rows = Finding.objects.filter(customer=book.customer, state="OPEN", monitor__in=monitors)
    return set(rows.values_list("monitor", "subject_id"))


def one(judged, code):
    """The only finding of that code."""
    (found,) = [found for found in judged.findings if found.code == code]
    return found
