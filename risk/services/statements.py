"""Saving a statement of values: from the grid, pasted, or from a file; all of it in one act."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import audit
from common.files import RefusedRow, RefusedRows, Table
from common.templatetags.ui import day_text, money, number
from profiles.models import Customer
from risk.models import StatementDraft
from risk.statement import book, writing
from risk.statement.columns import lines_of
from risk.statement.lines import Figures, Line
from risk.statement.plan import Plan, Step, plan_lines

SAVED = audit.action("statement.saved", gettext_lazy("saved the statement of values of"))

MOST_RECORDED = 300
"""Changes that the entry in the record lists one by one; of more it says the number. Field history has them all."""
DAYS_KEPT = 7
"""A draft that nobody saved is thrown away after so many days."""


class NotSaved(Exception):
    """A statement with lines that are refused, or that somebody else changed meanwhile. Nothing was changed."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(f"{plan.refused} lines are refused, {len(plan.conflicts)} were changed meanwhile.")
        self.plan = plan


class PlanChanged(NotSaved):
    """What would be done is by now something else than the user looked at."""


def plan(
    *, customer: Customer, lines: Sequence[Line], day: datetime.date, on: datetime.date, replaces: bool = False
) -> Plan:
    """What saving the lines would do. Writes nothing."""
    return plan_lines(book.read(customer, lines), lines, day=day, on=on, replaces=replaces)


@transaction.atomic
def save(
    *,
    customer: Customer,
    lines: Sequence[Line],
    day: datetime.date,
    by: User,
    on: datetime.date,
    is_verified: bool = False,
    replaces: bool = False,
    leaves_out_bad: bool = False,
    seen: str | None = None,
    note: str = "",
) -> Plan:
    """Writes what the lines change, and one entry in the record; what does not differ is left alone.

    `day` is the valuation date of lines that give none. `is_verified`: the customer confirmed the figures, on `on`.
    `replaces`: also what somebody else changed since it was seen. `leaves_out_bad`: lines that are refused, or that
    clash, stay out. `seen`: the fingerprint of the plan the user looked at.

    Raises NotSaved where lines are refused or clash, PlanChanged where it would do something else than was seen.
    """
    # Whatever is added to a customer takes a shared lock on its row, so that nothing is added until this is done.
    customer = Customer.locked(customer.pk)
    made = plan_lines(book.read(customer, lines, locks=True), lines, day=day, on=on, replaces=replaces)
    if seen is not None and made.fingerprint != seen:
        raise PlanChanged(made)
    if (made.refusals or made.conflicts) and not leaves_out_bad:
        raise NotSaved(made)
    if made.steps:
        writing.write(
            made,
            customer,
            verified_on=on if is_verified else None,
            verified_by=by if is_verified else None,
        )
        before, after = recorded(made.steps)
        said = " ".join(part for part in (sentence(made), note) if part)
        audit.record(SAVED, customer, by=by, customer_id=customer.pk, before=before, after=after, note=said)
    return made


# Tables that are looked at before they are saved


@transaction.atomic
def keep(
    *,
    customer: Customer,
    table: Table,
    file_name: str,
    day: datetime.date,
    is_verified: bool,
    by: User,
) -> StatementDraft:
    """Keeps a table that was pasted or uploaded, for what it would change to be looked at. The book stays as it is.

    Raises UnreadableFile where its first row does not name the columns.
    """
    rows = list(table.rows)
    lines_of(table.header, rows)
    StatementDraft.objects.filter(created_at__lt=timezone.now() - datetime.timedelta(days=DAYS_KEPT)).delete()
    return StatementDraft.objects.create(
        customer=customer,
        made_by=by,
        file_name=file_name[:200],
        day=day,
        is_verified=is_verified,
        table={"header": table.header, "rows": [[row.number, row.cells] for row in rows]},
    )


@transaction.atomic
def save_draft(
    *,
    draft: StatementDraft,
    lines: Sequence[Line],
    by: User,
    on: datetime.date,
    replaces: bool,
    leaves_out_bad: bool,
    seen: str,
) -> Plan:
    """Saves the lines of a draft as they were looked at, and the draft goes. Raises as `save` does."""
    done = save(
        customer=draft.customer,
        lines=lines,
        day=draft.day,
        by=by,
        on=on,
        is_verified=draft.is_verified,
        replaces=replaces,
        leaves_out_bad=leaves_out_bad,
        seen=seen,
        note=_("From %(file)s.") % {"file": draft},
    )
    draft.delete()
    return done


@transaction.atomic
def give_up(*, draft: StatementDraft, by: User) -> None:
    """Throws a draft away. The book was never touched, so the record has nothing to tell."""
    draft.delete()


def take_file(*, customer: Customer, table: Table, by: User, on: datetime.date) -> Plan:
    """Saves a file at once, all or nothing: what `import_file values` does. Raises RefusedRows, UnreadableFile."""
    try:
        return save(customer=customer, lines=lines_of(table.header, table.rows), day=on, by=by, on=on)
    except NotSaved as error:
        raise RefusedRows([refusal.as_row() for refusal in error.plan.refusals] + clashes(error.plan)) from error


def clashes(made: Plan) -> list[RefusedRow]:
    """Conflicts as refused rows, with what the book says by now."""
    return [
        RefusedRow(
            clash.line.row,
            clash.about.kind_label,
            clash.line.amount,
            _("Somebody changed it since the file was written: it is %(now)s by now.") % {"now": worded(clash.now)},
        )
        for clash in made.conflicts
    ]


# In words


def sentence(made: Plan) -> str:
    """What was done, in counts."""
    counts = made.counts
    told = [
        (_("%(count)s locations added"), len(made.new_places)),
        (_("%(count)s values added"), counts["added"]),
        (_("%(count)s given anew"), counts["moved"]),
        (_("%(count)s corrected"), counts["corrected"]),
        (_("%(count)s ended"), counts["ended"]),
        (_("%(count)s described otherwise"), counts["described"]),
    ]
    return ", ".join(words % {"count": number(count)} for words, count in told if count) + "."


def recorded(steps: Sequence[Step]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Before and after of each exposure, by its name, as the record keeps them."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for step in steps[:MOST_RECORDED]:
        name = called(step)
        name = name if name not in after else f"{name} ({day_text(step.valued_on)})"
        before[name] = worded(step.before)
        after[name] = f"{worded(step.after)}, {day_text(step.valued_on)}" if step.after else worded(step.before)
    if len(steps) > MOST_RECORDED:
        after[_("and more")] = number(len(steps) - MOST_RECORDED)
        before[_("and more")] = ""
    return before, after


def called(step: Step) -> str:
    """An exposure by its place, kind and description."""
    about = step.about
    parts = (about.place.words if about.place else "", about.kind_label, about.description)
    return " · ".join(part for part in parts if part)


def worded(figures: Figures | None) -> str:
    """An amount with its currency; a number alone where it has none; "ended" for 0."""
    if figures is None:
        return ""
    if not figures.amount:
        return _("ended")
    return money(figures.amount, figures.currency) if figures.currency else number(figures.amount)
