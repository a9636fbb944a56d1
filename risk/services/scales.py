"""What is done with a customer's scales: begun as those that ship, and worded and figured as the customer sees it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import action
from accounts.models import User
from accounts.services import audit
from common.exceptions import StaleVersion
from common.templatetags.ui import money
from profiles.models import Customer
from risk.models import ScaleStep
from risk.selectors.scales import Scales, scales_of

BEGUN = action("scales.begun", gettext_lazy("began the scales of likelihood and consequence of"))
CHANGED = action("scales.changed", gettext_lazy("changed the scales of likelihood and consequence of"))

MOST_EVENTS = 365
"""What happens more often than once a day is how the business runs, not a risk."""


@transaction.atomic
def ensure(*, customer: Customer, by: User) -> Scales:
    """The customer's scales, copied from those that ship where it has none yet."""
    current = scales_of(customer)
    if current.is_saved:
        return current
    Customer.locked(customer.pk)
    current = scales_of(customer)  # somebody else may have been quicker
    if current.is_saved:
        return current
    ScaleStep.objects.bulk_create(current.steps)
    audit.record(BEGUN, customer, by=by, customer_id=customer.pk, after=said(current, customer), check=False)
    return scales_of(customer)


@transaction.atomic
def change(*, customer: Customer, steps: Iterable[ScaleStep], by: User, version: int) -> Scales:
    """Saves all ten steps as given, by scale and step. No change writes nothing.

    `version` is that of the scales that were edited. Raises StaleVersion when somebody saved them meanwhile (`current`
    is the customer), and ValidationError with the steps named, such as `LIKELIHOOD_3_figure`: figures must rise.
    """
    Customer.locked(customer.pk)
    seen = scales_of(customer)
    if seen.version != version:
        raise StaleVersion(customer)
    given = sorted(steps, key=lambda row: (row.scale, row.step))
    refuse_slips(given)
    had = {(row.scale, row.step): row for row in ensure(customer=customer, by=by).steps}
    before, after = {}, {}
    for row in given:
        kept = had[row.scale, row.step]
        old, new = in_words(kept, customer), in_words(row, customer)
        if figure_of(kept) == figure_of(row) and kept.words == row.words:
            continue
        before[name_of(row)], after[name_of(row)] = old, new
        kept.words, kept.events_a_year, kept.amount = row.words, row.events_a_year, row.amount
        kept.version += 1
        kept.full_clean()
        kept.save()
    if after:
        audit.record(CHANGED, customer, by=by, customer_id=customer.pk, before=before, after=after)
    return scales_of(customer)


def refuse_slips(steps: list[ScaleStep]) -> None:
    """Raises ValidationError, naming each step's field, for figures that do not rise, are missing or absurd."""
    wrong: dict[str, Any] = {}
    for scale in ScaleStep.Scale.values:
        rows = [row for row in steps if row.scale == scale]
        is_likelihood = scale == ScaleStep.Scale.LIKELIHOOD
        has_figures = is_likelihood or any(row.amount is not None for row in rows)
        words: set[str] = set()
        highest: Decimal | None = None
        for row in rows:
            if row.words.casefold() in words:
                wrong[f"{scale}_{row.step}_words"] = _("Another step has these words.")
            words.add(row.words.casefold())
            figure = figure_of(row)
            fault = figure_fault(figure, highest, is_likelihood) if has_figures else ""
            if fault:
                wrong[f"{scale}_{row.step}_figure"] = fault
            elif figure is not None:
                highest = figure
    if wrong:
        raise ValidationError(wrong)


def figure_fault(figure: Decimal | None, below: Decimal | None, is_likelihood: bool) -> str:
    """Why a step cannot have the figure, above a step that has `below`; empty where it can."""
    if figure is None:
        if is_likelihood:
            return _("Give the number of events a year.")
        return _("Give every step an amount, or none of them.")
    if is_likelihood and figure <= 0:
        return _("A step that never happens is no step: give a figure above 0.")
    if is_likelihood and figure > MOST_EVENTS:
        return _("At most %(most)s a year.") % {"most": MOST_EVENTS}
    if below is not None and figure <= below:
        return _("Each step is above the one before it.")
    return ""


def figure_of(row: ScaleStep) -> Decimal | None:
    return row.events_a_year if row.scale == ScaleStep.Scale.LIKELIHOOD else row.amount


def said(scales: Scales, customer: Customer) -> dict[str, str]:
    return {name_of(row): in_words(row, customer) for row in scales.steps}


def name_of(row: ScaleStep) -> str:
    """How the record calls a step."""
    return _("%(scale)s %(step)s") % {"scale": row.get_scale_display(), "step": row.step}


def in_words(row: ScaleStep, customer: Customer) -> str:
    """A step as the record keeps it: its words, and its figure where it has one."""
    figure = figure_of(row)
    if figure is None:
        return row.words
    if row.scale == ScaleStep.Scale.LIKELIHOOD:
        return _("%(words)s, %(figure)s a year") % {"words": row.words, "figure": f"{figure.normalize():f}"}
    return _("%(words)s, from %(amount)s") % {"words": row.words, "amount": money(figure, customer.currency)}
