"""Writes a plan into the book, in batches, so that its progress shows and its memory stays small."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from accounts.models import Portfolio, User
from common.copying import copy_rows
from profiles.models import Customer, ImportRow, ImportRun, Location, ServiceTier
from programmes.models import CoverTerm, Participation, Policy, Section, Terms
from programmes.oed.locations import FIELD_COLUMNS
from programmes.oed.plan import LocationStep, Plan, PolicyStep, SectionStep, ValueStep
from programmes.oed.plan_locations import chunks
from risk.models import Exposure, ExposureValue

BATCH = 2000
Progress = Callable[[int], Any]


def load(plan: Plan, *, run: ImportRun, portfolio: Portfolio, by: User, progress: Progress) -> list[Customer]:
    """Writes the plan; `portfolio` takes the new customers. Returns the customers that something changed of.

    Must run inside a transaction, with a plan made in it. `progress` is told the number of rows done so far.
    """
    source = plan.choices.source
    add_customers(plan, portfolio)
    done = 0
    for batch in chunks(plan.locations, BATCH):
        write_locations(source, batch)
        done += len(batch)
        progress(done)
    for policies in chunks(plan.policies, BATCH):
        write_policies(source, policies)
        done += sum(len(policy.sections) for policy in policies)
        progress(done)
    for rows in chunks(plan.kept, BATCH):
        copy_rows(
            ImportRow,
            ["run_id", "file", "number", "object_type", "object_id", "extra"],
            ([run.pk, row.file, row.number, row.object_type, row.object_id, row.extra] for row in rows),
        )
    touched = [step.id for step in plan.customers if step.is_new or any(step.tally.values())]
    return list(Customer.objects.filter(pk__in=touched).order_by("name", "pk"))


def add_customers(plan: Plan, portfolio: Portfolio) -> None:
    """Adds the new customers. They are being taken on: findings about their cover wait until they are in care."""
    new = [step for step in plan.customers if step.is_new]
    if not new:
        return
    tiers = list(ServiceTier.objects.order_by("rank"))
    Customer.objects.bulk_create(
        (
            Customer(
                id=step.id,
                source=plan.choices.source,
                external_id=step.external_id,
                portfolio=portfolio,
                name=step.name,
                tier=tiers[len(tiers) // 2],
                in_care_since=None,
                **step.fields,
            )
            for step in new
        ),
        batch_size=BATCH,
    )


def write_locations(source: str, batch: Sequence[LocationStep]) -> None:
    """Adds and changes some locations with their exposures and values."""
    places = [*FIELD_COLUMNS.values()]
    blank = Location()
    copy_rows(
        Location,
        ["id", "source", "external_id", "customer_id", "reference", *places],
        (
            [
                step.id,
                source,
                step.row.key,
                step.customer_id,
                step.row.reference,
                *(step.row.fields.get(name, getattr(blank, name)) for name in places),
            ]
            for step in batch
            if step.is_new
        ),
    )
    change(Location, {step.id: step.changes for step in batch if step.changes})
    copy_rows(
        Exposure,
        ["id", "source", "external_id", "customer_id", "location_id", "kind"],
        (
            [value.exposure_id, source, f"{step.row.key}/{value.kind}", step.customer_id, step.id, value.kind]
            for step, value in values_in(batch)
            if value.is_new_exposure
        ),
    )
    copy_rows(
        ExposureValue,
        ["customer_id", "exposure_id", "amount", "currency", "valued_on", "indemnity_days"],
        (
            [
                step.customer_id,
                value.exposure_id,
                value.amount,
                value.currency,
                value.valued_on,
                value.indemnity_days,
            ]
            for step, value in values_in(batch)
            if value.corrects is None
        ),
    )
    corrected = {
        value.corrects: {
            "amount": value.amount,
            "currency": value.currency,
            "indemnity_days": value.indemnity_days,
            "verified_on": None,
            "verified_by": None,
        }
        for _step, value in values_in(batch)
        if value.corrects is not None
    }
    change(ExposureValue, corrected)


def values_in(batch: Iterable[LocationStep]) -> Iterator[tuple[LocationStep, ValueStep]]:
    return ((step, value) for step in batch for value in step.values)


def change(model: Any, changes: dict[UUID, dict[str, Any]]) -> None:
    """Changes rows by key, those that change the same fields in one statement, and counts up their versions."""
    alike: dict[tuple[str, ...], list[Any]] = {}
    now = timezone.now()
    for pk, fields in changes.items():
        row = model(pk=pk, updated_at=now, **fields)
        row.version = F("version") + 1
        alike.setdefault(tuple(sorted(fields)), []).append(row)
    for names, rows in alike.items():
        model.objects.bulk_update(rows, [*names, "updated_at", "version"], batch_size=BATCH)


def write_policies(source: str, policies: Sequence[PolicyStep]) -> None:
    """Adds and changes some policies with their sections."""
    Policy.objects.bulk_create(
        Policy(id=step.id, source=source, external_id=step.external_id, customer_id=step.customer_id, **step.changes)
        for step in policies
        if step.is_new
    )
    change(Policy, {step.id: step.changes for step in policies if step.changes and not step.is_new})
    for step in policies:
        if step.moves_terms_from is not None:
            began = Terms.objects.filter(section__policy_id=step.id, first_day=step.moves_terms_from)
            change(Terms, {pk: {"first_day": step.inception} for pk in began.values_list("pk", flat=True)})
    of_class = dict(
        Policy.objects.filter(pk__in=[step.id for step in policies]).values_list("pk", "class_of_business_id")
    )
    change(
        Section,
        {
            pk: {"class_of_business_id": of_class[policy]}
            for pk, policy, of in Section.objects.filter(policy__in=of_class).values_list(
                "pk", "policy", "class_of_business"
            )
            if of != of_class[policy]
        },
    )
    pairs = [(policy, section) for policy in policies for section in policy.sections]
    write_sections(pairs, of_class)
    write_cover([(policy.customer_id, section) for policy, section in pairs])
    write_lines([(policy.customer_id, section) for policy, section in pairs])


def write_sections(pairs: Sequence[tuple[PolicyStep, SectionStep]], of_class: dict[UUID, UUID]) -> None:
    """Adds sections with their first terms, and corrects the latest terms of others in place.

    `of_class` gives each policy's class: every section of an imported policy is of it.
    """
    Section.objects.bulk_create(
        Section(
            id=step.id,
            customer_id=policy.customer_id,
            policy_id=policy.id,
            reference=step.reference,
            class_of_business_id=of_class[policy.id],
            not_in_sums=step.not_in_sums or [],
        )
        for policy, step in pairs
        if step.is_new
    )
    said = {step.id: {"not_in_sums": step.not_in_sums} for _policy, step in pairs if step.not_in_sums is not None}
    change(Section, {step.id: said[step.id] for _policy, step in pairs if step.id in said and not step.is_new})
    Terms.objects.bulk_create(
        Terms(
            id=step.terms_id,
            customer_id=policy.customer_id,
            section_id=step.id,
            first_day=policy.inception,
            **step.changes,
        )
        for policy, step in pairs
        if step.has_new_terms
    )
    change(Terms, {step.terms_id: step.changes for _policy, step in pairs if step.changes and not step.has_new_terms})


def write_cover(sections: Sequence[tuple[UUID, SectionStep]]) -> None:
    """Adds what is covered now and takes out what is covered no longer, by risk category."""
    for _customer_id, step in sections:
        if step.uncovers:
            CoverTerm.objects.filter(terms_id=step.terms_id, category_id__in=step.uncovers).delete()
    older = [step.terms_id for _customer_id, step in sections if step.covers and not step.has_new_terms]
    there = {
        (term.terms_id, term.category_id): term.pk
        for term in CoverTerm.objects.filter(terms_id__in=older).only("pk", "terms_id", "category_id")
    }
    wanted = [
        (customer_id, step.terms_id, category) for customer_id, step in sections for category in sorted(step.covers)
    ]
    excluded = [there[terms_id, category] for _id, terms_id, category in wanted if (terms_id, category) in there]
    change(CoverTerm, {pk: {"included": True} for pk in excluded})
    CoverTerm.objects.bulk_create(
        CoverTerm(customer_id=customer_id, terms_id=terms_id, category_id=category)
        for customer_id, terms_id, category in wanted
        if (terms_id, category) not in there
    )


def write_lines(sections: Sequence[tuple[UUID, SectionStep]]) -> None:
    """Replaces the line of the insurer whom the file does not name."""
    replaced = [(customer_id, step) for customer_id, step in sections if step.replaces_lines]
    older = [step.terms_id for _customer_id, step in replaced if not step.has_new_terms]
    if older:
        Participation.objects.filter(terms_id__in=older, insurer=None).delete()
    Participation.objects.bulk_create(
        Participation(customer_id=customer_id, terms_id=step.terms_id, signed_share=step.line)
        for customer_id, step in replaced
        if step.line is not None
    )
