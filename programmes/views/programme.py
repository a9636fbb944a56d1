"""A customer's programme on one page as at a day, and the schedule of insurance as PDF."""

import re
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from accounts.models.people import Language
from accounts.requests import UserRequest
from common import pdf
from common.dates import today
from common.ui.charts.tower_drawing import COMPACT, COMPACT_NARROW, room_for
from common.ui.charts.tower_picture import picture
from common.views import get_visible
from profiles.models import Customer
from programmes.schedule import SCHEDULE, content
from programmes.schedule.periods import periods
from programmes.selectors.programme import Programme
from programmes.selectors.programme import programme as programme_of
from programmes.views.days import asked_day

NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
"""What some system does not allow in the name of a file."""
LONGEST_NAME = 80


def programme(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    """`?on=` chooses the day."""
    customer = get_visible(Customer.objects.select_related("portfolio__manager"), request.user, pk=customer_pk)
    on = asked_day(request, "on") or today()
    found = programme_of(customer, on=on)
    return render(
        request,
        "programmes/programme/programme.html",
        {
            "customer": customer,
            "on": on,
            "is_today": on == today(),
            "programme": found,
            "house_currency": settings.HOUSE_CURRENCY,
            "periods": periods(found, is_today=on == today()),
            "languages": Language.choices,
            **_towers(found),
        },
    )


def _towers(found: Programme) -> dict[str, list]:
    """The towers with their drawings, and those that have nothing to draw."""
    drawn, plain = [], []
    for tower in found.towers:
        if tower.tower.in_order:
            small = picture(
                tower.tower,
                key=f"tower-{tower.key}",
                wide_as=room_for(tower.tower, COMPACT),
                narrow_as=room_for(tower.tower, COMPACT_NARROW),
            )
            drawn.append({"tower": tower, "picture": small})
        else:
            plain.append(tower)
    return {"drawn": drawn, "plain": plain}


def schedule(request: UserRequest, customer_pk: UUID) -> HttpResponse:
    """The schedule as at `?on=`, in `?language=` (else the language that the customer is written to in)."""
    customer = get_visible(Customer.objects.all(), request.user, pk=customer_pk)
    on = asked_day(request, "on") or today()
    language = request.GET.get("language", "")
    if language not in Language.values:
        language = customer.language
    found = programme_of(customer, on=on, for_schedule=True)
    with translation.override(language):
        file = pdf.compiled(SCHEDULE, content(found, language=language, is_today=on == today()))
        name = _("Schedule of insurance")
    whom = customer.name_local if language.startswith("zh") and customer.name_local else customer.name
    whom = " ".join(NOT_IN_NAMES.sub(" ", whom).split())[:LONGEST_NAME]
    return HttpResponse(
        file,
        content_type="application/pdf",
        headers={"Content-Disposition": content_disposition_header(False, f"{whom} {name} {on.isoformat()}.pdf")},
    )
