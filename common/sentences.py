"""Words for findings: templates with facts in them, in the reader's language.

A fact's format says how it reads: `{expiry:day}` a day, `{stake_amount:money}` an amount in `stake_amount_currency`
(else in `currency`), `{share:percent}` a share of 1, `{class:local}` the fact `class_zh` for a reader of Chinese,
`{stake:stake}` what the amount is, `{missing:figures}` what nobody has entered. Without: as it stands.
"""

import datetime
import string
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import get_language

from common.monitor import MissingFigure, Monitor, Stake
from common.templatetags.ui import NOTHING, day_text, money, percent


class UnknownFact(LookupError):
    """A template names a fact that the finding does not have, or a format that there is not."""


class FactFormatter(string.Formatter):
    """Words one template."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts

    def word(self, template: str) -> str:
        """The template with its facts filled in. Raises UnknownFact."""
        return self.vformat(template, (), self.facts)

    def parse(self, format_string: str) -> Any:
        """Hands the format of each field on as its name's ending, since how a fact reads may depend on other facts."""
        for text, name, spec, _conversion in super().parse(format_string):
            yield text, name if name is None else f"{name}:{spec or ''}", "", None

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        name, _colon, spec = field_name.partition(":")
        if name not in self.facts:
            raise UnknownFact(f"There is no fact {name}.")
        value = self.facts[name]
        if spec == "local":
            is_chinese = (get_language() or "").startswith("zh")
            return (is_chinese and self.facts.get(f"{name}_zh")) or value, name
        if value is None:
            return NOTHING, name
        return self._worded(name, value, spec), name

    def _worded(self, name: str, value: Any, spec: str) -> str:
        if spec == "":
            return str(value)
        if spec == "day":
            return day_text(datetime.date.fromisoformat(value))
        if spec == "money":
            return money(Decimal(value), self.facts.get(f"{name}_currency") or self.facts["currency"])
        if spec == "percent":
            return percent(Decimal(value))
        if spec == "figures":
            return ", ".join(dict.fromkeys(missing_figure(figure) for figure in value))
        if spec == "stake":
            return str(Stake(value).label)
        raise UnknownFact(f"There is no format {spec} for the fact {name}.")


def missing_figure(figure: Mapping[str, Any]) -> str:
    """What is missing, and of what: "the limit (PAR 2026/118)"."""
    words = str(MissingFigure(figure["figure"]).label)
    return f"{words} ({figure['name']})" if figure.get("name") else words


class ChangedFigure(NamedTuple):
    """A figure in words: its label, what it was when somebody decided, and what it is."""

    label: str
    before: str
    after: str


def sentence(monitor: Monitor, facts: Mapping[str, Any]) -> str:
    """What the finding says, in the active language. Raises UnknownFact."""
    return FactFormatter(facts).word(monitor.template(facts))


def plain(monitor: Monitor, facts: Mapping[str, Any]) -> str:
    """The same in plain words for the customer. Raises UnknownFact."""
    return FactFormatter(facts).word(monitor.plain_template(facts))


def figures(monitor: Monitor, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The finding's figures with their labels, in the active language. Raises UnknownFact."""
    formatter = FactFormatter(facts)
    return [(str(label), formatter.word(template)) for label, template in monitor.figures]


def changed_figures(monitor: Monitor, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ChangedFigure]:
    """Label, old and new wording of each figure that differs between the facts of a decision and those of now."""
    old, new = FactFormatter({**after, **before}), FactFormatter(after)
    rows = [(str(label), old.word(template), new.word(template)) for label, template in monitor.figures]
    return [ChangedFigure(label, was, now) for label, was, now in rows if was != now]
