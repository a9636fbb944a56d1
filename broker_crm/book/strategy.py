"""What the customer chose: its risk profile with tolerances, signed off by most, and its scale of likelihood."""

from broker_crm.book.draft import Draft, Sheet
from risk.models import RiskProfile, ScaleStep, Tolerance

PROFILES = Sheet(
    RiskProfile,
    "valid_from",
    "currency",
    "appetite_one_loss",
    "appetite_year",
    "security_floor",
    "most_with_one_group",
    "indemnity_months",
    "signed_off_on",
    "signed_off_by_id",
)
TOLERANCES = Sheet(Tolerance, "profile_id", "category_id", "level", "amount")
COMPULSORY = Sheet(RiskProfile.compulsory.through, "riskprofile_id", "compulsoryrequirement_id")
STEPS = Sheet(ScaleStep, "scale", "step", "words", "events_a_year")
LIKELIHOODS = (("Rare", "0.01"), ("Unlikely", "0.05"), ("Possible", "0.2"), ("Likely", "1"), ("Often", "4"))
A_MINUS = 7
"""Step of the common scale."""


def write(draft: Draft) -> None:
    """Adds a profile for nine in ten; one in ten of those is not signed off, one in ten has an earlier version."""
    draws = draft.draws
    if draws.happens(0.6):
        for step, (words, events) in enumerate(LIKELIHOODS, start=1):
            draft.add(STEPS, "LIKELIHOOD", step, words, events)
    if draws.happens(0.08):
        return
    if draws.happens(0.1):
        _profile(draft, days=500, is_signed=True)
    _profile(draft, days=int(draws.between(10, 400)), is_signed=draws.happens(0.9))


def _profile(draft: Draft, *, days: int, is_signed: bool) -> None:
    draws = draft.draws
    bearable = draws.spread(max(draft.worth, 1e6) * 0.01, 0.8)
    profile = draft.add(
        PROFILES,
        draft.days_ago(days),
        draft.currency,
        None if draws.happens(0.06) else draft.money(bearable),
        None if draws.happens(0.2) else draft.money(bearable * 2),
        None if draws.happens(0.3) else A_MINUS,
        None if draws.happens(0.4) else draws.one_of(("0.5", "0.6", "0.75", "1")),
        draws.one_of((6, 12, 12, 18)) if draws.happens(0.5) else None,
        draft.days_ago(days) if is_signed else None,
        draft.manager if is_signed else None,
    )
    if draws.happens(0.8):
        for requirement in draft.shared.compulsory.get(draft.country, ()):
            draft.add(COMPULSORY, profile, requirement)
    for category in ("PROPERTY_DAMAGE", "INTERRUPTION", "LIABILITY", "CYBER_RISKS"):
        if draws.happens(0.4):
            has_level = draws.happens(0.6)
            draft.add(
                TOLERANCES,
                profile,
                draft.shared.categories[category],
                draws.one_of((6, 8, 9, 10, 12, 15)) if has_level else None,
                draft.money(bearable * draws.between(0.5, 2)) if not has_level or draws.happens(0.5) else None,
            )
