"""The editor of a tower, which draws itself while somebody types, and the signing down of written lines."""

import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from common.dates import today
from common.templatetags.ui import day_text, percent
from common.ui.charts.tower_drawing import BESIDE
from common.ui.charts.tower_picture import picture
from common.views import get_editable
from market.models import ClassOfBusiness
from programmes.forms.ladder import Ladder
from programmes.forms.signing import SignForm
from programmes.forms.towers import TowerEntry, TowerForm
from programmes.models import Policy, Section, Terms
from programmes.selectors.ladders import classes_with_towers, ground_of, sections_of
from programmes.selectors.versions import Content, to_be_edited
from programmes.services import towers
from programmes.services.towers import Saved
from programmes.views.days import asked_day
from programmes.views.policies import ONE_DAY, nearest_day

PAGE = "programmes/tower/editor.html"
SAVE = "save"


def tower(request: UserRequest, pk: UUID) -> HttpResponse:
    """All layers of a policy in one class: `?class=` says which, `?from=` as they stand on which day.

    Every button of the form posts here: `act` says what it asks for. Only "save" writes; the others answer with the
    page as it is typed, reshaped.
    """
    policy, business, sections = _asked(request, pk)
    if request.method != "POST":
        entry = _standing(request, policy, business, sections)
        return _page(request, entry)
    entry = _typed(request, policy, business, sections)
    act = request.POST.get("act", SAVE)
    if act != SAVE:
        try:
            entry.act(act)
        except (KeyError, IndexError, TypeError) as error:
            raise BadRequest("act") from error
        return _page(request, entry, part="#reshaped" if request.htmx else "")
    saved: list[Saved] = []
    if entry.saves(
        lambda: saved.append(
            towers.save(
                policy=policy,
                class_of_business=business,
                layers=entry.given(),
                on=entry.on,
                by=request.user,
                corrects=entry.form.corrects,
                change_note=entry.form.cleaned_data["change_note"],
            )
        )
    ):
        return _after(request, entry, saved[0])
    return _page(request, entry, status=422)


@require_POST
def preview(request: UserRequest, pk: UUID) -> HttpResponse:
    """The tower as it is typed and what there is to say beside its fields. Writes nothing."""
    policy, business, sections = _asked(request, pk)
    entry = _typed(request, policy, business, sections)
    return _page(request, entry, part="#drawn_as_typed")


def sign_down(request: UserRequest, pk: UUID) -> HttpResponse:
    held = get_editable(
        to_be_edited(Terms.objects.select_related("section__policy__customer", "section__policy__class_of_business")),
        request.user,
        pk=pk,
    )
    policy = held.section.policy
    lines = Content.to_edit(held).lines
    try:
        signing, refused = towers.signing_of(lines, held.placed_elsewhere_share), ""
    except ValidationError as fault:
        signing, refused = None, " ".join(fault.messages)
    form = SignForm(request.POST or None, row=held)
    if (
        request.method == "POST"
        and signing is not None
        and form.saves(
            lambda: towers.sign_down(
                held=held, by=request.user, version=form.cleaned_data["version"], from_day=form.from_day
            )
        )
    ):
        if signing.open:
            words = _("The lines of %(section)s are signed as written; %(share)s is open.")
        else:
            words = _("The lines of %(section)s are signed down.")
        messages.success(request, words % {"section": held.section, "share": percent(signing.open)})
        return _to_policy(policy, form.from_day or held.first_day)
    return render(
        request,
        "programmes/tower/sign.html",
        {
            "form": form,
            "policy": policy,
            "section": held.section,
            "held": held,
            "signing": signing,
            "refused": refused,
            "rows": list(zip(lines, signing.shares if signing else [None] * len(lines))),
            "written": sum((line.written_share or 0 for line in lines), 0),
            "together": sum(signing.shares, held.placed_elsewhere_share) if signing else None,
        },
        status=422 if request.method == "POST" else 200,
    )


