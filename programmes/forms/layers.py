"""One layer of a tower as entered: its figures and its lines, and what there is to say beside them meanwhile."""

import copy
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.forms.models import construct_instance
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry
from accounts.selectors.timeline import changes_between
from common.forms import AmountField, BriefAmountField, PercentField
from common.templatetags.ui import amount, percent
from market.models import Insurer
from programmes.forms.ladder import TICKED, Ladder, Rung, written
from programmes.forms.terms import RowForm
from programmes.models import AttachmentBasis, CoverTerm, Participation, Section, Terms
from programmes.selectors import versions
from programmes.selectors.ladders import Ground
from programmes.selectors.towers import Held, room_of
from programmes.selectors.versions import Content, deductible_in_words, usual_basis
from programmes.services.terms import Given, Seen, TermsValues
from programmes.services.towers import LayerGiven

FIGURES = ("limit", "attachment_point", "deductible_amount", "placed_elsewhere_share")
FOLLOWED = ("basis", "coverage_trigger", "insured_kinds", "territory", "territory_excluded", "defence_costs")
"""What a new layer takes over from the one it is like."""


@dataclass(frozen=True)
class Mark:
    """Something to know about a field while it is typed. tone: error (it cannot be saved so), bad, warn or neutral."""

    tone: str
    words: str


class InsurerNames:
    """The insurers by what they are called, so that one can be typed: its name, its Chinese or short name, or a part of
    a name that no other insurer has."""

    def __init__(self, insurers: Sequence[Insurer]) -> None:
        times = Counter(row.name for row in insurers)
        self.names = {row.pk: row.name if times[row.name] == 1 else f"{row.name} ({row.country})" for row in insurers}
        self.rows = {row.pk: row for row in insurers}
        self._called: dict[str, set[UUID]] = defaultdict(set)
        for row in insurers:
            for name in (self.names[row.pk], row.name, row.name_local, row.short_name):
                if name:
                    self._called[name.casefold()].add(row.pk)

    def find(self, typed: str) -> Insurer:
        """The insurer that is meant. Raises ValidationError where none is, or several could be."""
        words = " ".join(typed.split()).casefold()
        found = self._called.get(words) or {pk for name, pks in self._called.items() if words in name for pk in pks}
        if not found:
            raise ValidationError(_("No insurer is called %(name)s."), params={"name": typed})
        if len(found) > 1:
            names = sorted(self.names[pk] for pk in found)
            listed = ", ".join(names[:3]) + ("…" if len(names) > 3 else "")
            raise ValidationError(_("Which one: %(names)s"), params={"names": listed})
        [only] = found
        return self.rows[only]


class InsurerField(forms.CharField):
    """An insurer by name; the page offers the names in a list that narrows as one types. Nothing: not named."""

    names = InsurerNames(())

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return self.names.find(typed) if typed else None


class TypedForm(forms.ModelForm):
    """A form that asks the database nothing: it is checked at every stroke.

    The constraints of the database are left to the service; what a person can mend the models say in `clean` too.
    """

    def _post_clean(self) -> None:
        self.instance = construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
        try:
            self.instance.full_clean(
                exclude=self._get_validation_exclusions(),  # type: ignore[attr-defined]  # the stubs leave it out
                validate_unique=False,
                validate_constraints=False,
            )
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]  # likewise


