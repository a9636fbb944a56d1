"""A programme in the words of a schedule of insurance: texts only, in the active language, for schedule.typ."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from common.templatetags.ui import amount, day_text, money
from common.ui.charts import period_line, printed, tower_drawing
from common.ui.charts.tower_picture import picture
from market.models import ClassMode
from programmes.models import ConditionKind, ConditionState, Policy, PolicyCondition, PolicyKind, Terms
from programmes.schedule.names import both_names, insurer_name, names_of
from programmes.schedule.periods import periods
from programmes.schedule.sections import section_of
from programmes.selectors.premium_split import PolicyPremium, Row, Sums
from programmes.selectors.programme import InForce, Next, Programme
from programmes.selectors.towers import CoverTower

SCHEDULE = Path(__file__).with_name("schedule.typ")

Content = dict[str, Any]


def content(programme: Programme, *, language: str, is_today: bool) -> Content:
    """Everything the schedule shows. No query: the programme was fetched `for_schedule`.

    What the brokerage earns is left out: the premium stands as one figure.
    """
    customer = programme.customer
    is_chinese = language.startswith("zh")
    name, other = customer.name, customer.name_local
    if is_chinese and other:
        name, other = other, name
    return {
        "language": "zh" if is_chinese else "en",
        "region": "HK" if is_chinese else "GB",
        "colours": printed.colours(),
        "typefaces": list(settings.PDF_FONTS),
        "house": settings.HOUSE_NAME,
        "title": _("Schedule of insurance"),
        "customer": name,
        "other_name": other,
        "as_at": _("as at %(day)s") % {"day": day_text(programme.on)},
        "page": _("Page {page} of {pages}"),
        "disclaimer": _(
            "This schedule is a summary of what our records say on this day. It is no policy and changes none: the "
            "policy and its endorsements alone decide what is covered."
        ),
        "nothing": "" if programme.in_force else _("No policy is in force on this day."),
        "summary": _summary(programme),
        "premium": _premium(programme),
        "dates": _dates(programme, is_today=is_today),
        "left_open": _left_open(programme),
        "towers_title": _("Towers"),
        "towers": _towers(programme),
        "policies": _policies(programme),
    }


def _summary(programme: Programme) -> Content:
    """The policies in one table, with the page's figures."""
    return {
        "title": _("Policies in force"),
        "head": [_("Class"), _("Policy"), _("Period"), _("Followed by"), _("Premium")],
        "rows": [
            [
                str(row.policy.class_of_business),
                row.policy.number,
                period_of(row.policy),
                follows_in_words(row.next),
                premium_of(row.premium) if row.is_own else paid_by(row.policy),
            ]
            for row in programme.rows
        ],
        "figures": 1,
    }


def _premium(programme: Programme) -> list[Content]:
    """By part and by insurer, as the page sums them; net and brokerage together."""
    if not programme.by_part.rows:
        return []
    rows = programme.by_part.rows
    first_sum = next(at for at, row in enumerate(rows) if row.is_sum)
    return [
        _sums(_("Premium"), "", programme.by_part, rows[first_sum:]),
        _sums(_("Premium by insurer"), _("Insurer"), programme.by_insurer, programme.by_insurer.rows),
    ]


def _sums(title: str, first: str, sums: Sums, rows: tuple[Row, ...]) -> Content:
    house = [_("in %(house)s") % {"house": sums.house}] if sums.is_mixed else []
    return {
        "title": title,
        "head": [first or _("Part"), *sums.currencies, *house],
        "rows": [
            [
                insurer_name(row.insurer) if row.insurer else str(row.words),
                *(figure_of(row, figure, code) for code, figure in row.amounts.items()),
                *([figure_of(row, row.in_house, sums.house)] if house else []),
            ]
            for row in rows
        ],
        "figures": len(sums.currencies) + len(house),
        "sums": [at for at, row in enumerate(rows) if row.is_sum],
    }


def figure_of(row: Row, figure: Decimal | None, currency: str) -> str:
    """An amount of a sum; nothing in a currency reads "–"."""
    if figure is None:
        return _("not known")
    return amount(figure if figure or row.is_sum else None, currency)


def _dates(programme: Programme, *, is_today: bool) -> Content | None:
    if not programme.chains:
        return None
    drawn = periods(programme, is_today=is_today, wide_as=period_line.PRINTED)
    return {
        "title": _("Dates"),
        "svg": printed.image("cotton/periods/drawing.html", {"picture": drawn, "drawing": drawn.wide}),
        "alt": drawn.description,
        "kinds": [[kind, _KIND_WORDS[kind]()] for kind in drawn.kinds],
    }


_KIND_WORDS = {
    "now": lambda: _("In force"),
    "next": lambda: _("Bound, to come"),
    "over": lambda: _("Over"),
    "cancelled": lambda: _("Cancelled"),
    "open": lambda: _("No expiry"),
}


def _left_open(programme: Programme) -> Content:
    return {
        "title": _("Ended, and nothing follows"),
        "head": [_("Class"), _("Policy"), _("Last day of cover")],
        "rows": [
            [
                str(each.policy.class_of_business),
                each.policy.number,
                day_text(each.last_day),
            ]
            for each in programme.left_open
        ],
        "figures": 0,
    }


