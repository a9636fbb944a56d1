"""The kinds of things people do: the code each has in the record, and the words for it."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Action:
    """A kind of act. `label` reads on after a person's name: "changed the customer"."""

    code: str
    label: Promise | str


_actions: dict[str, Action] = {}


def action(code: str, label: Promise | str) -> Action:
    """Declares a kind of act; `label` is a lazy translation. Raises ValueError where the code is taken."""
    if code in _actions:
        raise ValueError(f"The act {code} is declared twice.")
    _actions[code] = Action(code, label)
    return _actions[code]


def action_label(code: str) -> str:
    """The words for an act, in the active language; its code if it is no longer declared."""
    return str(_actions[code].label) if code in _actions else code
