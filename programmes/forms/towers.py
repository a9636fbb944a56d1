"""A whole tower as entered: its layers on one page, checked and drawn as they are typed, and saved at once."""

import datetime
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any, Self, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.exceptions import StaleVersion
from common.templatetags.ui import day_text, percent
from programmes.forms.ladder import Ladder
from programmes.forms.layers import InsurerNames, LayerEntry, Mark, rung_of
from programmes.forms.policies import day_input
from programmes.models import Policy, Terms
from programmes.selectors import versions
from programmes.selectors.ladders import Ground
from programmes.selectors.tower_faults import FaultKind
from programmes.selectors.towers import CoverTower, room_of, tower_with
from programmes.services.towers import LayerGiven, LayersRefused, outside_in_words, unable_in_words
from programmes.signing import UnableToSign

PLACES = {
    FaultKind.NO_UNDERLYING: "standing",
    FaultKind.GAP: "standing",
    FaultKind.OVERLAP: "standing",
    FaultKind.PERIOD: "standing",
    FaultKind.OPEN: "lines",
    FaultKind.OVERPLACED: "lines",
}
"""Where at its layer a fault of the tower is marked: under the figures or under the lines."""


class TowerForm(forms.Form):
    """What concerns the tower as a whole: from which day it stands so, or that it corrects what was entered wrongly."""

    ENDORSE, CORRECT = "ENDORSE", "CORRECT"

    how = forms.ChoiceField(
        label=gettext_lazy("How it is saved"),
        choices=[(ENDORSE, gettext_lazy("From a day")), (CORRECT, gettext_lazy("Correct in place"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say how it is saved: from a day, or in place.")},
    )
    first_day = forms.DateField(label=gettext_lazy("In force from"), widget=day_input(), required=False)
    change_note = forms.CharField(label=gettext_lazy("What the endorsement says"), max_length=200, required=False)

    def __init__(self, *args: Any, policy: Policy, is_saving: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy, self.is_saving = policy, is_saving
        self.use_required_attribute = False

    @property
    def corrects(self) -> bool:
        return self["how"].value() == self.CORRECT

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        if self.corrects or "first_day" in self.errors:
            return entered
        day = entered.get("first_day")
        if day is None and self.is_saving:
            self.add_error("first_day", _("Say from which day."))
        elif day is not None and not self.policy.covers(day):
            self.add_error("first_day", outside_in_words(self.policy))
        return entered


class TowerEntry:
    """The page of a tower, always filled from texts: those of the layers as they stand, or those that were typed."""

    def __init__(self, ladder: Ladder, *, ground: Ground) -> None:
        self.ladder, self.ground = ladder, ground
        self.names = InsurerNames(ground.insurers)
        self.notices: list[Mark] = []
        self._build()

    @classmethod
    def standing(cls, ground: Ground, *, from_day: datetime.date | None) -> Self:
        """Filled with the tower as it stands on the day of the ground; with a blank layer where none does."""
        whole = {"how": TowerForm.ENDORSE, "first_day": from_day.isoformat() if from_day else ""}
        names = InsurerNames(ground.insurers)
        entry = cls(Ladder(whole, [rung_of(row, names) for row in ground.standing]), ground=ground)
        if not entry.layers:
            entry.act("add")
        return entry

    def _build(self) -> None:
        """Makes the forms anew from the texts."""
        self.__dict__.pop("tower", None)
        texts = self.ladder.texts()
        self.form = TowerForm(texts, policy=self.ground.policy)
        self.form.is_valid()
        self.layers = [
            LayerEntry(place, rung, texts, ground=self.ground, names=self.names)
            for place, rung in enumerate(self.ladder.rungs)
        ]
        prefix, _dash, name = self.ladder.focus.rpartition("-")
        for layer in self.layers:
            for form in (layer.form, *layer.lines):
                if form.prefix == prefix:
                    form.fields[name].widget.attrs["autofocus"] = True

    @property
    def kept(self) -> list[LayerEntry]:
        """The layers that say something."""
        return [layer for layer in self.layers if not layer.is_blank]

    @property
    def on(self) -> datetime.date:
        """The day that is saved from; for a correction the day that the tower was read as at."""
        typed = None if self.form.corrects else self.form.cleaned_data.get("first_day")
        return typed or self.ground.on

    # What there is to see

    @cached_property
    def tower(self) -> CoverTower:
        """The tower as it is typed. Marks what is wrong with it at the layers."""
        standing = [layer for layer in self.kept if not layer.ends]
        own = [layer.drawn for layer in standing]
        found = tower_with(self.ground.policy, self.ground.class_of_business, own, list(self.ground.beside))
        by_key: dict[Any, LayerEntry] = {layer.drawn.terms.pk: layer for layer in standing}
        for key, layer in by_key.items():
            layer.label = found.labels[key]
            layer.say()
        for fault in found.faults:
            if fault.key in by_key:
                by_key[fault.key].marks[PLACES[fault.kind]].append(Mark(fault.severity, fault.sentence))
        return found

    @property
    def faults(self) -> list[Mark]:
        """Everything wrong with the tower, each with the layer it is at, for the list under the picture."""
        found = []
        for fault in self.tower.faults:
            label = self.tower.labels.get(cast(UUID, fault.key))
            words = _("%(layer)s: %(fault)s") % {"layer": label, "fault": fault.sentence} if label else fault.sentence
            found.append(Mark(fault.severity, words))
        return found

    @property
    def later(self) -> str:
        """Said where terms follow later than the day that counts: they stay as they are."""
        days = {row.first_day for row in self.ground.versions if row.first_day > self.ground.on}
        if not days or self.form.corrects:
            return ""
        words = _("Terms from %(day)s follow, and stay as they are.")
        return words % {"day": ", ".join(day_text(day) for day in sorted(days))}

    @property
    def slots(self) -> dict[str, list[Mark]]:
        """Everything to say beside the fields as they are typed, by its place on the page."""
        found: dict[str, list[Mark]] = {}
        for layer in self.kept:
            layer.is_valid()
            found |= layer.slots
        if words := self.form.errors.get("first_day"):
            found["first_day"] = [Mark("error", str(word)) for word in words]
        return found

    @property
    def echoes(self) -> dict[str, tuple[str, str]]:
        """How figures and names read in full, by the id of the field: what was typed, and what it means."""
        return {key: texts for layer in self.kept for key, texts in layer.echoes.items()}

    # Acts: they shape what is typed, and save nothing

    def act(self, asked: str) -> None:
        """Does what a button of the page asks for, such as "add" or "drop:2.0".

        Raises KeyError, IndexError and TypeError for what no button asks.
        """
        name, _colon, places = asked.partition(":")
        acts: dict[str, Callable[..., None]] = {
            "add": self._add,
            "sort": self.ladder.sort,
            "duplicate": lambda at: self.ladder.duplicate(at, reference=self._free_reference()),
            "remove": self.ladder.remove,
            "stack": lambda at: self.ladder.stack(at, beside=self._tops_beside),
            "line": self.ladder.add_line,
            "drop": self.ladder.remove_line,
            "sign": self._sign,
        }
        acts[name](*(int(place) for place in places.split(".") if place.isdecimal()))
        self._build()

    def _add(self) -> None:
        blank = next((layer for layer in self.layers if layer.is_blank), None)
        if blank is not None:
            self.ladder.focus = f"{blank.prefix}-limit"
        else:
            self.ladder.add(reference=self._free_reference(), beside=self._tops_beside)

    def _sign(self, at: int) -> None:
        try:
            left = self.ladder.sign_down(at)
        except UnableToSign as fault:
            lines = self.ladder.rungs[at].written_lines
            insurers = [line.get("insurer") or _("Insurer not named") for line in lines]
            self.notices.append(Mark("bad", unable_in_words(fault, insurers)))
            return
        if left:
            words = _("Nothing to sign down: the lines are signed as written, and %(share)s is open.")
            self.notices.append(Mark("warn", words % {"share": percent(left)}))

    @property
    def _tops_beside(self) -> list[Decimal]:
        currency = self.ground.policy.currency
        rows = [row.terms for row in self.ground.beside if row.terms.section.policy.currency == currency]
        return [row.attachment_point + room for row in rows if (room := room_of(row)) is not None]

    def _free_reference(self) -> str:
        """The next number that no section of the policy has, saved or typed."""
        taken = {row.reference for row in self.ground.sections}
        taken |= {rung.values.get("reference", "") for rung in self.ladder.rungs}
        number = len(taken - {""}) + 1
        while str(number) in taken:
            number += 1
        return str(number)

    # Saving

    def is_valid(self) -> bool:
        self.form = TowerForm(self.ladder.texts(), policy=self.ground.policy, is_saving=True)
        wrong = [layer for layer in self.kept if not layer.is_valid()]
        wrong += [layer for layer in self._with_taken_references() if layer not in wrong]
        if not self.kept:
            self.form.add_error(None, _("Give the tower its first layer."))
        if wrong:
            self._name(wrong)
        return self.form.is_valid()

    def given(self) -> list[LayerGiven]:
        return [layer.given() for layer in self.kept]

    def saves(self, save: Callable[[], Any]) -> bool:
        """Validates all of it, calls the service, and says whether it worked. If not, the forms hold why."""
        if not self.is_valid():
            return False
        try:
            save()
        except LayersRefused as refused:
            self._refuse(refused)
            return False
        return True

    def _with_taken_references(self) -> list[LayerEntry]:
        """Names the layers whose reference another layer or section has, the one that came later first."""
        own = {layer.section.pk for layer in self.kept}
        taken = {row.reference for row in self.ground.sections if row.pk not in own}
        found = []
        for layer in sorted(self.kept, key=lambda layer: (layer.is_new, -layer.place)):
            reference = layer.form.cleaned_data.get("reference")
            if reference in taken:
                layer.form.add_error("reference", _("This policy has a section with that reference already."))
                found.append(layer)
            elif reference:
                taken.add(reference)
        return found

    def _name(self, wrong: Sequence[LayerEntry]) -> None:
        """Names the layers that something is wrong in above them all: they may be out of sight."""
        words = ngettext("Look at the layer %(names)s.", "Look at the layers %(names)s.", len(wrong))
        self.form.add_error(None, words % {"names": ", ".join(layer.called for layer in wrong)})

    def _refuse(self, refused: LayersRefused) -> None:
        """Puts what the service refused beside the fields. What is typed stays; where somebody else was first, only the
        versions it is counted against are brought up to date, and layers that were not shown join the others."""
        form = self.form
        if refused.whole is not None:
            form.add_error(None, refused.whole)
        conflicts, faults = {}, {}
        for place, fault in refused.by_layer.items():
            layer = self.kept[place]
            if isinstance(fault, StaleVersion):
                conflicts[layer.place] = layer.conflict_with(fault.current, self.ladder)
            else:
                faults[layer.place] = fault
        self.ladder.rungs += [rung_of(row, self.names) for row in _to_be_shown(refused.unseen)]
        self._build()
        self.form = form
        for place, conflict in conflicts.items():
            self.layers[place].conflict = conflict
        for place, fault in faults.items():
            self.layers[place].refuse(fault)
        if conflicts:
            form.add_error(None, _("It was not saved: somebody else saved it first."))
        if faults:
            self._name([self.layers[place] for place in sorted(faults)])


def _to_be_shown(rows: Sequence[Terms]) -> list[Terms]:
    found = Terms.objects.filter(pk__in=[row.pk for row in rows]).select_related("section")
    return list(versions.to_be_edited(found))
