"""The tree of risk categories, in the order that people read it."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from market.models import ClassOfBusiness
from risk.models import RiskCategory


@dataclass(frozen=True)
class Node:
    """A category at its place in the tree. `is_match` is false where it only leads to one that was looked for."""

    category: RiskCategory
    depth: int
    classes: list[ClassOfBusiness]
    is_match: bool


def tree(*, words: str = "", class_code: str = "") -> list[Node]:
    """The categories, each followed by those below it; with words or a class, those that match and what leads there.

    Words are looked for in names and perils, in both languages, and in the codes. Two queries.
    """
    rows = list(RiskCategory.objects.prefetch_related("classes").order_by("rank", "code"))
    matching = {row.code for row in rows if matches(row, words.casefold()) and answered_by(row, class_code)}
    shown = {code for row in rows if row.code in matching for code in row.path}
    return [
        Node(
            category=row,
            depth=row.depth,
            classes=sorted(row.classes.all(), key=lambda answer: answer.rank),
            is_match=row.code in matching,
        )
        for row in walked(rows)
        if row.code in shown
    ]


def walked(rows: list[RiskCategory]) -> list[RiskCategory]:
    """Rows in the order of the tree: each before those below it, and siblings in the order they were given in."""
    below: dict[UUID | None, list[RiskCategory]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)
    walk: list[RiskCategory] = []
    waiting = below[None][::-1]
    while waiting:
        row = waiting.pop()
        walk.append(row)
        waiting.extend(below[row.pk][::-1])
    return walk


def matches(category: RiskCategory, words: str) -> bool:
    text = " ".join(
        [
            category.name,
            category.name_zh,
            category.perils,
            category.perils_zh,
            category.code,
            *category.oed_codes,
        ]
    )
    return words in text.casefold()


def answered_by(category: RiskCategory, class_code: str) -> bool:
    return not class_code or any(row.code == class_code for row in category.classes.all())
