"""A section of a policy in the words of a schedule: what it pays for, up to how much, where, and who carries it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import day_text, money, percent
from programmes.models import AttachmentBasis, CoverBasis, CoverTerm, LimitBasis, PercentOf, Terms
from programmes.models.terms import AverageBasis, CoverageTrigger, Deductible, DefenceCosts
from programmes.schedule.names import countries_in_words, insurer_name
from programmes.selectors.premium_split import carriers
from programmes.selectors.versions import Content as Said
from risk.models.exposures import ExposureKind

PLACES = "Property"
"""The group of classes that insure places."""
LOCATIONS = 6
"""So many locations are named; the statement of values has them all."""


def section_of(terms: Terms, *, has_tower: bool, is_only: bool) -> dict[str, Any]:
    """What a version of a section says, fetched by `versions.with_content`. `has_tower`: judged by layers of cover, so
    that a missing limit is worth saying."""
    section, said = terms.section, Said.of(terms)
    currency = section.policy.currency
    title = section.name or (_("Cover") if is_only else _("Section %(reference)s") % {"reference": section.reference})
    if section.class_of_business_id != section.policy.class_of_business_id:
        title += f" · {section.class_of_business}"
    return {
        "title": title,
        "facts": [[label, words] for label, words in _facts(terms, said, currency, has_tower=has_tower) if words],
        "cover": {
            "head": [_("Cause of loss"), _("Cover"), _("Sublimit"), _("Deductible")],
            "rows": [_cover_term(row, currency) for row in said.cover_terms],
            "figures": 0,
        },
        "lines": {
            "head": [_("Insurer"), _("Line"), _("Role")],
            "rows": _lines(terms, said),
            "figures": 0,
        },
    }


def _facts(terms: Terms, said: Said, currency: str, *, has_tower: bool) -> Iterator[tuple[str, str]]:
    yield _("Basis of cover"), str(CoverBasis(terms.basis).label)
    yield _("Coverage trigger"), _trigger(terms)
    yield _("Sum insured"), money(terms.sum_insured, currency) if terms.sum_insured else ""
    yield _("Limit"), _limit(terms, currency, is_missed=has_tower and not terms.sum_insured)
    yield _("Aggregate limit"), money(terms.aggregate_limit, currency) if terms.aggregate_limit else ""
    yield _("Attachment"), _attachment(terms, currency)
    yield _("Deductible"), deductible_of(terms, currency) or _("none")
    yield _("Average"), _average(terms)
    yield _("Maximum indemnity period"), _months(terms.indemnity_months)
    yield _("Defence costs"), str(DefenceCosts(terms.defence_costs).label) if terms.defence_costs else ""
    yield _("Insures only"), ", ".join(str(ExposureKind(kind).label) for kind in terms.insured_kinds)
    yield _("Territory"), countries_in_words(terms.territory)
    yield _("Territory excluded"), countries_in_words(terms.territory_excluded)
    yield _("Locations"), _locations(said, is_of_places=terms.section.class_of_business.group == PLACES)


def _trigger(terms: Terms) -> str:
    if not terms.coverage_trigger:
        return ""
    words = [str(CoverageTrigger(terms.coverage_trigger).label)]
    if terms.retroactive_date:
        words.append(_("retroactive date %(day)s") % {"day": day_text(terms.retroactive_date)})
    if terms.is_retroactive_unlimited:
        words.append(_("retroactive cover unlimited"))
    if terms.extended_reporting_months:
        words.append(_("extended reporting %(months)s") % {"months": _months(terms.extended_reporting_months)})
    return ", ".join(words)


def _months(months: int | None) -> str:
    return ngettext("%(count)d month", "%(count)d months", months) % {"count": months} if months else ""


def _limit(terms: Terms, currency: str, *, is_missed: bool) -> str:
    if terms.unlimited:
        return _("unlimited")
    if terms.limit is None:
        return _("not recorded") if is_missed else ""
    words = f"{money(terms.limit, currency)}, {str(LimitBasis(terms.limit_basis).label).lower()}"
    if terms.limit_basis == LimitBasis.PER_UNIT and terms.units:
        words += ", " + ngettext("%(count)d unit", "%(count)d units", terms.units) % {"count": terms.units}
    return words


def _attachment(terms: Terms, currency: str) -> str:
    if not terms.attachment_point:
        return ""
    basis = str(AttachmentBasis(terms.attachment_basis).label).lower()
    words = [f"{money(terms.attachment_point, currency)}, {basis}"]
    if terms.drops_down:
        words.append(_("drops down"))
    if terms.recognises_sublimits:
        words.append(_("recognises sublimits below"))
    return ", ".join(words)


def deductible_of(row: Deductible, currency: str) -> str:
    """Such as "HKD 100,000" or "2% of the loss, at least HKD 50,000"; empty where there is none."""
    if row.deductible_amount is not None:
        return money(row.deductible_amount, currency) if row.deductible_amount else ""
    if row.deductible_percent is None:
        return ""
    parts = [f"{percent(row.deductible_percent)} {PercentOf(row.deductible_percent_of).label}"]
    if row.deductible_min is not None:
        parts.append(_("at least %(amount)s") % {"amount": money(row.deductible_min, currency)})
    if row.deductible_max is not None:
        parts.append(_("at most %(amount)s") % {"amount": money(row.deductible_max, currency)})
    return ", ".join(parts)


def _average(terms: Terms) -> str:
    if terms.average_threshold is None:
        return ""
    basis = str(AverageBasis(terms.average_basis).label).lower()
    return _("below %(share)s of the value, taken %(basis)s") % {
        "share": percent(terms.average_threshold),
        "basis": basis,
    }


def _locations(said: Said, *, is_of_places: bool) -> str:
    """The first locations by name. None named: the section insures them all, worth saying where places are insured."""
    if not said.locations:
        return _("all locations of the insured") if is_of_places else ""
    named = "; ".join(str(location) for location in said.locations[:LOCATIONS])
    more = len(said.locations) - LOCATIONS
    if more <= 0:
        return named
    words = ngettext(
        "and %(count)d more in the statement of values", "and %(count)d more in the statement of values", more
    )
    return f"{named}; {words % {'count': more}}"


def _cover_term(row: CoverTerm, currency: str) -> list[str]:
    return [
        str(row.category),
        _("covered") if row.included else _("not covered"),
        money(row.sublimit, currency) if row.sublimit is not None else "–",
        deductible_of(row, currency) or "–",
    ]


def _lines(terms: Terms, said: Said) -> list[list[str]]:
    """Who carries the section, the lead first, as the premium is shared: written lines scaled, the rest in words."""
    lead = next((line.insurer_id for line in said.lines if line.is_lead), None)
    is_written = not any(line.signed_share is not None for line in said.lines)
    written = {line.insurer_id: line.written_share for line in said.lines}
    found = []
    for carrier, share in carriers(terms):
        role = []
        if carrier.insurer is not None and carrier.insurer.pk == lead:
            role.append(_("leads"))
        if carrier.insurer is not None and is_written:
            role.append(_("written %(share)s") % {"share": percent(written.get(carrier.insurer.pk))})
        words = insurer_name(carrier.insurer) if carrier.insurer else str(carrier)
        known = "" if carrier.rank and share == Decimal(1) and not said.lines else percent(share)
        found.append(
            (
                not (carrier.insurer and carrier.insurer.pk == lead),
                carrier.rank,
                -share,
                [words, known, ", ".join(role)],
            )
        )
    return [row for _lead, _rank, _share, row in sorted(found, key=lambda each: (each[:3], each[3]))]
