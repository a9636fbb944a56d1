"""What the frame around every page shows: the house, the navigation, and whether this is a demonstration."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """A line of the navigation. It is marked while the address begins with one of `under`."""

    label: Promise
    icon: str
    to: str
    under: tuple[str, ...] = field(default=())


GROUPS: list[tuple[Promise | str, list[Entry]]] = [
    (
        "",
        [
            Entry(_("Worklist"), "inbox", "desk:worklist", ("/findings/",)),
            Entry(_("Decisions"), "gavel", "monitoring:decisions", ("/decisions/",)),
        ],
    ),
    (
        _("Customers"),
        [
            Entry(
                _("Customers"),
                "building-skyscraper",
                "desk:customers",
                ("/customers/", "/contacts/", "/locations/", "/exposures/", "/risk-profiles/"),
            ),
            Entry(_("Policies"), "file-certificate", "programmes:policies", ("/policies/",)),
            Entry(_("Claims"), "file-alert", "programmes:claims", ("/claims/", "/claim-figures/")),
            Entry(_("Renewals"), "refresh", "programmes:renewals", ("/renewals/",)),
            Entry(_("Updates"), "send", "communications:updates", ("/updates/", "/messages/")),
            Entry(_("Imports"), "file-import", "desk:imports", ("/imports/",)),
        ],
    ),
    (
        _("Know"),
        [
            Entry(_("Insurers"), "building-bank", "programmes:insurers", ("/insurers/",)),
            Entry(_("Classes"), "category", "market:classes", ("/classes/",)),
            Entry(_("Risk categories"), "binary-tree", "risk:categories", ("/risk-categories/",)),
            Entry(_("Compulsory covers"), "gavel", "risk:compulsory", ("/compulsory-covers/",)),
            Entry(_("Value indices"), "chart-line", "market:indices", ("/value-indices/",)),
            Entry(_("Exchange rates"), "currency-dollar", "market:rates", ("/exchange-rates/",)),
            Entry(_("Monitors"), "radar-2", "monitoring:monitors", ("/monitors/", "/runs/")),
        ],
    ),
]
PRIMARY = ["desk:worklist", "desk:customers", "programmes:renewals", "communications:updates"]


def shell(request: HttpRequest) -> dict[str, Any]:
    """`shell` for the templates. Nobody signed in: no navigation. Costs no query."""
    frame: dict[str, Any] = {
        "house": settings.HOUSE_NAME,
        "demo": settings.DEMO,
        "language": get_language(),
        "navigation": [],
        "primary": [],
    }
    if getattr(request, "user", None) is not None and request.user.is_authenticated:
        groups: list[dict[str, Any]] = [
            {"label": label, "entries": [drawn(entry, request.path) for entry in entries]} for label, entries in GROUPS
        ]
        by_name = {entry["name"]: entry for group in groups for entry in group["entries"]}
        frame["navigation"] = groups
        frame["primary"] = [by_name[name] for name in PRIMARY]
    return {"shell": frame}


def drawn(entry: Entry, path: str) -> dict[str, Any]:
    url = reverse(entry.to)
    is_current = path == url or path.startswith(entry.under) if entry.under else path == url
    return {
        "name": entry.to,
        "label": entry.label,
        "icon": entry.icon,
        "url": url,
        "count": None,
        "is_current": is_current,
    }
