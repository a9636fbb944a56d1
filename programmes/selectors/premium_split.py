"""What a programme costs, by part and by insurer, in each currency and in the brokerage's: sums that tie exactly."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.money import round_money
from market.models import Insurer
from market.selectors.rates import EXACT
from programmes.models import PREMIUM_KINDS, Policy, PremiumKind, PremiumPart, Terms
from programmes.selectors.versions import carried


@dataclass(frozen=True)
class Carrier:
    """Who is paid a part of the premium: an insurer, or in words why none can be named. `rank` puts those last."""

    insurer: Insurer | None = None
    words: str | Promise = ""
    rank: int = 0

    def __str__(self) -> str:
        return str(self.insurer or self.words)


UNNAMED = Carrier(words=_("Insurer not named"), rank=1)
ELSEWHERE = Carrier(words=_("Placed elsewhere"), rank=2)
NOT_PLACED = Carrier(words=_("Not placed"), rank=3)
NOT_RECORDED = Carrier(words=_("Insurers not recorded"), rank=4)
NOT_SPLIT = Carrier(words=_("Not split: a package with different insurers"), rank=5)


@dataclass(frozen=True)
class PolicyPremium:
    """What a policy costs, in its currency: the parts charged by a day, by kind and section (None: all of it)."""

    policy: Policy
    parts: Mapping[tuple[PremiumKind, UUID | None], Decimal] = field(default_factory=dict)

    @classmethod
    def of(cls, policy: Policy, rows: Iterable[PremiumPart]) -> "PolicyPremium":
        """From the rows of the policy that have been charged."""
        parts: dict[tuple[PremiumKind, UUID | None], Decimal] = defaultdict(Decimal)
        for row in rows:
            parts[PremiumKind(row.kind), row.section_id] += row.amount
        return cls(policy, dict(parts))

    def part(self, kind: PremiumKind) -> Decimal | None:
        """The part of that kind; None where there is none."""
        found = [amount for (of_kind, _section), amount in self.parts.items() if of_kind == kind]
        return sum(found, Decimal(0)) if found else None

    @property
    def is_in_parts(self) -> bool:
        """Whether net and brokerage are recorded. Otherwise the policy's premium stands undivided."""
        return any(kind in PREMIUM_KINDS for kind, _section in self.parts)

    @property
    def premium(self) -> Decimal | None:
        """Net and brokerage, without levy and tax; None where it is not known."""
        if not self.is_in_parts:
            return self.policy.premium
        return sum((amount for (kind, _section), amount in self.parts.items() if kind in PREMIUM_KINDS), Decimal(0))

    @property
    def charges(self) -> Decimal:
        """Levy, tax and fee."""
        return sum((amount for (kind, _section), amount in self.parts.items() if kind not in PREMIUM_KINDS), Decimal(0))

    @property
    def payable(self) -> Decimal | None:
        """What the customer pays in all; None where the premium is not known."""
        return None if self.premium is None else self.premium + self.charges

    @property
    def of_sections(self) -> dict[UUID, Decimal]:
        """The premium that is charged for one section each."""
        found: dict[UUID, Decimal] = defaultdict(Decimal)
        for (kind, section), amount in self.parts.items():
            if kind in PREMIUM_KINDS and section is not None:
                found[section] += amount
        return dict(found)


def tied(exact: Sequence[Decimal], total: Decimal, currency: str) -> list[Decimal]:
    """The amounts rounded half up to the currency's minor unit; what rounding leaves of `total` goes to the largest."""
    rounded = [round_money(amount, currency) for amount in exact]
    if rounded:
        largest = max(range(len(rounded)), key=lambda at: abs(exact[at]))
        rounded[largest] += total - sum(rounded, Decimal(0))
    return rounded


def allotted(total: Decimal, shares: Sequence[tuple[Carrier, Decimal]], currency: str) -> dict[Carrier, Decimal]:
    """The amount by shares of it, whatever they sum to; the parts sum to the amount exactly. Shares are above 0."""
    whole = sum((share for _carrier, share in shares), Decimal(0))
    with localcontext(prec=EXACT):
        exact = [total * share / whole for _carrier, share in shares]
    return {carrier: part for (carrier, _share), part in zip(shares, tied(exact, total, currency), strict=True)}


