"""Puts a world of the oracle into the database, so that both work on the same thing."""

import datetime
from decimal import Decimal

from accounts.models import User
from market.models import (
    ClassOfBusiness,
    ExchangeRate,
    Insurer,
    InsurerGroup,
    InsurerRating,
    RatingGrade,
    ValueIndex,
    ValueIndexFigure,
)
from profiles.models import Location
from programmes.models import (
    Claim,
    ClaimMovement,
    CoverTerm,
    Participation,
    Policy,
    PolicyInsured,
    PolicyKind,
    Renewal,
    RenewalPolicy,
    Section,
    Terms,
    TermsLocation,
)
from programmes.models.terms import AttachmentBasis, LimitBasis
from programmes.selectors import adequacy
from risk.models import (
    CompulsoryRequirement,
    Control,
    Exposure,
    ExposureValue,
    Risk,
    RiskCategory,
    RiskExposure,
    RiskProfile,
    ScaleStep,
    Tolerance,
)
from tests.factories import CustomerFactory


class Built:
    """The rows of a world, by the oracle's keys."""

    def __init__(self, world, risks):
        self.world = world
        self.customers = {"us": CustomerFactory(currency=world.currency)}
        self.locations = {}
        self.exposures = {}
        self.sections = {}
        self.classes = {row.code: row for row in ClassOfBusiness.objects.all()}
        self.grades = {row.notch: row for row in RatingGrade.objects.filter(agency="SP")}
        self.groups, self.insurers = {}, {}
        self.categories = {row.code: row for row in RiskCategory.objects.all()}
        for currency, series in world.rates.items():
            ExchangeRate.objects.bulk_create(
                ExchangeRate(currency=currency, valid_from=day, units_per_base=figure) for day, figure in series
            )
        self.indices = {}
        for code, series in world.indices.items():
            self.indices[code] = ValueIndex.objects.create(code=code, name=code)
            ValueIndexFigure.objects.bulk_create(
                ValueIndexFigure(index=self.indices[code], valid_from=day, figure=figure) for day, figure in series
            )
        for key, row in world.insurers.items():
            self.add_insurer(key, row)
        for row in world.profiles:
            self.add_profile(row)
        ScaleStep.objects.bulk_create(
            ScaleStep(
                customer=self.customers["us"], scale="LIKELIHOOD", step=step, words=str(step), events_a_year=figure
            )
            for step, figure in world.events.items()
        )
        for key, country in world.countries.items():
            self.locations[key] = Location.objects.create(customer=self.customers["us"], name=key, country=country)
        for row in world.exposures:
            self.add_exposure(row)
        for row in world.policies:
            self.add_policy(row)
        self.risks = [self.add_risk(row) for row in risks]

    def customer(self, key):
        if key not in self.customers:
            self.customers[key] = CustomerFactory(currency=self.world.currency)
        return self.customers[key]

    def add_exposure(self, row):
        customer = self.customer(row.customer)
        made = Exposure.objects.create(
            customer=customer,
            kind=row.kind,
            description=row.key,
            location=self.locations[row.location] if row.location else None,
            value_index=self.indices[row.index] if row.index else None,
        )
        self.exposures[row.key] = made
        ExposureValue.objects.bulk_create(
            ExposureValue(customer=customer, exposure=made, amount=amount, currency=currency, valued_on=day)
            for day, amount, currency in row.values
        )

    def add_insurer(self, key, row):
        if row.group is not None and row.group not in self.groups:
            self.groups[row.group] = InsurerGroup.objects.create(name=row.group)
        self.insurers[key] = Insurer.objects.create(
            name=key, country="HK", group=self.groups[row.group] if row.group else None
        )
        InsurerRating.objects.bulk_create(
            InsurerRating(
                insurer=self.insurers[key],
                agency=agency,
                rated_on=day,
                grade=None if notch is None else self.grade(agency, notch),
                outlook=outlook,
            )
            for agency, day, notch, outlook in row.ratings
        )

    def grade(self, agency, notch):
        if agency == "SP":
            return self.grades[notch]
        return RatingGrade.objects.get(agency=agency, notch=notch)

    def add_profile(self, row):
        profile = RiskProfile.objects.create(
            customer=self.customers["us"],
            valid_from=row.valid_from,
            currency=row.currency,
            appetite_one_loss=row.appetite_one_loss,
            appetite_year=row.appetite_year,
            security_floor=row.security_floor,
            most_with_one_group=row.most_with_one_group,
            indemnity_months=row.indemnity_months,
        )
        Tolerance.objects.bulk_create(
            Tolerance(
                customer=profile.customer,
                profile=profile,
                category=self.categories[code],
                level=level,
                amount=amount,
            )
            for code, (level, amount) in row.tolerances.items()
        )
        for number, required in enumerate(row.compulsory):
            made = CompulsoryRequirement.objects.create(
                code=f"TRIED_{row.valid_from:%Y%m%d}_{number}",
                territory=required.territory,
                class_of_business=self.classes[required.class_code],
                name="Asked for by law",
                currency=required.currency,
                minimum=required.minimum,
            )
            profile.compulsory.add(made)
        if row.is_signed_off:  # from then on it stays as it is
            profile.signed_off_on, profile.signed_off_by = row.valid_from, User.objects.system()
            profile.save()

    def add_policy(self, row):
        names = sorted(row.insureds)
        arranger = "us" if "us" in names else names[0]
        policy = Policy.objects.create(
            customer=self.customer(arranger),
            number=row.key,
            class_of_business=self.classes["PROPERTY"],
            currency=row.currency,
            kind=PolicyKind.LINESLIP if row.is_lineslip else PolicyKind.POLICY,
            bound_on=row.inception if row.bound else None,
            inception_date=row.inception,
            expiry_date=row.expiry,
            review_date=None if row.expiry else row.inception,
            cancelled_from=row.cancelled_from,
        )
        for name in names:
            if name != arranger:
                PolicyInsured.objects.create(customer=policy.customer, policy=policy, insured=self.customer(name))
        for section in row.sections:
            self.add_section(policy, section)
        if row.is_settled:
            renewal = Renewal.objects.create(
                customer=policy.customer,
                expiry_date=row.expiry or row.inception,
                stage="SETTLED",
                settled_at=datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC),
                settled_by=User.objects.system(),
                outcome="NOT_RENEWED",
            )
            RenewalPolicy.objects.create(customer=policy.customer, renewal=renewal, policy=policy)

    def add_section(self, policy, row):
        section = Section.objects.create(
            customer=policy.customer,
            policy=policy,
            reference=row.key,
            class_of_business=self.classes[row.class_code],
        )
        self.sections[row.key] = section
        terms = Terms.objects.create(
            customer=policy.customer,
            section=section,
            first_day=row.first_day,
            last_day=row.last_day,
            basis=row.basis,
            attachment_point=row.attachment,
            attachment_basis=AttachmentBasis.GROUND_UP if row.is_ground_up else AttachmentBasis.XS_UNDERLYING,
            limit=row.limit,
            limit_basis=LimitBasis.PER_UNIT if row.units else LimitBasis.ANY_ONE_LOSS,
            units=row.units,
            unlimited=row.unlimited,
            aggregate_limit=row.aggregate,
            sum_insured=row.sum_insured,
            average_threshold=row.threshold,
            average_basis=row.average_basis,
            indemnity_months=row.indemnity_months,
            drops_down=row.drops_down,
            recognises_sublimits=row.recognises_sublimits,
            insured_kinds=sorted(row.kinds),
            territory=sorted(row.territory),
            territory_excluded=sorted(row.territory_excluded),
            placed_elsewhere_share=row.placed_elsewhere,
            placed_share=row.placed_share,
            **deductible_fields(row.deductible),
        )
        for key in row.locations:
            TermsLocation.objects.create(customer=policy.customer, terms=terms, location=self.locations[key])
        for term in row.cover_terms:
            CoverTerm.objects.create(
                customer=policy.customer,
                terms=terms,
                category=self.categories[term.category],
                included=term.included,
                sublimit=term.sublimit,
                **deductible_fields(term.deductible),
            )
        for line in row.lines:
            Participation.objects.create(
                customer=policy.customer,
                terms=terms,
                insurer=None if line.insurer is None else self.insurers[line.insurer],
                written_share=line.written,
                signed_share=line.signed,
            )
        for number, claim in enumerate(row.claims):
            made = Claim.objects.create(
                customer=policy.customer, section=section, reference=f"{row.key}-{number}", lost_on=claim.on
            )
            for day, outstanding, paid in claim.movements:
                ClaimMovement.objects.create(
                    customer=policy.customer, claim=made, stood_on=day, outstanding=outstanding, paid=paid
                )

    def add_risk(self, row):
        risk = Risk.objects.create(
            customer=self.customers["us"],
            category=self.categories[row.category],
            location=self.locations[row.location] if row.location else None,
            currency=row.currency,
            maximum_loss=row.maximum_loss,
            treatment=row.treatment,
            required_limit=row.required_limit,
            maximum_retention=row.maximum_retention,
            security_floor=row.security_floor,
            indemnity_months=row.indemnity_months,
            typical_loss=row.typical_loss,
            current_likelihood=row.current[0] if row.current else None,
            current_consequence=row.current[1] if row.current else None,
            closed_on=row.closed_on,
        )
        Control.objects.bulk_create(
            Control(
                customer=risk.customer,
                risk=risk,
                name="Sprinklers",
                origin=control.origin,
                due_on=control.due_on,
                done_on=control.done_on,
                evidence="Certificate" if control.done_on else "",
            )
            for control in row.controls
        )
        RiskExposure.objects.bulk_create(
            RiskExposure(customer=self.customers["us"], risk=risk, exposure=self.exposures[key])
            for key in row.exposures
        )
        return risk


def deductible_fields(given):
    return {
        "deductible_amount": given.amount,
        "deductible_percent": given.percent,
        "deductible_percent_of": given.of,
        "deductible_min": given.least,
        "deductible_max": given.most,
    }


def shipped_tree():
    """The tree as it ships, as the oracle takes it."""
    return {
        row.code: (tuple(row.path), frozenset(each.code for each in row.classes.all()))
        for row in RiskCategory.objects.prefetch_related("classes")
    }


def m(figure):
    """Millions."""
    return (Decimal(str(figure)) * 1_000_000).quantize(Decimal("0.01"))


def sums_of(customer_id, *, on):
    """Each risk of a customer by key, with what its cover comes to and the steps of the sum by section."""
    adequacy.work_out(on=on, customers=[customer_id])
    found = {
        row["risk_id"]: row | {"steps": {}}
        for row in adequacy.rows("select * from adequacy_risk where variant = 'ACTUAL'")
    }
    for step in adequacy.rows("select * from adequacy_band where variant = 'ACTUAL' order by low, section_id"):
        found[step["risk_id"]]["steps"][step["section_id"]] = step
    return found
