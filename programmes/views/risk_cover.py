"""What protects one risk, and the walk through a loss with an option beside it."""

import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.requests import UserRequest
from common.dates import today
from common.ui.charts import curve
from common.ui.charts.tower import Tower
from common.ui.charts.tower_drawing import BESIDE, COMPACT, COMPACT_NARROW, Measures, room_for
from common.ui.charts.tower_picture import Picture, picture
from common.views import get_visible
from programmes.forms.walk import WalkForm
from programmes.selectors.risk_cover import RiskCover, cover_of, with_classes
from programmes.selectors.walking import Walk, losses_of, walked
from programmes.views.days import asked_day
from risk.models import Risk


def cover(request: UserRequest, pk: UUID) -> HttpResponse:
    """The risk's status, findings, sum in steps and towers. `?as_at=` chooses the day."""
    risk, on = _asked(request, pk)
    may_edit = request.user.reach.may_edit(risk.customer.portfolio_id)
    found, around = cover_of(risk, risk.customer, on=on, may_edit=may_edit)
    return render(
        request,
        "programmes/adequacy/risk.html",
        {
            "risk": risk,
            "customer": risk.customer,
            "on": on,
            "is_today": on == today(),
            "found": found,
            "around": around,
            "stacks": _drawn(found, key="tower", wide_as=BESIDE) if found else [],
            "may_edit": may_edit,
        },
    )


def walk(request: UserRequest, pk: UUID) -> HttpResponse:
    """What becomes of a loss: `?loss=` in the customer's currency, else the largest.

    Beside it an option, from what the other fields say of sections. Nothing is saved, so the address tells all of it.
    """
    risk, on = _asked(request, pk)
    customer = risk.customer
    base, around = cover_of(risk, customer, on=on, may_edit=False)
    if base is None:
        form, found = None, None
    else:
        form = WalkForm(request.GET, base=base)
        found = walked(risk, customer, base, around, on=on, loss=form.loss, what_if=form.what_if)
    answer = render(
        request,
        "programmes/adequacy/walk.html",
        {
            "risk": risk,
            "customer": customer,
            "on": on,
            "is_today": on == today(),
            "form": form,
            "walk": found,
            "losses": (
                [(choice, form.address_with(choice.amount)) for choice in losses_of(risk, base, customer, on=on)]
                if base and form
                else []
            ),
            "curve": _curve(found) if found else None,
            "now": _drawn(found.now, key="now", wide_as=COMPACT, narrow_as=COMPACT_NARROW) if found else [],
            "option": (
                _drawn(found.option, key="option", wide_as=COMPACT, narrow_as=COMPACT_NARROW)
                if found and found.option
                else []
            ),
        },
    )
    if request.htmx and form is not None:
        # What is left empty says nothing, and would make the address long.
        answer["HX-Replace-Url"] = f"{request.path}?{form.address}" if form.address else request.path
    return answer


def _asked(request: UserRequest, pk: UUID) -> tuple[Any, datetime.date]:
    rows = Risk.objects.select_related("category", "location", "customer__portfolio__manager")
    return get_visible(with_classes(rows), request.user, pk=pk), asked_day(request, "as_at") or today()


def _drawn(found: RiskCover, *, key: str, wide_as: Measures, narrow_as: Measures = COMPACT_NARROW) -> list[dict]:
    """Each stack with its drawing."""
    return [
        {"stack": stack, "picture": _picture(stack.tower, f"{key}-{at}", wide_as, narrow_as)}
        for at, stack in enumerate(found.towers)
    ]


def _curve(walk: Walk) -> curve.Picture | None:
    """What the customer bears as the loss grows, as it stands and with the option."""
    names = [_("As it stands")] if walk.option is None else [_("A: as it stands"), _("B: the option")]
    lines = [curve.Line(name, points, name[:1] if walk.option else "") for name, points in zip(names, walk.curves)]
    if not lines:
        return None
    most = walk.most_to_bear
    return curve.picture(
        lines,
        label=_("What the customer bears by the size of the loss, in %(currency)s") % {"currency": walk.currency},
        across_label=_("Loss"),
        marker=walk.loss,
        threshold=(most, _("most to bear")) if most else None,
    )


def _picture(tower: Tower, key: str, wide_as: Measures, narrow_as: Measures) -> Picture:
    return picture(tower, key=key, wide_as=room_for(tower, wide_as), narrow_as=room_for(tower, narrow_as))