def carriers(terms: Terms | None) -> list[tuple[Carrier, Decimal]]:
    """Who carries a version of a section, with shares: signed lines, else the written ones scaled to at most 1, and
    what is placed elsewhere or nowhere (DESIGN section 5, step 7). Never empty, and each share is above 0."""
    if terms is None:
        return [(NOT_RECORDED, Decimal(1))]
    lines = list(terms.participations.all())
    shares: dict[Carrier, Decimal] = defaultdict(Decimal)
    for line, share in carried(lines):
        shares[Carrier(line.insurer) if line.insurer else UNNAMED] += share
    if lines:
        shares[ELSEWHERE] += terms.placed_elsewhere_share
    elif terms.placed_share:
        shares[UNNAMED] += terms.placed_share
    else:
        return [(NOT_RECORDED, Decimal(1))]
    shares[NOT_PLACED] += max(1 - sum(shares.values()), Decimal(0))
    return [(carrier, share) for carrier, share in shares.items() if share > 0]


def by_carrier(premium: PolicyPremium, terms: Mapping[UUID, Terms]) -> dict[Carrier, Decimal]:
    """The policy's premium by who carries it; empty where it is not known. `terms`: its sections' versions of the day.

    What is charged for a section goes to those who carry it. The rest goes to those who carry every section alike;
    where they differ nobody can say how it is shared, and it stays whole.
    """
    if premium.premium is None:
        return {}
    currency = premium.policy.currency
    found: dict[Carrier, Decimal] = defaultdict(Decimal)
    for section, amount in premium.of_sections.items():
        for carrier, part in allotted(amount, carriers(terms.get(section)), currency).items():
            found[carrier] += part
    rest = premium.premium - sum(premium.of_sections.values(), Decimal(0))
    if rest:
        ways = [carriers(row) for row in terms.values()] or [carriers(None)]
        is_alike = all(dict(way) == dict(ways[0]) for way in ways)
        for carrier, part in allotted(rest, ways[0] if is_alike else [(NOT_SPLIT, Decimal(1))], currency).items():
            found[carrier] += part
    return dict(found)


@dataclass(frozen=True)
class Row:
    """A line of a sum: amounts by currency, and in the brokerage's currency (None: a rate is missing).

    `share` is of the whole in the brokerage's currency.
    """

    words: str | Promise
    amounts: Mapping[str, Decimal]
    in_house: Decimal | None
    insurer: Insurer | None = None
    share: Decimal | None = None
    is_sum: bool = False


@dataclass(frozen=True)
class Sums:
    """Rows by currency that tie: in each column the amounts add up to the sums below them."""

    currencies: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    house: str = ""

    @property
    def is_mixed(self) -> bool:
        """Whether the sum in the brokerage's currency says something that the columns do not."""
        return self.currencies != (self.house,)


@dataclass(frozen=True)
class Rates:
    """Units of each currency for one of the base currency on a day; `house` is the brokerage's currency."""

    units: Mapping[str, Decimal]
    house: str

    def lacks(self, currency: str) -> bool:
        """Whether amounts in it cannot be brought to the brokerage's currency."""
        return currency != self.house and not (currency in self.units and self.house in self.units)

    def brought(self, amounts: Sequence[Decimal], currency: str) -> list[Decimal] | None:
        """The amounts of one currency in the brokerage's: they sum to their sum converted. None without a rate."""
        if currency == self.house:
            return list(amounts)
        if self.lacks(currency):
            return None
        with localcontext(prec=EXACT):
            exact = [amount * self.units[self.house] / self.units[currency] for amount in amounts]
            total = sum(amounts, Decimal(0)) * self.units[self.house] / self.units[currency]
        return tied(exact, round_money(total, self.house), self.house)


MADE_OF = [
    (PremiumKind.NET, PremiumKind.NET.label),
    (PremiumKind.BROKERAGE, PremiumKind.BROKERAGE.label),
    (None, _("Not in parts")),
]
"""What makes the premium; None stands for the premium of policies whose parts are not recorded."""
CHARGES = [(kind, kind.label) for kind in (PremiumKind.LEVY, PremiumKind.TAX, PremiumKind.FEE)]


