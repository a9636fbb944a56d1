"""What is done with a whole tower: all its layers saved at once from a day, and written lines signed down."""

import copy
import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import action
from accounts.models import User
from accounts.services import recording
from common.exceptions import StaleVersion, WrongState
from common.templatetags.ui import day_text, percent
from market.models import ClassOfBusiness
from programmes.models import Participation, Policy, Section, Terms
from programmes.selectors import versions
from programmes.selectors.tower_faults import lacking_in_words
from programmes.selectors.towers import own_layers, without_underlying
from programmes.selectors.versions import Content
from programmes.services import breaks, sections, terms
from programmes.services.terms import Given, Seen, TermsValues
from programmes.signing import LineNotWritten, Signing, StandingLinesExceed, UnableToSign, WrittenLine
from programmes.signing import sign_down as signed_down

REMOVED = action("section.removed", gettext_lazy("removed the section"))


@dataclass(frozen=True)
class LayerGiven:
    """One layer as it is to be. `section` carries its reference and name; one that is not saved yet is begun.

    `held` is the version that the changes are counted against, `seen` the one that the user had before them. With
    `ends` the layer is no longer there from the day; the rest is ignored then.
    """

    section: Section
    given: Given
    held: Terms | None = None
    seen: Seen | None = None
    section_version: int = 0
    ends: bool = False


@dataclass
class Saved:
    """How many layers were changed, begun and ended. None of them: nothing was written."""

    changed: int = 0
    begun: int = 0
    ended: int = 0

    @property
    def is_nothing(self) -> bool:
        return not (self.changed or self.begun or self.ended)


class LayersRefused(Exception):
    """Layers that cannot be saved, each with why, by its place among those given; and what is wrong with the whole."""

    def __init__(self) -> None:
        super().__init__("The layers cannot be saved as they are given.")
        self.by_layer: dict[int, ValidationError | StaleVersion] = {}
        self.whole: ValidationError | None = None
        self.unseen: list[Terms] = []
        """Layers that stand on the day too and were not given."""

    def __bool__(self) -> bool:
        return bool(self.by_layer or self.whole)

    @contextmanager
    def about(self, place: int) -> Iterator[None]:
        """Keeps what a layer is refused for, and undoes what was written of it, so that all faults are told at once."""
        try:
            with transaction.atomic():
                yield
        except (ValidationError, StaleVersion) as fault:
            self.by_layer[place] = fault
        except WrongState as fault:
            self.by_layer[place] = ValidationError(str(fault))


@transaction.atomic
def save(
    *,
    policy: Policy,
    class_of_business: ClassOfBusiness,
    layers: Sequence[LayerGiven],
    on: datetime.date,
    by: User,
    corrects: bool = False,
    change_note: str = "",
) -> Saved:
    """Brings all layers of a policy and class to what is given, from the day on. A layer without a difference is not
    written.

    Changed layers are endorsed from the day, new ones begin on it, those that end have no cover from it. While the
    policy is not bound, terms that begin on the day are corrected instead. With `corrects` the versions that hold on
    the day are changed in place, new layers begin with the policy, and none can end.

    Raises LayersRefused, with everything refused of all layers, and writes nothing then.
    """
    Policy.locked(policy.pk)  # one tower of it at a time, and always in the same order
    refused, saved = LayersRefused(), Saved()
    if not policy.covers(on):
        refused.whole = ValidationError({"first_day": outside_in_words(policy)})
        raise refused
    _check_unseen(refused, policy, class_of_business, layers, on)
    names = {row.pk: (row.reference, row.name) for row in policy.sections.all()}
    without_before = set(_lacking(policy, class_of_business, on))
    for place in sorted(range(len(layers)), key=lambda place: _attachment(layers[place])):
        layer = layers[place]
        with refused.about(place):
            if layer.ends:
                reason = change_note or _("Taken out of the tower")
                _end(layer, on, by=by, corrects=corrects, reason=reason)
                saved.ended += 1
            elif layer.section._state.adding:
                day = policy.inception_date if corrects else on
                sections.add(section=layer.section, given=_noted(layer.given, change_note), by=by, from_day=day)
                saved.begun += 1
            elif layer.section.pk not in names:
                raise ValidationError(_("This layer was removed meanwhile."))
            else:
                is_renamed = names[layer.section.pk] != (layer.section.reference, layer.section.name)
                if is_renamed:
                    sections.change(section=layer.section, by=by, version=layer.section_version)
                is_changed = _change(layer, on, by=by, corrects=corrects, change_note=change_note)
                saved.changed += is_renamed or is_changed
    places = {layer.section.pk: place for place, layer in enumerate(layers)}
    for section, words in _lacking(policy, class_of_business, on).items():
        if section in places and section not in without_before:
            with refused.about(places[section]):
                raise ValidationError({"attachment_point": words})
    if refused:
        raise refused
    return saved


@transaction.atomic
def sign_down(*, held: Terms, by: User, version: int, from_day: datetime.date | None = None) -> Signing:
    """Signs the written lines of a version down, in place, or as an endorsement from a day. Returns what was signed.

    Raises StaleVersion, and ValidationError (lines) where the lines cannot be signed as they are written, or
    (first_day) for a day on which other terms hold.
    """
    lines = Content.of(held).lines
    signing = signing_of(lines, held.placed_elsewhere_share)
    given = Given(lines=[_signed(line, share) for line, share in zip(lines, signing.shares)])
    if from_day is None:
        terms.correct(terms=held, given=given, by=by, version=version, note=_("Written lines signed down"))
    else:
        noted = _noted(given, _("Written lines signed down"))
        terms.endorse(section=held.section, from_day=from_day, given=noted, by=by, seen=Seen(held.pk, version))
    return signing


