"""Who carries a section: one insurer for small limits, several for large ones; what goes wrong with their shares."""

from broker_crm.book.draft import Draft, Sheet
from programmes.models import Participation

LINES = Sheet(Participation, "terms_id", "insurer_id", "written_share", "signed_share", "is_lead")
SPLITS = (
    ((1.0,), (1.0,), (1.0,), (1.0,), (0.6, 0.4)),
    ((1.0,), (1.0,), (0.6, 0.4), (0.5, 0.3, 0.2)),
    ((0.6, 0.4), (0.5, 0.3, 0.2), (0.4, 0.3, 0.2, 0.1), (0.35, 0.25, 0.2, 0.1, 0.1), (0.3, 0.2, 0.2, 0.15, 0.1, 0.05)),
)
"""How a section is shared out: up to 15 million, up to 80, above."""


def write(draft: Draft, terms: str, limit: float, *, is_signed: bool) -> None:
    """Adds the lines. One section in 16 is not fully placed, one in 50 more than fully; of one in 50 nobody knows."""
    draws = draft.draws
    if draws.happens(0.02):
        return
    shares = draws.one_of(SPLITS[0 if limit <= 1.5e7 else 1 if limit <= 8e7 else 2])
    fault = draws.random()
    factor = draws.between(0.7, 0.95) if fault < 0.06 else 1.1 if fault < 0.08 and len(shares) > 1 else 1.0
    is_written_only = not is_signed or draws.happens(0.05)
    insurers = draft.shared.insurers
    chosen: set[int] = set()
    for at, share in enumerate(shares):
        # The square makes some insurers far commoner than others.
        insurer = int(len(insurers) * draws.random() ** 2)
        while insurer in chosen:
            insurer = (insurer + 1) % len(insurers)
        chosen.add(insurer)
        draft.add(
            LINES,
            terms,
            insurers[insurer] if draws.random() < 0.99 else None,
            f"{min(1, share * factor * (1.2 if is_written_only else 1)):.4f}",
            None if is_written_only else f"{share * factor:.4f}",
            at == 0,
        )
