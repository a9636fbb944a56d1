"""How figures, days and icons read on screen, in the user's language. A builtin of every template."""

import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from django import template
from django.conf import settings
from django.template.context import Context
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from common.dates import today as house_today
from common.money import minor_units
from common.ui.levels import Band, band_of

register = template.Library()

NOTHING = "–"
"""Stands where there is no value: never a blank, which could be mistaken for zero or for a page not yet loaded."""

ICONS = Path(settings.BASE_DIR) / "node_modules/@tabler/icons/icons/outline"
SOON = 45
"""Days ahead that are counted ("in 9 days"); a day further off is named."""


def locale() -> Locale:
    """Babel's locale for the active language: Hong Kong's Chinese, or English with the day before the month."""
    return _locale(get_language() or "en")


@cache
def _locale(language: str) -> Locale:
    return Locale.parse("zh_Hant_HK" if language.startswith("zh") else "en_GB")


# Icons


@cache
def _drawing(name: str) -> str:
    if not name.replace("-", "").isalnum():
        raise ValueError(f"{name!r} is not the name of an icon.")
    svg = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    shapes = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    shapes = shapes.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
    return " ".join(shapes.split())


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """One of Tabler's outline icons, drawn in place and hidden from screen readers.

    Raises FileNotFoundError for an unknown name.
    """
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" '
        'stroke-linejoin="round" aria-hidden="true">{}</svg>',
        f" {css_class}" if css_class else "",
        mark_safe(_drawing(name)),  # noqa: S308  from Tabler's package, and the name was checked
    )


# Figures


def _decimal(value: Any) -> Decimal | None:
    """None for a missing value, also where a template's missing variable has become an empty string."""
    return None if value is None or value == "" else Decimal(str(value))


def _grouped(value: Decimal, decimals: int) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(rounded, format=pattern, locale=locale(), decimal_quantization=False)


@register.filter
def number(value: Any) -> str:
    """A count with its thousands grouped: 12,400."""
    figure = _decimal(value)
    return NOTHING if figure is None else _grouped(figure, 0)


@register.filter
def amount(value: Any, currency: str = "") -> str:
    """An amount without its currency: 48,000,000. With a currency, always to its minor unit: 48,000,000.00."""
    figure = _decimal(value)
    if figure is None:
        return NOTHING
    if currency:
        return _grouped(figure, minor_units(currency))
    return _grouped(figure, 0 if figure == figure.to_integral_value() else 2)


@register.filter
def money(value: Any, currency: str) -> str:
    """An amount with its currency: HKD 48,000,000. Minor units show where there are any."""
    figure = _decimal(value)
    if figure is None:
        return NOTHING
    decimals = 0 if figure == figure.to_integral_value() else minor_units(currency)
    return f"{currency}\N{NO-BREAK SPACE}{_grouped(figure, decimals)}"


@register.filter
def short_amount(value: Any) -> str:
    """An amount at a glance, to one decimal of its size: 48.0m, 1.2bn, 250k, 900. Rounded half up."""
    figure = _decimal(value)
    if figure is None:
        return NOTHING
    if abs(figure) >= Decimal("999950000"):
        return _("%(figure)sbn") % {"figure": _grouped(figure / 10**9, 1)}
    if abs(figure) >= Decimal("999500"):
        return _("%(figure)sm") % {"figure": _grouped(figure / 10**6, 1)}
    if abs(figure) >= 10_000:
        return _("%(figure)sk") % {"figure": _grouped(figure / 10**3, 0)}
    return _grouped(figure, 0)


@register.filter
def brief_amount(value: Any) -> str:
    """The same without a decimal that says nothing, for chart labels: 50m, 168.5m."""
    return short_amount(value).replace(".0", "")


@register.filter
def figure(value: Any) -> str:
    """A figure with the decimals it needs, four at most: 0.01, 2, 12.5."""
    known = _decimal(value)
    return NOTHING if known is None else format_decimal(known, format="#,##0.####", locale=locale())


@register.filter
def percent(value: Any) -> str:
    """A share of 1 as a percentage with at most two decimals: 60%, 12.5%, 33.33%."""
    figure = _decimal(value)
    if figure is None:
        return NOTHING
    hundredths = (figure * 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return format_decimal(hundredths, format="#,##0.##", locale=locale()) + "%"


@register.filter
def exact_percent(value: Any) -> str:
    """A share of 1 as a percentage to the last of its six decimals: 60%, 33.3333%."""
    figure = _decimal(value)
    if figure is None:
        return NOTHING
    return format_decimal(figure * 100, format="#,##0.####", locale=locale(), decimal_quantization=False) + "%"


# Days


def _date(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value or None


def _day_text(value: datetime.date, *, with_year: bool = True) -> str:
    if _is_chinese():
        return format_date(value, "y年M月d日" if with_year else "M月d日", locale=locale())
    return format_date(value, "d MMM y" if with_year else "d MMM", locale=locale())


def _is_chinese() -> bool:
    return locale().language == "zh"


def _time_tag(value: datetime.date, words: str) -> SafeString:
    exact = format_date(value, "full", locale=locale())
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), exact, words)