def follows_in_words(each: Next) -> str:
    """What follows a policy, as the page words it."""
    if each.follower is not None and each.state == "FOLLOWED":
        day = day_text(each.follower.inception_date)
        return f"{each.follower.number} " + _("from %(day)s") % {"day": day}
    if each.state == "RUNS_ON":
        return _("runs on; review on %(day)s") % {"day": day_text(each.policy.review_date)}
    return {
        "DUE": _("not bound yet"),
        "OPEN": _("not bound yet"),
        "SETTLED": _("decided in its renewal"),
        "NOT_RENEWABLE": _("not renewable"),
    }[each.state]


def _towers(programme: Programme) -> list[Content]:
    return [_tower(tower) for tower in programme.towers if tower.tower.in_order]


def _tower(tower: CoverTower) -> Content:
    on_paper = tower_drawing.room_for(tower.tower, tower_drawing.PRINTED)
    drawn = picture(tower.tower, key=f"tower-{tower.key}", wide_as=on_paper)
    return {
        "title": f"{tower.class_of_business}, {tower.currency}",
        "svg": printed.image("cotton/tower/drawing.html", {"picture": drawn, "drawing": drawn.wide}),
        "alt": f"{tower.class_of_business}: {drawn.description}",
        "legend": [[str(entry.series), entry.insurer] for entry in drawn.wide.legend],
        "notes": [
            *drawn.notes,
            *tower.overplaced,
            *tower.notes,
            *(
                _("%(section)s is not drawn: %(why)s.") % {"section": each.section, "why": each.why}
                for each in tower.undrawn
            ),
        ],
    }


def _policies(programme: Programme) -> list[Content]:
    conditions: dict[UUID, list[PolicyCondition]] = defaultdict(list)
    for condition in sorted(programme.conditions, key=lambda each: each.kind):
        conditions[condition.policy_id].append(condition)
    terms: dict[UUID, list[Terms]] = defaultdict(list)
    for version in sorted(programme.terms, key=lambda each: (each.section.reference, str(each.section.pk))):
        terms[version.section.policy_id].append(version)
    return [_policy(row, terms[row.policy.pk], conditions[row.policy.pk]) for row in programme.rows]


def _policy(row: InForce, terms: list[Terms], conditions: list[PolicyCondition]) -> Content:
    policy = row.policy
    insureds = [both_names(**names) for names in policy.insured_names]  # type: ignore[attr-defined]
    return {
        "title": f"{policy.class_of_business} · {policy.number}",
        "facts": [
            *([[_("Kind of contract"), str(policy.get_kind_display())]] if policy.kind != PolicyKind.POLICY else []),
            [_("Insured"), "; ".join([policy.insured_name or names_of(policy.customer), *insureds])],
            [_("Period"), period_of(policy, in_full=True)],
            [_("Premium"), premium_in_full(row.premium) if row.is_own else paid_by(policy)],
        ],
        "nothing": "" if terms else _("No section of this policy has terms on this day."),
        "sections": [
            section_of(each, has_tower=each.section.class_of_business.mode == ClassMode.TOWER, is_only=len(terms) == 1)
            for each in terms
        ],
        "conditions": {
            "title": _("Warranties and conditions"),
            "rows": [_condition(each) for each in conditions],
        },
    }


def _condition(row: PolicyCondition) -> list[str]:
    label = str(ConditionKind(row.kind).label)
    if row.section is not None:
        label += f" · {row.section.name or row.section.reference}"
    words = row.wording
    if row.state == ConditionState.OPEN and row.due_on:
        words += " " + _("(due on %(day)s)") % {"day": day_text(row.due_on)}
    elif row.state != ConditionState.OPEN:
        words += f" ({ConditionState(row.state).label})"
    return [label, words]


def period_of(policy: Policy, *, in_full: bool = False) -> str:
    """From the first to the last day, and what cut it short."""
    ends = day_text(policy.expiry_date) if policy.expiry_date else _("no expiry")
    words = f"{day_text(policy.inception_date)} – {ends}"
    if in_full and policy.expiry_date:
        words += " " + _("(both days included)")
    if policy.cancelled_from:
        words += ", " + _("cancelled from %(day)s") % {"day": day_text(policy.cancelled_from)}
    return words


def premium_of(premium: PolicyPremium) -> str:
    return _("not known") if premium.premium is None else money(premium.premium, premium.policy.currency)


def premium_in_full(premium: PolicyPremium) -> str:
    """With levy, tax and fee where there are any."""
    words = premium_of(premium)
    if premium.payable is None or not premium.charges:
        return words
    said = {
        "charges": money(premium.charges, premium.policy.currency),
        "payable": money(premium.payable, premium.policy.currency),
    }
    return words + "; " + _("levy, tax and fee %(charges)s; payable %(payable)s") % said


def paid_by(policy: Policy) -> str:
    return _("paid by %(customer)s") % {"customer": policy.customer}
