"""What the cover in force pays for, roughly: so that what customers of the demo book chose goes with what they hold.

The exact answer is adequacy's, which needs the database. Here aggregates, average and shares count for nothing.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from broker_crm.demo.book import PER_HONG_KONG_DOLLAR, Book
from market.models import ClassMode
from profiles.models import Customer
from programmes.models import CoverTerm, PolicyState, Terms
from programmes.models.terms import CoverBasis, LimitBasis
from risk.models import RiskCategory


@dataclass(frozen=True)
class Answer:
    """Up to which loss cover reaches, and what the customer bears of one. In the customer's currency."""

    room: Decimal
    deductible: Decimal

    @property
    def responds(self) -> bool:
        return self.room > 0


class CoverInForce:
    """The terms that hold on the book's day, by customer."""

    def __init__(self, book: Book) -> None:
        self.categories = book.categories
        self.covers: dict[UUID, dict[str, CoverTerm]] = defaultdict(dict)
        for cover in book.of(CoverTerm):
            self.covers[cover.terms_id][cover.category.code] = cover
        self.terms: dict[UUID, list[Terms]] = defaultdict(list)
        for terms in sorted(book.of(Terms), key=lambda terms: terms.attachment_point):
            section = terms.section
            if (
                section.class_of_business.mode == ClassMode.TOWER
                and terms.holds_on(book.on)
                and section.policy.state(book.on) == PolicyState.IN_FORCE
            ):
                self.terms[section.customer_id].append(terms)
        self.classes: dict[str, set[str]] = defaultdict(set)
        answering = RiskCategory.classes.through.objects.values_list("riskcategory__code", "classofbusiness__code")
        for category, code in answering:
            self.classes[category].add(code)

    def held(self, customer: Customer) -> set[str]:
        """Classes of business in which a customer has cover."""
        return {terms.section.class_of_business.code for terms in self.terms[customer.pk]}

    def greatest_deductible(self, customer: Customer) -> Decimal:
        return max(
            (
                _ours(figure, terms, customer)
                for terms in self.terms[customer.pk]
                for figure in (
                    terms.deductible_amount,
                    *(cover.deductible_amount for cover in self.covers[terms.pk].values()),
                )
                if figure is not None
            ),
            default=Decimal(0),
        )

    def answer(self, customer: Customer, category: str) -> Answer:
        """What the cover of a customer does for a category of risks, from the bottom up to the first gap."""
        room = deductible = Decimal(0)
        is_sublimited = False
        for terms in self.terms[customer.pk]:
            cover = self._cover(terms, category)
            if cover is None:
                is_answered = terms.basis == CoverBasis.ALL_RISKS and self._answers(terms, category)
            else:
                is_answered = cover.included
            limits = [figure for figure in (terms.limit, terms.sum_insured) if figure]
            if not is_answered or not limits or (terms.attachment_point and is_sublimited):
                continue
            units = terms.units or 1 if terms.limit_basis == LimitBasis.PER_UNIT else 1
            limit = min(limits)
            if cover and cover.sublimit is not None:
                is_sublimited, limit = True, cover.sublimit
            starts_at = _ours(terms.attachment_point, terms, customer)
            if starts_at > room:
                break
            if not starts_at:
                borne = cover.deductible_amount if cover and cover.deductible_amount else terms.deductible_amount
                deductible = max(deductible, _ours(borne or Decimal(0), terms, customer))
            room = max(room, starts_at + _ours(limit * units, terms, customer))
        return Answer(room, deductible)

    def _cover(self, terms: Terms, category: str) -> CoverTerm | None:
        """What terms say of a category: of itself, else of the nearest above it."""
        said = self.covers[terms.pk]
        return next((said[code] for code in reversed(self.categories[category].path) if code in said), None)

    def _answers(self, terms: Terms, category: str) -> bool:
        return terms.section.class_of_business.code in self.classes[category]


def _ours(figure: Decimal, terms: Terms, customer: Customer) -> Decimal:
    """An amount of a policy in the customer's currency, at rough rates."""
    policy = terms.section.policy.currency
    if policy == customer.currency:
        return figure
    rate = PER_HONG_KONG_DOLLAR[customer.currency] / PER_HONG_KONG_DOLLAR[policy]
    return (figure * Decimal(rate)).quantize(Decimal("0.01"))