@register.filter
def day_text(value: Any) -> str:
    """A day as plain text, where a tag cannot stand (titles, attributes): 2 Dec 2026, 2026年12月2日."""
    date = _date(value)
    return NOTHING if date is None else _day_text(date)


@register.filter
def day(value: Any) -> str:
    """A day: 2 Dec 2026, 2026年12月2日, with the weekday on hover."""
    date = _date(value)
    return NOTHING if date is None else _time_tag(date, _day_text(date))


@register.filter
def relative_day(value: Any, today: datetime.date | None = None) -> str:
    """A day that something is due on: today, tomorrow, in 9 days, 31 Jan, since 12 Nov; the exact date on hover.

    Counted from `today`, else from the house's day.
    """
    date = _date(value)
    if date is None:
        return NOTHING
    start = today or house_today()
    ahead = (date - start).days
    if ahead == 0:
        words = _("today")
    elif ahead == 1:
        words = _("tomorrow")
    elif ahead < 0:
        words = _("since %(day)s") % {"day": _day_text(date, with_year=date.year != start.year)}
    elif ahead <= SOON:
        words = ngettext("in %(count)d day", "in %(count)d days", ahead) % {"count": ahead}
    else:
        words = _day_text(date, with_year=date.year != start.year)
    return _time_tag(date, words)


@register.filter
def ago(value: Any, today: datetime.date | None = None) -> str:
    """A day on which something happened: today, yesterday, 12 days ago, 11 Aug; the exact date on hover."""
    date = _date(value)
    if date is None:
        return NOTHING
    start = today or house_today()
    past = (start - date).days
    if past == 0:
        words = _("today")
    elif past == 1:
        words = _("yesterday")
    elif 1 < past <= SOON:
        words = ngettext("%(count)d day ago", "%(count)d days ago", past) % {"count": past}
    else:
        words = _day_text(date, with_year=date.year != start.year)
    return _time_tag(date, words)


@register.filter
def moment(value: datetime.datetime | None) -> str:
    """A moment in the user's zone: 23 Nov 2026, 14:05; with seconds and zone on hover."""
    if not value:
        return NOTHING
    local = timezone.localtime(value)
    words = f"{_day_text(local.date())}{' ' if _is_chinese() else ', '}{local:%H:%M}"
    exact = format_datetime(local, "full", locale=locale(), tzinfo=local.tzinfo)
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), exact, words)


# Words and attributes


@register.filter
def initials(name: Any) -> str:
    """Up to two letters for a person: ML for Mei Lam, 陳 for 陳大文."""
    words = str(name).split("@")[0].replace(".", " ").split()
    if not words:
        return "?"
    if ord(words[0][0]) > 0x2E80:
        return words[0][0]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def as_attributes(attrs: Any) -> SafeString:
    """What a component was given beyond its own attributes, as escaped HTML attributes; None and False leave one out.

    Cotton's own `{{ attrs }}` does not escape values that were bound with a colon.
    """
    parts = []
    for name, value in attrs.attrs_dict().items():
        if value is True:
            parts.append(f" {conditional_escape(name)}")
        elif value is not None and value is not False:
            parts.append(format_html(' {}="{}"', name, value))
    return mark_safe("".join(parts))  # noqa: S308  each part is escaped above


@register.filter
def widget_kind(bound_field: Any) -> str:
    """How a form's field is laid out: check, choices (radio buttons or boxes), file or plain."""
    return {
        "checkbox": "check",
        "radioselect": "choices",
        "checkboxselectmultiple": "choices",
        "clearablefile": "file",
        "file": "file",
    }.get(bound_field.widget_type, "plain")


@register.simple_tag(takes_context=True)
def sorting(context: Context, key: str, param: str = "sort") -> dict[str, str]:
    """For a column heading: `href` that sorts by it (again: the other way round), `aria-sort` `state`, `icon`."""
    query = context["request"].GET.copy()
    now = query.get(param, "")
    query[param] = f"-{key}" if now == key else key
    query.pop("page", None)
    state, drawing = {key: ("ascending", "chevron-up"), f"-{key}": ("descending", "chevron-down")}.get(
        now, ("none", "selector")
    )
    return {"href": f"?{query.urlencode()}", "state": state, "icon": drawing}


@register.filter
def kept(query: Any, names: str) -> list[tuple[str, str]]:
    """The parameters of a query that a form carries along, as pairs; empty ones are left out."""
    return [(name, value) for name in names.split() for value in query.getlist(name) if value]


@register.filter
def page_range(page: Any) -> Any:
    """The page numbers to offer around the current one, with "…" where some are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def fields_with_errors(form: Any) -> list[Any]:
    """The form's fields that have an error, in the form's order."""
    return [form[name] for name in form.fields if name in form.errors]


@register.filter
def level_band(value: Any) -> Band | None:
    """The band (`code`, `label`) of a level of risk, 1 to 25; None where it is not assessed."""
    return band_of(value)


@register.filter
def whole(value: Any) -> int:
    """A percentage as a whole number between 0 and 100, for drawing and for ARIA."""
    figure = _decimal(value)
    return 0 if figure is None else int(min(max(figure, Decimal(0)), Decimal(100)))