class LayerLineForm(TypedForm, RowForm):
    """One line of a layer."""

    insurer = InsurerField(label=gettext_lazy("Insurer"), required=False)

    class Meta:
        model = Participation
        fields = ["written_share", "signed_share", "is_lead", "stands"]
        field_classes = {"written_share": PercentField, "signed_share": PercentField}

    key = "insurer"
    telling = ("insurer", "written_share", "signed_share")

    def __init__(self, *args: Any, names: InsurerNames, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(InsurerField, self.fields["insurer"]).names = names
        self.fields["insurer"].widget.attrs |= {"list": "insurers", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        self.instance.insurer = entered.get("insurer")
        return entered


class LayerForm(TypedForm):
    """The figures of one layer, and what its section is called. Empty figures are not known, or nothing."""

    section = forms.UUIDField(widget=forms.HiddenInput, required=False)
    section_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    based_on = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    like = forms.UUIDField(widget=forms.HiddenInput, required=False)
    ends = forms.CharField(widget=forms.HiddenInput, required=False)
    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=40, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    is_ground_up = forms.BooleanField(label=gettext_lazy("from the ground up"), required=False)

    class Meta:
        model = Terms
        fields = ["limit", "unlimited", "attachment_point", "deductible_amount", "placed_elsewhere_share"]
        field_classes = dict.fromkeys(("limit", "attachment_point", "deductible_amount"), BriefAmountField) | {
            "placed_elsewhere_share": PercentField
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        for name in ("attachment_point", "placed_elsewhere_share"):
            self.fields[name].required = False

    def clean_attachment_point(self) -> Any:
        return self.cleaned_data["attachment_point"] or Decimal(0)

    def clean_placed_elsewhere_share(self) -> Any:
        return self.cleaned_data["placed_elsewhere_share"] or Decimal(0)

    @property
    def attachment_basis(self) -> AttachmentBasis:
        is_ground_up = self.cleaned_data.get("is_ground_up")
        return AttachmentBasis.GROUND_UP if is_ground_up else AttachmentBasis.XS_UNDERLYING


class LayerEntry:
    """One layer on the page: its form, its lines, and what there is to say beside them."""

    def __init__(
        self, place: int, rung: Rung, texts: Mapping[str, str], *, ground: Ground, names: InsurerNames
    ) -> None:
        self.place, self.prefix = place, f"layers-{place}"
        section = ground.section(as_uuid(rung.values.get("section")))
        self.held = None if section is None else _held(rung, section, ground)
        self.section = copy.copy(section) if section else _new_section(ground)
        self.like = None if section else _like(rung, ground)
        self.form = LayerForm(texts, prefix=self.prefix, instance=self._draft())
        self.texts, self.names = texts, names
        self.lines = [self._line(str(number)) for number in range(len(rung.lines))]
        self.marks: dict[str, list[Mark]] = defaultdict(list)
        self.conflict: dict[str, Any] = {}
        self.label = ""

    def _line(self, number: str) -> LayerLineForm:
        return LayerLineForm(
            self.texts,
            prefix=f"{self.prefix}-lines-{number}",
            names=self.names,
            instance=Participation(customer_id=self.section.customer_id),
        )

    @property
    def blank_line(self) -> LayerLineForm:
        """A line for scripts to add, its place left to them."""
        return self._line("__line__")

    def _draft(self) -> Terms:
        """A version to put the typed figures on. It is drawn, and never saved."""
        if self.held is not None:
            draft = copy.copy(self.held)
            draft._state = models.base.ModelState()
        elif self.like is not None:
            draft = Terms(**{name: getattr(self.like, name) for name in FOLLOWED})
        else:
            draft = Terms(basis=usual_basis(self.section.class_of_business))
        draft.section, draft.customer_id = self.section, self.section.customer_id
        return draft

    # What is typed

    @property
    def is_new(self) -> bool:
        return self.section._state.adding

    @property
    def is_blank(self) -> bool:
        """A layer that says nothing yet, and is not saved."""
        telling = ("name", "limit", "unlimited", "deductible_amount", "placed_elsewhere_share")
        return self.is_new and not any(self.form[name].value() for name in telling) and not self.typed_lines

    @property
    def ends(self) -> bool:
        return bool(self.form["ends"].value())

    @property
    def called(self) -> str:
        return str(self.form["name"].value() or self.form["reference"].value() or "–")

    @property
    def typed_lines(self) -> list[LayerLineForm]:
        return [line for line in self.lines if line.has_changed()]

    @cached_property
    def drawn(self) -> Held:
        """The layer as far as it is typed rightly: figures that are wrong are as they were, wrong lines left out."""
        self.form.is_valid()
        terms = self.form.instance
        terms.attachment_basis = self.form.attachment_basis
        before = self.held or Terms()
        for name in set(self.form.errors) & set(LayerForm.Meta.fields):
            setattr(terms, name, getattr(before, name))
        self.section.reference = self.form.cleaned_data.get("reference", "")
        self.section.name = self.form.cleaned_data.get("name", "")
        return Held(terms, tuple(line.instance for line in self.typed_lines if line.is_valid()))

    def is_valid(self) -> bool:
        """Checks all of it. A layer that ends is right whatever is typed."""
        if not self._is_checked:
            self._check()
            self._is_checked = True
        return self.ends or not any(form.errors for form in (self.form, *self.typed_lines))

    _is_checked = False

    def _check(self) -> None:
        if self.form.is_valid() and not self.form.cleaned_data.get("reference"):
            self.form.add_error("reference", _("Give the layer a reference."))
        seen: set[Any] = set()
        has_lead = False
        for line in self.typed_lines:
            line.is_valid()
            insurer = line.cleaned_data.get("insurer")
            if insurer is not None and insurer in seen:
                line.add_error("insurer", _("%(row)s has more than one line.") % {"row": insurer})
            seen.add(insurer)
            if line.cleaned_data.get("is_lead") and has_lead:
                line.add_error("is_lead", _("One insurer leads, not several."))
            has_lead = has_lead or bool(line.cleaned_data.get("is_lead"))

    def given(self) -> LayerGiven:
        """What was entered, as the service takes it."""
        terms, entered = self.drawn.terms, self.form.cleaned_data
        values: dict[str, Any] = {name: entered.get(name) for name in LayerForm.Meta.fields}
        values["attachment_basis"] = terms.attachment_basis
        lines = [line.instance for line in self.typed_lines]
        if self.is_new:
            values |= {name: getattr(terms, name) for name in FOLLOWED}
            given = Given(cast(TermsValues, values), self._cover_terms(), lines, self._locations())
            return LayerGiven(self.section, given)
        based_on = entered.get("based_on")
        return LayerGiven(
            self.section,
            Given(cast(TermsValues, values), lines=lines),
            held=self.held,
            seen=Seen(based_on, entered.get("seen_version") or 0) if based_on else None,
            section_version=entered.get("section_version") or 0,
            ends=self.ends,
        )

    def _cover_terms(self) -> list[CoverTerm]:
        """What a new layer covers: the same as the one it is like. Sublimits and deductibles are that one's own, unless
        the layer was copied from it."""
        if self.like is None:
            return []
        rows = Content.to_edit(self.like).cover_terms
        if self.form.cleaned_data.get("like"):
            return list(rows)
        return [CoverTerm(category=row.category, included=row.included) for row in rows]

    def _locations(self) -> list[Any]:
        return [] if self.like is None else list(self.like.locations.all())

    # What there is to say

    def say(self) -> None:
        """Marks what can be told from the layer alone."""
        terms, typed = self.drawn.terms, self.form.cleaned_data
        room = room_of(terms)
        if terms.limit is not None and room is not None and room < terms.limit:
            words = _("Pays at most %(amount)s: its sum insured or aggregate limit is lower.")
            self.marks["limit"].append(Mark("neutral", words % {"amount": amount(room)}))
        if room is None and not terms.unlimited and not self.form["limit"].errors:
            self.marks["limit"].append(Mark("neutral", _("Not drawn while its limit is not known.")))
        if terms.deductible_percent is not None and typed.get("deductible_amount") is None:
            self.marks["deductible_amount"].append(Mark("neutral", deductible_in_words(terms)))
        lines = self.drawn.lines
        wrote = sum((line.written_share or Decimal(0) for line in lines), terms.placed_elsewhere_share)
        if wrote > 1 and any(line.signed_share is None for line in lines):
            words = _("Written %(share)s together: to be signed down.")
            self.marks["lines"].append(Mark("neutral", words % {"share": percent(wrote)}))
        if terms.placed_share is not None and not self.typed_lines:
            words = _("Placed %(share)s, insurers not named.") % {"share": percent(terms.placed_share)}
            self.marks["lines"].append(Mark("neutral", words))
        if self.is_new and self.like is not None:
            words = _("Covers what %(section)s covers.") % {"section": self.like.section}
            self.marks["name"].append(Mark("neutral", words))

    @property
    def sums(self) -> str:
        """What is written and signed together, in words; empty without lines."""
        parts = []
        wrote = [line.written_share for line in self.drawn.lines if line.written_share is not None]
        signed = [line.signed_share for line in self.drawn.lines if line.signed_share is not None]
        if wrote:
            parts.append(_("written %(share)s") % {"share": percent(sum(wrote))})
        if signed:
            parts.append(_("signed %(share)s") % {"share": percent(sum(signed))})
        return ", ".join(parts)

    @property
    def echoes(self) -> dict[str, tuple[str, str]]:
        """What figures and names were typed as, and how they read in full, by the id of the field."""
        found = {}
        for name in FIGURES:
            field, value = self.form[name], self.form.cleaned_data.get(name)
            typed = str(field.value() or "")
            if typed and isinstance(value, Decimal):
                shown = str(cast(AmountField, field.field).prepare_value(value))
                if shown != typed:
                    found[field.auto_id] = (typed, shown)
        for line in self.typed_lines:
            insurer, field = line.cleaned_data.get("insurer"), line["insurer"]
            if insurer is not None:
                typed, shown = str(field.value()), cast(InsurerField, field.field).names.names[insurer.pk]
                if shown != typed:
                    found[field.auto_id] = (typed, shown)
        return found

    @property
    def slots(self) -> dict[str, list[Mark]]:
        """Everything to say beside each field, by its place on the page: what is typed wrongly first, then marks."""
        found: dict[str, list[Mark]] = defaultdict(list)
        for form in (self.form, *self.typed_lines):
            for name, words in form.errors.items():
                slot = f"{self.prefix}-lines" if name == NON_FIELD_ERRORS else f"{form.prefix}-{name}"
                found[slot] += [Mark("error", str(word)) for word in words]
        for name, marks in self.marks.items():
            found[f"{self.prefix}-{name}"] += marks
        return found

    # What the service refused

    def refuse(self, fault: ValidationError) -> None:
        """Puts what the service refused beside the fields; what concerns no field of the layer beside its lines."""
        self.form.is_valid()
        by_field = fault.message_dict if hasattr(fault, "error_dict") else {NON_FIELD_ERRORS: fault.messages}
        for name, words in by_field.items():
            self.form.add_error(name if name in self.form.fields else None, list(words))

    def conflict_with(self, current: Section | Terms, ladder: Ladder) -> dict[str, Any]:
        """What is saved by now beside what was typed. The ladder then counts against that: saving again replaces it."""
        values = ladder.rungs[self.place].values
        if isinstance(current, Terms):
            now, given = Content.of(current), self.given().given
            typed = copy.copy(current)
            for name, value in (given.values or {}).items():
                setattr(typed, name, value)
            old, new = versions.changed(current, now, typed, given.on(now))
            rows = changes_between(Terms, old, new)
            values |= {"based_on": str(current.pk), "seen_version": str(current.version)}
        else:
            names = ("reference", "name")
            old, new = ({name: getattr(row, name) for name in names} for row in (current, self.section))
            rows = changes_between(Section, old, new)
            values["section_version"] = str(current.version)
        last = AuditEntry.objects.of_object(current).first()
        return {
            "rows": [{"label": row.label, "now": row.before, "typed": row.after} for row in rows],
            "by": last.actor_name if last else "",
            "at": last.at if last else None,
        }


def rung_of(terms: Terms, names: InsurerNames) -> Rung:
    """A saved version as the page would post it unchanged. Comes from `to_be_edited`, with its section."""
    section = terms.section
    values = {
        "section": str(section.pk),
        "section_version": str(section.version),
        "based_on": str(terms.pk),
        "seen_version": str(terms.version),
        "reference": section.reference,
        "name": section.name,
        "limit": _text(terms.limit),
        "attachment_point": _text(terms.attachment_point or None),
        "deductible_amount": _text(terms.deductible_amount),
        "placed_elsewhere_share": _text(terms.placed_elsewhere_share * 100 or None),
    }
    ticks = {"unlimited": terms.unlimited, "is_ground_up": terms.attachment_basis == AttachmentBasis.GROUND_UP}
    values |= {name: TICKED for name, is_ticked in ticks.items() if is_ticked}
    return Rung(values, [_line_texts(line, names) for line in Content.to_edit(terms).lines] or [{}])


def as_uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _line_texts(line: Participation, names: InsurerNames) -> dict[str, str]:
    values = {
        "insurer": names.names[line.insurer_id] if line.insurer_id else "",
        "written_share": _text(line.written_share and line.written_share * 100),
        "signed_share": _text(line.signed_share and line.signed_share * 100),
    }
    return values | {name: TICKED for name in ("is_lead", "stands") if getattr(line, name)}


def _text(value: Decimal | None) -> str:
    return "" if value is None else written(value)


def _new_section(ground: Ground) -> Section:
    policy = ground.policy
    return Section(policy=policy, customer_id=policy.customer_id, class_of_business=ground.class_of_business)


def _held(rung: Rung, section: Section, ground: Ground) -> Terms | None:
    """The version the layer was filled from; where it was withdrawn meanwhile, the one that holds."""
    return ground.version(as_uuid(rung.values.get("based_on"))) or ground.held_by(section)


def _like(rung: Rung, ground: Ground) -> Terms | None:
    """The version whose cover a new layer takes over: the one it was copied from, else the lowest that stands."""
    copied = ground.version(as_uuid(rung.values.get("like")))
    return copied or (ground.standing[-1] if ground.standing else None)