def by_part(premiums: Sequence[PolicyPremium], rates: Rates) -> Sums:
    """Net, brokerage and what is not in parts make the premium; with levy, tax and fee it makes what is payable."""
    known = [each for each in premiums if each.premium is not None]
    if not known:
        return Sums()
    currencies = _currencies(known)
    made = _part_rows(known, MADE_OF, currencies, rates)
    charged = _part_rows(known, CHARGES, currencies, rates)
    payable = [_sum(_("Payable by the customer"), [*made, *charged])] if charged else []
    return Sums(currencies, (*made, _sum(_("Premium"), made), *charged, *payable), rates.house)


def _part_rows(
    known: Sequence[PolicyPremium],
    kinds: Sequence[tuple[PremiumKind | None, str | Promise]],
    currencies: Sequence[str],
    rates: Rates,
) -> list[Row]:
    there = [
        (kind, words)
        for kind, words in kinds
        if any(each.part(kind) is not None if kind else not each.is_in_parts for each in known)
    ]
    amounts = [
        {
            code: sum((_part(each, kind) for each in known if each.policy.currency == code), Decimal(0))
            for code in currencies
        }
        for kind, _words in there
    ]
    in_house = _in_house(amounts, currencies, rates)
    return [Row(words, of_kind, house) for (_kind, words), of_kind, house in zip(there, amounts, in_house, strict=True)]


def _part(premium: PolicyPremium, kind: PremiumKind | None) -> Decimal:
    if kind is None:
        return Decimal(0) if premium.is_in_parts else premium.policy.premium or Decimal(0)
    return premium.part(kind) or Decimal(0)


def by_insurer(premiums: Sequence[PolicyPremium], terms: Mapping[UUID, Mapping[UUID, Terms]], rates: Rates) -> Sums:
    """The premium by insurer, the largest first, then what cannot be put to one. `terms`: by policy, then section."""
    known = [each for each in premiums if each.premium is not None]
    currencies = _currencies(known)
    found: dict[Carrier, dict[str, Decimal]] = defaultdict(lambda: dict.fromkeys(currencies, Decimal(0)))
    for each in known:
        for carrier, part in by_carrier(each, terms.get(each.policy.pk, {})).items():
            found[carrier][each.policy.currency] += part
    if not found:
        return Sums()
    in_house = _in_house(list(found.values()), currencies, rates)
    whole = None if None in in_house else sum((amount for amount in in_house if amount is not None), Decimal(0))
    rows = [
        (
            carrier.rank,
            Row(
                words=str(carrier),
                amounts=amounts,
                in_house=house,
                insurer=carrier.insurer,
                share=house / whole if whole and house is not None else None,
            ),
        )
        for (carrier, amounts), house in zip(found.items(), in_house, strict=True)
    ]
    rows.sort(key=lambda each: (each[0], -(each[1].in_house or 0), -sum(each[1].amounts.values()), each[1].words))
    ranked = [row for _rank, row in rows]
    return Sums(currencies, (*ranked, _sum(_("Premium"), ranked)), rates.house)


def _currencies(premiums: Iterable[PolicyPremium]) -> tuple[str, ...]:
    return tuple(sorted({each.policy.currency for each in premiums}))


def _in_house(rows: Sequence[Mapping[str, Decimal]], currencies: Sequence[str], rates: Rates) -> list[Decimal | None]:
    """Each row in the brokerage's currency; None where a currency in which it has an amount has no rate."""
    sums: list[Decimal | None] = [Decimal(0)] * len(rows)
    for code in currencies:
        brought = rates.brought([row[code] for row in rows], code)
        for at, row in enumerate(rows):
            so_far = sums[at]
            if brought is None:
                sums[at] = None if row[code] else so_far
            elif so_far is not None:
                sums[at] = so_far + brought[at]
    return sums


def _sum(words: str | Promise, rows: Sequence[Row]) -> Row:
    in_house = [row.in_house for row in rows]
    return Row(
        words=words,
        amounts={code: sum((row.amounts[code] for row in rows), Decimal(0)) for code in rows[0].amounts},
        in_house=None if None in in_house else sum((each for each in in_house if each is not None), Decimal(0)),
        is_sum=True,
    )