def _asked(request: UserRequest, pk: UUID) -> tuple[Policy, ClassOfBusiness, tuple[Section, ...]]:
    """The policy, the class asked for, and the policy's sections. Raises Http404 for a class without a tower here."""
    policy = get_editable(Policy.objects.select_related("customer", "class_of_business"), request.user, pk=pk)
    sections = sections_of(policy)
    classes = classes_with_towers(policy, sections)
    asked = request.GET.get("class") or policy.class_of_business.code
    business = next((row for row in classes if row.code == asked), None)
    if business is None and "class" not in request.GET and classes:
        business = classes[0]
    if business is None:
        raise Http404
    return policy, business, sections


def _standing(
    request: UserRequest, policy: Policy, business: ClassOfBusiness, sections: tuple[Section, ...]
) -> TowerEntry:
    """The tower as it stands, to be saved from the inception while nothing is bound, else from a day to be given."""
    asked = asked_day(request, "from")
    on = nearest_day(policy, asked or today())
    from_day = on if asked else None
    if policy.bound_on is None or not sections:
        on = from_day = on if asked else policy.inception_date
    ground = ground_of(policy, business, sections, on=on, user=request.user)
    return TowerEntry.standing(ground, from_day=from_day)


def _typed(
    request: UserRequest, policy: Policy, business: ClassOfBusiness, sections: tuple[Section, ...]
) -> TowerEntry:
    """The tower as it is typed, beside what else stands on the day that is typed."""
    ladder = Ladder.read(request.POST)
    day = asked_day(request, "from")
    if ladder.whole.get("how") != TowerForm.CORRECT:
        day = _day_in(ladder.whole.get("first_day", "")) or day
    on = nearest_day(policy, day or today())
    return TowerEntry(ladder, ground=ground_of(policy, business, sections, on=on, user=request.user))


def _day_in(text: str) -> datetime.date | None:
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


def _page(request: UserRequest, entry: TowerEntry, *, part: str = "", status: int = 200) -> HttpResponse:
    policy = entry.ground.policy
    drawn = entry.tower  # first of all: it is what the marks beside the fields come from
    context: dict[str, Any] = {
        "policy": policy,
        "customer": policy.customer,
        "entry": entry,
        "form": entry.form,
        "tower": drawn,
        "picture": picture(drawn.tower, key="tower", wide_as=BESIDE),
        "on": entry.ground.on,
        "query": urlencode(request.GET),
        "class_of_business": entry.ground.class_of_business,
    }
    return render(request, f"{PAGE}{part}", context, status=status)


def _after(request: UserRequest, entry: TowerEntry, saved: Saved) -> HttpResponse:
    policy, on = entry.ground.policy, entry.on
    if saved.is_nothing:
        messages.info(request, _("Nothing differs from the tower as it stood, so nothing was saved."))
        return _to_policy(policy, on)
    parts = [
        (saved.changed, ngettext("%(count)d layer changed", "%(count)d layers changed", saved.changed)),
        (saved.begun, ngettext("%(count)d layer added", "%(count)d layers added", saved.begun)),
        (saved.ended, ngettext("%(count)d layer ended", "%(count)d layers ended", saved.ended)),
    ]
    said = ", ".join(words % {"count": count} for count, words in parts if count)
    if entry.form.corrects:
        messages.success(request, _("The tower is corrected: %(what)s.") % {"what": said})
        return _to_policy(policy, on)
    messages.success(request, _("The tower is saved from %(day)s: %(what)s.") % {"day": day_text(on), "what": said})
    return _to_policy(policy, on, beside=on - ONE_DAY if on > policy.inception_date else None)


def _to_policy(policy: Policy, on: datetime.date, *, beside: datetime.date | None = None) -> HttpResponseRedirect:
    query = {"on": on.isoformat()} | ({"beside": beside.isoformat()} if beside else {})
    return HttpResponseRedirect(f"{reverse('programmes:policy', args=[policy.pk])}?{urlencode(query)}")
