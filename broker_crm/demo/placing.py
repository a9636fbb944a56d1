"""A tower of the showcase that is being placed: six layers of next year, their lines written and not signed yet."""

from decimal import Decimal

from broker_crm.demo.book import Book, Cover, SectionPlan
from programmes.models import Participation, Policy
from programmes.models.terms import CoverBasis

LAYERS = (
    (0, 40, (("Lantern Bay", "0.6"), ("Silver Junk", "0.4"), ("Kapok", "0.25"))),
    (40, 60, (("Nine Terraces", "0.5"), ("Bauhinia Mutual", "0.3"), ("Garonne", "0.2"))),
    (100, 100, (("Sakura Crane", "0.6"), ("Lantern Bay", "0.35"), ("Thames Wharf 9001", "0.25"))),
    (200, 100, (("Edelweiss Corp.", "0.5"), ("Rheinhafen", "0.35"))),
    (300, 150, (("Thames Wharf 9001", "0.7"), ("Albion Oak HK", "0.3"))),
    (450, 150, (("Edelweiss Corp.", "1"),)),
)
"""Attachment and limit in millions, and what was written of the layer, the lead first."""
TO_STAND = "Thames Wharf 9001"
COVERS = (
    Cover("TYPHOON"),
    Cover("FLOOD"),
    Cover("TERROR_AND_POLITICAL_VIOLENCE", included=False),
    Cover("INTERRUPTION", included=False),
)


def layers() -> tuple[SectionPlan, ...]:
    """The sections of the tower, from the bottom up."""
    return tuple(
        SectionPlan(
            tuple((insurer, Decimal(share)) for insurer, share in written),
            _millions(limit),
            name="Primary" if not attachment else f"Excess layer {number - 1}",
            reference=str(number),
            basis=CoverBasis.ALL_RISKS,
            attachment_point=_millions(attachment),
            deductible=None if attachment else _millions("0.5"),
            covers=COVERS,
        )
        for number, (attachment, limit, written) in enumerate(LAYERS, start=1)
    )


def signed_layers() -> tuple[SectionPlan, ...]:
    """The same tower a year earlier, each layer with its lead alone."""
    return tuple(
        SectionPlan(
            ((plan.lines[0][0], Decimal(1)),),
            plan.limit,
            name=plan.name,
            reference=plan.reference,
            basis=plan.basis,
            attachment_point=plan.attachment_point,
            deductible=plan.deductible,
            covers=plan.covers,
        )
        for plan in layers()
    )


def with_a_line_to_stand(book: Book, policy: Policy) -> None:
    """One insurer wrote its lines on the policy to stand."""
    for line in book.of(Participation):
        if line.terms.section.policy == policy and line.insurer and line.insurer.short_name == TO_STAND:
            line.stands = True


def _millions(figure: int | str) -> Decimal:
    return (Decimal(figure) * 1_000_000).quantize(Decimal("0.01"))