def signing_of(lines: Sequence[Participation], placed_elsewhere: Decimal) -> Signing:
    """What the lines would be signed at. Raises ValidationError (lines) where they cannot be, saying why."""
    written = [WrittenLine(line.written_share, line.is_lead, line.stands) for line in lines]
    try:
        return signed_down(written, placed_elsewhere=placed_elsewhere)
    except UnableToSign as fault:
        raise ValidationError({"lines": unable_in_words(fault, [str(line) for line in lines])}) from fault


def unable_in_words(fault: UnableToSign, insurers: Sequence[str]) -> str:
    """Why written lines cannot be signed down. `insurers` are the names of the lines, in their order."""
    if isinstance(fault, LineNotWritten):
        return _("%(insurer)s has no written line: give what it wrote.") % {"insurer": insurers[fault.place]}
    if isinstance(fault, StandingLinesExceed):
        words = _("The lines to stand take %(standing)s of the %(target)s to be placed, and leave the others nothing.")
        return words % {"standing": percent(fault.standing), "target": percent(fault.target)}
    return str(fault)


def _attachment(layer: LayerGiven) -> Decimal:
    """Layers are written from the bottom up, so that each finds what it stands on."""
    return (layer.given.values or {}).get("attachment_point") or Decimal(0)


def _change(layer: LayerGiven, on: datetime.date, *, by: User, corrects: bool, change_note: str) -> bool:
    """Whether the terms of a layer that was there before were written: they are where anything differs."""
    section, held = layer.section, layer.held
    if held is not None and not differs(held, layer.given):
        return False
    if held is not None and layer.seen is not None and (corrects or _is_draft(held, on)):
        seen = Terms(pk=layer.seen.pk, section=section)
        given = replace(layer.given, is_underlying_elsewhere=True)  # `save` says itself what lacks its underlying
        terms.correct(terms=seen, given=given, by=by, version=layer.seen.version, note=change_note)
    else:
        noted = _noted(layer.given, change_note)
        terms.endorse(section=section, from_day=on, given=noted, by=by, seen=layer.seen)
    return True


def differs(held: Terms, given: Given) -> bool:
    """Whether what is given says anything otherwise than the version, save what the endorsement says of itself."""
    after = copy.copy(held)
    for name, value in (given.values or {}).items():
        setattr(after, name, value)
    before = Content.to_edit(held)
    _old, new = versions.changed(held, before, after, given.on(before))
    return bool(new)


def _is_draft(held: Terms, on: datetime.date) -> bool:
    """Whether a change from the day is no endorsement yet: nothing is bound, and the terms begin on that very day."""
    return held.section.policy.bound_on is None and held.first_day == on


def _end(layer: LayerGiven, on: datetime.date, *, by: User, corrects: bool, reason: str) -> None:
    """Ends a layer from the day. One of a policy not bound that would have held on no day goes altogether."""
    if corrects:
        raise ValidationError(_("A layer ends from a day: choose the day instead of correcting."))
    section = layer.section
    if section.policy.bound_on is not None or Terms.objects.filter(section=section, first_day__lt=on).exists():
        breaks.end(section=section, from_day=on, reason=reason, by=by, seen=layer.seen)
        return
    current = Section.locked(section.pk)
    try:
        recording.remove(current, REMOVED, by=by, version=current.version, note=reason)
    except ProtectedError as fault:
        words = _("Something else is recorded of %(section)s, so it cannot be removed.")
        raise ValidationError(words % {"section": section}) from fault


def _noted(given: Given, note: str) -> Given:
    values = cast(TermsValues, {**(given.values or {}), "change_note": note})
    return replace(given, values=values, is_underlying_elsewhere=True)


def _signed(line: Participation, share: Decimal) -> Participation:
    made = copy.copy(line)
    made.signed_share = share
    return made


def outside_in_words(policy: Policy) -> str:
    """Why a day that the policy does not cover is refused."""
    first = day_text(policy.inception_date)
    if policy.expiry_date is None:
        return _("The day must not be before the policy's inception, %(first)s.") % {"first": first}
    period = {"first": first, "last": day_text(policy.expiry_date)}
    return _("The day must lie within the policy's period, %(first)s to %(last)s.") % period


def _check_unseen(
    refused: LayersRefused,
    policy: Policy,
    class_of_business: ClassOfBusiness,
    layers: Sequence[LayerGiven],
    on: datetime.date,
) -> None:
    """Refuses where a layer stands on the day that the user did not have before them."""
    given = {layer.section.pk for layer in layers}
    refused.unseen = [row for row in own_layers(policy, class_of_business, on=on) if row.section_id not in given]
    if refused.unseen:
        names = ", ".join(str(row.section) for row in refused.unseen)
        words = _("On %(day)s %(sections)s stands in the tower too. It is shown now: look at it, then save again.")
        refused.whole = ValidationError(words % {"day": day_text(on), "sections": names})


def _lacking(policy: Policy, class_of_business: ClassOfBusiness, on: datetime.date) -> dict[UUID, str]:
    """The sections of the policy that stand on nothing on the day, each with the words to say so."""
    own = {row.pk: row.section_id for row in own_layers(policy, class_of_business, on=on)}
    lacking = without_underlying(policy, class_of_business, on=on)
    return {own[cast(UUID, layer.key)]: lacking_in_words(layer) for layer in lacking}
