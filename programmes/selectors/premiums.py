"""What a policy costs and how it is paid: totals that tie, and what is due."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from programmes.models import PREMIUM_KINDS, Instalment, Policy, PremiumKind, PremiumPart


@dataclass(frozen=True)
class PremiumSheet:
    """The parts and instalments of a policy; amounts in its currency."""

    policy: Policy
    parts: tuple[PremiumPart, ...]
    instalments: tuple[Instalment, ...]
    as_at: datetime.date

    @cached_property
    def totals(self) -> list[tuple[str, Decimal]]:
        """Each kind that is charged, by its label, and its total."""
        return [(str(PremiumKind(kind).label), total) for kind, total in self._by_kind.items()]

    @cached_property
    def _by_kind(self) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for kind in PremiumKind.values:
            rows = [part.amount for part in self.parts if part.kind == kind]
            if rows:
                sums[kind] = sum(rows, Decimal(0))
        return sums

    @property
    def premium(self) -> Decimal | None:
        """Net premium and brokerage; without parts what is entered on the policy."""
        sums = [self._by_kind[kind] for kind in PREMIUM_KINDS if kind in self._by_kind]
        return sum(sums, Decimal(0)) if sums else self.policy.premium

    @property
    def payable(self) -> Decimal | None:
        """What the customer pays."""
        return sum((part.amount for part in self.parts), Decimal(0)) if self.parts else self.policy.premium

    @property
    def brokerage_share(self) -> Decimal | None:
        """Brokerage as a share of the premium; None where either is not known."""
        brokerage = self._by_kind.get(PremiumKind.BROKERAGE)
        return brokerage / self.premium if brokerage is not None and self.premium else None

    @property
    def instalment_total(self) -> Decimal:
        return sum((row.amount for row in self.instalments), Decimal(0))

    @property
    def unpaid(self) -> Decimal:
        return sum((row.amount for row in self.instalments if row.paid_on is None), Decimal(0))

    @property
    def difference(self) -> Decimal | None:
        """What the instalments lack of what is payable (below 0: are above it); None where nothing is wrong."""
        if not self.instalments or self.payable is None:
            return None
        return self.payable - self.instalment_total or None

    @property
    def above(self) -> Decimal:
        """How far the instalments are above what is payable."""
        return -(self.difference or Decimal(0))

    @property
    def due(self) -> list[tuple[Instalment, str]]:
        """The instalments, each with its state: PAID, OVERDUE or DUE."""
        return [
            (row, "PAID" if row.paid_on else "OVERDUE" if row.due_on < self.as_at else "DUE")
            for row in self.instalments
        ]


def premium_of(policy: Policy, *, on: datetime.date) -> PremiumSheet:
    """A policy's parts and instalments in the order of their days. Two queries."""
    return PremiumSheet(
        policy,
        tuple(policy.premium_parts.select_related("section").order_by("charged_from", "created_at", "pk")),
        tuple(policy.instalments.order_by("due_on")),
        on,
    )
