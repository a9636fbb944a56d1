"""Updates composed from the programme: for every customer whose plan says it is time, or for one by hand."""

import datetime
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.acting import acting_as
from accounts.models import User
from common.templatetags.ui import day_text
from communications.models import ContactPlan, Update, UpdateMode, UpdateState
from communications.selectors.recipients import NOT_WRITTEN_TO, recipients
from communications.services import plans, updates
from communications.services.updates import Composed
from profiles.models import Customer
from programmes.selectors.update_figures import Programme, figures, programmes_on

CHUNK = 200
"""Customers composed together: their figures are read in the same few queries, and written in one transaction."""

log = logging.getLogger(__name__)


@dataclass
class Round:
    """How many customers a round over all plans met with what."""

    plans_added: int = 0
    drafted: int = 0
    refreshed: int = 0
    unchanged: int = 0
    left_to_their_editors: int = 0
    released: int = 0
    without_recipient: int = 0
    failed: int = 0


def draft_due(*, on: datetime.date, by: User) -> Round:
    """Drafts an update for each customer whose plan says it is time, and releases it where the plan says SEND.

    May be stopped anywhere and begun again: an update stays due until it is released or discarded. One that cannot be
    released for a fault of ours is logged and counted as failed, and the rest go on.
    """
    with acting_as(by):
        outcome = Round(plans_added=plans.add_missing(on=on, by=by))
        for chunk in _chunks(list(due_plans(on).values_list("customer_id", "update_mode"))):
            drafted = updates.draft(composed=compose([pk for pk, _mode in chunk], on=on), by=by)
            outcome.drafted += len(drafted.created)
            outcome.refreshed += len(drafted.refreshed)
            outcome.unchanged += len(drafted.unchanged)
            outcome.left_to_their_editors += len(drafted.left_to_their_editors)
            sent_by_plan = {pk for pk, mode in chunk if mode == UpdateMode.SEND}
            for update in drafted.untouched_by_people:
                if update.customer_id in sent_by_plan and is_worth_sending(update.figures):
                    _release(update, outcome, on=on, by=by)
    return outcome


def foresee(*, on: datetime.date) -> Round:
    """What `draft_due` would meet on a day if nothing changed until then. Writes nothing."""
    outcome = Round()
    for chunk in _chunks(list(due_plans(on).values_list("customer_id", "update_mode"))):
        modes = dict(chunk)
        with_recipient = recipients(modes)
        has_draft = {
            update.customer_id: update for update in Update.objects.filter(customer__in=modes, state=UpdateState.DRAFT)
        }
        for composed in compose(list(modes), on=on):
            pk = composed.customer.pk
            existing = has_draft.get(pk)
            if existing and existing.edited_at:
                outcome.left_to_their_editors += 1
                continue
            if existing:
                outcome.refreshed += 1
            else:
                outcome.drafted += 1
            if modes[pk] == UpdateMode.SEND and is_worth_sending(composed.figures):
                if pk in with_recipient:
                    outcome.released += 1
                else:
                    outcome.without_recipient += 1
    return outcome


def draft(*, customer: Customer, on: datetime.date, by: User) -> Update:
    """The draft of one customer by hand: a new one, or the one there is, brought up to date unless somebody edited it.

    Raises NotWrittenTo for a customer that gets no letters.
    """
    drafted = updates.draft(composed=compose([customer.pk], on=on), by=by)
    return (drafted.untouched_by_people + drafted.left_to_their_editors)[0]


def refresh(*, update: Update, on: datetime.date, by: User, version: int) -> Update:
    """Takes the figures of the day into a draft, and keeps the words a person wrote.

    Raises WrongState, StaleVersion.
    """
    (composed,) = compose([update.customer_id], on=on)
    return updates.refresh(update=update, composed=composed, by=by, version=version)


def due_plans(on: datetime.date) -> QuerySet[ContactPlan]:
    """The plans whose next update is due, of customers who may be written to."""
    due: QuerySet[ContactPlan] = (
        ContactPlan.objects.filter(next_update_on__lte=on)
        .exclude(customer__stage__in=NOT_WRITTEN_TO)
        .order_by("next_update_on", "customer_id")
    )
    return due


def is_worth_sending(composed_figures: dict[str, object]) -> bool:
    """A letter that shows no cover in force is for a person to look at, whatever the plan says."""
    return bool(composed_figures["policies"])


def compose(customer_ids: Sequence[UUID], *, on: datetime.date) -> Iterator[Composed]:
    """What an update would say on the day, for each of the customers, in its language."""
    programmes = programmes_on(customer_ids, on=on)
    customers = Customer.objects.filter(pk__in=customer_ids).select_related("portfolio__manager__team__office")
    for customer in customers.order_by("pk"):
        programme = programmes.get(customer.pk) or Programme(as_at=on)
        with translation.override(customer.language):
            yield Composed(
                customer=customer,
                as_at=on,
                language=customer.language,
                subject=_("Your insurance programme as at %(day)s") % {"day": day_text(on)},
                opening=_opening(programme, customer),
                closing=_closing(),
                figures=figures(programme, customer),
            )


def _opening(programme: Programme, customer: Customer) -> str:
    name = customer.name_local if customer.name_local and customer.language.startswith("zh") else customer.name
    if not programme.in_force:
        words = _("We have no policy in force for %(customer)s at present.")
    elif programme.due:
        words = _(
            "This is our regular update on the insurance of %(customer)s that we look after. It shows the cover in "
            "force, and what ends in the next four months."
        )
    else:
        words = _(
            "This is our regular update on the insurance of %(customer)s that we look after. It shows the cover in "
            "force. Nothing ends in the next four months."
        )
    return words % {"customer": name}


def _closing() -> str:
    return _(
        "Your cover rests on what we know of you. Please tell us of anything new: premises, machinery, stock, "
        "contracts, people. A call or an answer to this letter is enough."
    )


def _release(update: Update, outcome: Round, *, on: datetime.date, by: User) -> None:
    try:
        updates.release(update=update, by=by, version=update.version, on=on)
        outcome.released += 1
    except updates.NoRecipient:
        outcome.without_recipient += 1
    except Exception:
        log.exception("The update %s could not be released", update.pk)
        outcome.failed += 1


def _chunks(rows: list[tuple[UUID, str]]) -> Iterator[list[tuple[UUID, str]]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]
