"""Claims on the sections in force, with how their figures moved; some use up much of an aggregate."""

import datetime

from broker_crm.book.draft import Draft, Held, Sheet
from broker_crm.book.draws import rounded
from programmes.models import Claim, ClaimMovement

CLAIMS = Sheet(Claim, "section_id", "reference", "lost_on", "made_on", "notified_on", "closed_on")
MOVEMENTS = Sheet(ClaimMovement, "claim_id", "stood_on", "outstanding", "paid")
CLAIMS_MADE = ("PROFESSIONAL_INDEMNITY", "DIRECTORS_AND_OFFICERS", "CYBER")


def write(draft: Draft) -> None:
    """Adds a claim or several to one section in ten with an aggregate, and to one in twenty of the others."""
    draws = draft.draws
    for held in draft.held:
        if not draws.happens(0.1 if held.aggregate else 0.05):
            continue
        for _ in range(min(int(draws.paretovariate(2)), 8)):
            _claim(draft, held)


def _claim(draft: Draft, held: Held) -> None:
    draws = draft.draws
    days = (draft.on - held.inception).days
    lost_on = held.inception + datetime.timedelta(days=int(draws.random() * (days + 1)))
    incurred = min(draws.spread((held.aggregate or held.limit or 1e6) * 0.05, 1.6), held.limit or 1e6) * held.per_dollar
    is_closed = (draft.on - lost_on).days > 120 and draws.happens(0.5)
    claim = draft.add(
        CLAIMS,
        held.key,
        f"CL-{draft.number}-{len(draft.rows[CLAIMS]) + 1}",
        lost_on,
        lost_on if held.code in CLAIMS_MADE else None,
        lost_on,
        draft.on if is_closed else None,
    )
    draft.add(MOVEMENTS, claim, lost_on, rounded(incurred), 0)
    if is_closed:
        draft.add(MOVEMENTS, claim, draft.on, 0, rounded(incurred * draws.between(0.5, 1.1)))
    elif (draft.on - lost_on).days > 30:
        paid = incurred * draws.random()
        at = lost_on + datetime.timedelta(days=25)
        draft.add(MOVEMENTS, claim, at, rounded(max(incurred - paid, 1)), rounded(paid))
