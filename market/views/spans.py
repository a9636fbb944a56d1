"""How far back the picture of a series reaches, by the address."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import UserRequest
from market.selectors.index_series import SPANS

USUAL = "20"


def asked_span(request: UserRequest) -> str:
    """The word in `?years=`; the usual span without it or where it is nonsense."""
    asked = request.GET.get("years", USUAL)
    return asked if asked in SPANS else USUAL


def spans(request: UserRequest, now: str) -> list[dict[str, Any]]:
    """The spans to choose from."""
    return [
        {
            "value": word,
            "label": _("All")
            if years is None
            else ngettext("%(count)d year", "%(count)d years", years) % {"count": years},
            "is_current": word == now,
        }
        for word, years in SPANS.items()
    ]
