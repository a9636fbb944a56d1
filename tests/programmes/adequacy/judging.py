"""What the sums mean for a customer, the slow way: findings and status of each risk after DESIGN section 5.

Every risk is worked out twice: as it is known (what is unknown pays nothing) and at its best for the customer. What is
short is found only where it is short at its best.
"""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from tests.programmes.adequacy.oracle import (
    INFINITE,
    LOSS_KINDS,
    Part,
    Sum,
    Working,
    aggregate_left,
    half_up,
    holds,
    in_force,
    judge,
    latest,
    measure_room,
)
from tests.programmes.adequacy.tower import Tower, overplaced, unplaced

DAYS_BEFORE_END = 60
DAYS_OVERLAP = 30
INTERRUPTION = "BUSINESS_INTERRUPTION"
OF_COVER = {"cover_terms", "limit", "share", "sum_insured", "deductible", "exchange_rate", "values"}
WHERE_RETAINED = {"RETENTION_EXCEEDED", "LEVEL_ABOVE_TOLERANCE", "STRATEGY_MISMATCH", "UNKNOWN"}
STATUSES = [
    ("UNINSURED", {"UNINSURED"}),
    ("EXCLUDED", {"EXCLUDED"}),
    (
        "SHORTFALL",
        {"LIMIT_SHORTFALL", "RETENTION_EXCEEDED", "TOWER_GAP", "SHARE_UNPLACED", "INDEMNITY_PERIOD_SHORT"},
    ),
    ("UNKNOWN", {"UNKNOWN"}),
    ("MISMATCH", {"STRATEGY_MISMATCH"}),
]


@dataclass
class Verdict:
    """Of one risk: its findings by code with their figures, and what is not known of it.

    `risk_missing` are figures of the risk, `cover_missing` those of sections that may be the reason for a difference.
    """

    status: str = ""
    sums: Sum | None = None
    findings: dict[str, dict] = field(default_factory=dict)
    risk_missing: set[str] = field(default_factory=set)
    cover_missing: set[str] = field(default_factory=set)


def verdict(world, risk):
    """None where the risk is not judged: closed, or answered by benefits only."""
    if not is_judged(world, risk):
        return None
    return Judging(world, risk).verdict()


def is_judged(world, risk):
    classes = world.tree[risk.category][1]
    only_benefits = bool(classes) and classes <= world.benefits
    return not only_benefits and (risk.closed_on is None or risk.closed_on > world.day)


def profile_of(world):
    """The latest signed-off version on or before the day."""
    signed = [row for row in world.profiles if row.is_signed_off and row.valid_from <= world.day]
    return max(signed, key=lambda row: row.valid_from, default=None)


def status_of(codes, treatment):
    for status, reasons in STATUSES:
        if codes & reasons:
            return status
    if codes:
        return "WATCH"
    return "RETAINED_AS_PLANNED" if treatment == "RETAIN" else "ADEQUATE"


class Judging:
    def __init__(self, world, risk):
        self.world, self.risk = world, risk
        self.working = Working(world)
        self.profile = profile_of(world)
        self.actual, self.best = judge(world, risk), judge(world, risk, best=True)
        self.loss = None if self.actual.maximum_loss is None else Fraction(self.actual.maximum_loss)
        self.linked = [row for row in world.exposures if row.key in risk.exposures and row.kind in LOSS_KINDS]
        self.path = world.tree[risk.category][0]
        self.found = {}

    def ours(self, amount):
        return self.working.ours(amount, self.risk.currency)

    def verdict(self):
        self.judge_cover()
        self.judge_retention()
        self.judge_terms()
        self.judge_security()
        self.judge_concentration()
        self.judge_strategy()
        risk_missing, cover_missing = self.missing()
        if risk_missing or cover_missing:
            self.found["UNKNOWN"] = {}
        if self.risk.treatment == "RETAIN":
            self.found = {code: said for code, said in self.found.items() if code in WHERE_RETAINED}
        status = status_of(set(self.found), self.risk.treatment)
        return Verdict(status, self.actual, self.found, risk_missing, cover_missing)

    # Towers

    def judge_cover(self):
        self.found |= self.shortfalls(self.best)
        for code in ("SHARE_OVERPLACED", "DOUBLE_INSURANCE"):
            amounts = [self.rounded(overplaced(tower)[code]) for tower in self.towers(self.actual)]
            if max(amounts, default=0) > 0:
                self.found[code] = {"overplaced": max(amounts)}

    def towers(self, sums):
        """The towers of the stacks that a loss can fall on."""
        is_known = sums.maximum_loss is not None
        return [Tower(stack, is_loss_known=is_known) for stack in sums.stacks.values() if stack[0].loss != 0]

    def shortfalls(self, sums):
        """The findings that must hold at best, as they are in one of the two workings."""
        found = {}
        if not sums.parts:
            if self.risk.treatment == "SHARE":
                is_excluded = "excluded" in sums.responds.values()
                return {"EXCLUDED" if is_excluded else "UNINSURED": {}}
            required = self.ours(self.risk.required_limit)
            if required and self.risk.treatment != "RETAIN":
                found["LIMIT_SHORTFALL"] = {"short": self.rounded(required)}
            return found
        towers = self.towers(sums)
        if shorts := [short for tower in towers if (short := self.short(tower, len(towers))) > 0]:
            found["LIMIT_SHORTFALL"] = {"short": max(shorts)}
        known = [tower for tower in towers if tower.loss is not None]
        if gaps := [gap for tower in known if (gap := self.rounded(tower.without_cover())) > 0]:
            found["TOWER_GAP"] = {"gap": max(gaps)}
        if amounts := [open_ for tower in known if (open_ := self.rounded(unplaced(tower))) > 0]:
            found["SHARE_UNPLACED"] = {"unplaced": max(amounts)}
        return found

    def short(self, tower, stacks):
        """By how much the unbroken cover falls short of what is required; 0 where that is not known."""
        top, rooms = tower.unbroken()
        if self.risk.required_limit is None:
            return Decimal(0) if tower.loss is None else self.rounded(tower.loss) - self.rounded(top)
        required = self.ours(self.risk.required_limit)
        if required is None or (self.loss is None and stacks > 1):
            return Decimal(0)
        if self.loss is not None and tower.loss is not None:
            required = self.working.to_places(required * tower.loss / self.loss)
        return self.rounded(required) - self.rounded(rooms)

    def rounded(self, amount):
        return half_up(amount, self.working.places)

    # What is left to the customer

    def most_to_bear(self):
        """In the customer's currency; None where none is set, or its currency has no rate."""
        return self.working.ours(*(self.most_entered() or (None, "")))

    def most_entered(self):
        """The amount and its currency: the risk's own, else the tolerance's, else the appetite."""
        if self.risk.maximum_retention is not None:
            return self.risk.maximum_retention, self.risk.currency
        amounts = [self.tolerance(1), self.profile.appetite_one_loss] if self.profile else []
        return next(((amount, self.profile.currency) for amount in amounts if amount is not None), None)

    def tolerance(self, which):
        """The level (0) or amount (1) of the nearest ancestor that has one."""
        tolerances = self.profile.tolerances if self.profile else {}
        for code in reversed(self.path):
            if code in tolerances and tolerances[code][which] is not None:
                return tolerances[code][which]
        return None

    def judge_retention(self):
        most = self.most_to_bear()
        if most is not None and self.loss is not None and Fraction(self.best.retained) > most:
            self.found["RETENTION_EXCEEDED"] = {"retained": self.best.retained, "most": self.rounded(most)}

    def judge_strategy(self):
        risk = self.risk
        if risk.treatment == "AVOID" and self.loss is not None:
            self.found["STRATEGY_MISMATCH"] = {}
        named = self.ours(risk.maximum_retention) if risk.treatment == "RETAIN" else None
        if named is not None and self.loss is not None and Fraction(self.actual.retained) < named * Fraction(8, 10):
            self.found["STRATEGY_MISMATCH"] = {}
        tolerated = self.tolerance(0)
        is_above = tolerated is not None and risk.current is not None and risk.current[0] * risk.current[1] > tolerated
        if is_above or any(self.is_overdue(control) for control in risk.controls):
            self.found["LEVEL_ABOVE_TOLERANCE"] = {}

    def is_overdue(self, control):
        day = self.world.day
        is_done = control.done_on is not None and control.done_on <= day
        return control.origin == "AGREED" and control.due_on is not None and control.due_on < day and not is_done

    # What the sections that respond say

    def judge_terms(self):
        periods = [part.section.indemnity_months for part in self.actual.parts if self.insures_interruption(part)]
        given, needed = [months for months in periods if months is not None], self.months_needed()
        if given and needed is not None and min(given) < needed:
            self.found["INDEMNITY_PERIOD_SHORT"] = {"months": min(given), "needed": needed}
        if any(part.average is not None and part.average < 1 for part in self.actual.parts):
            self.found["AVERAGE_APPLIES"] = {}
        for part in self.actual.parts:
            has_rate = self.working.ours(Decimal(1), part.policy.currency) is not None
            if part.section.aggregate is not None and has_rate:
                _left, used = aggregate_left(self.working, part.policy, part.section)
                if 2 * used >= Fraction(part.section.aggregate):
                    self.found["AGGREGATE_ERODED"] = {}
            if ends_soon(self.world, part.policy, part.section):
                self.found["COVER_ENDS"] = {}

    def insures_interruption(self, part):
        kinds = {row.key: row.kind for row in self.linked}
        if part.linked:
            return any(kinds[key] == INTERRUPTION for key in part.linked)
        return INTERRUPTION in part.section.kinds

    def months_needed(self):
        if self.risk.indemnity_months is not None:
            return self.risk.indemnity_months
        return self.profile.indemnity_months if self.profile else None

    def judge_security(self):
        floor = self.risk.security_floor or (self.profile and self.profile.security_floor) or self.world.house_floor
        for key in self.insurers():
            ratings = self.latest_ratings(key)
            worst = max((notch for notch, _outlook in ratings), default=None)
            if worst is None:
                continue
            if worst > floor or (worst == floor and (worst, "NEGATIVE") in ratings):
                self.found["SECURITY_BELOW_FLOOR"] = {}

    def insurers(self):
        return {line.insurer for part in self.actual.parts for line in part.section.lines if line.insurer}

    def latest_ratings(self, insurer):
        """The step and outlook of each agency's latest rating that is not a withdrawal."""
        by_agency = defaultdict(list)
        for agency, rated_on, notch, outlook in self.world.insurers[insurer].ratings:
            by_agency[agency].append((rated_on, notch, outlook))
        rows = [latest(series, self.world.day) for series in by_agency.values()]
        return [(row[1], row[2]) for row in rows if row is not None and row[1] is not None]

    def judge_concentration(self):
        most = self.profile.most_with_one_group if self.profile else None
        if most is None:
            return
        shares = [
            share
            for stack in self.actual.stacks.values()
            if stack[0].loss != 0
            for share in self.shares_of_groups(stack).values()
        ]
        if shares and max(shares) > Fraction(most):
            self.found["CONCENTRATION_EXCEEDED"] = {}

    def shares_of_groups(self, stack):
        """What part of the rooms of a stack each insurer group carries."""
        total, carried = Fraction(0), Counter()
        for part in stack:
            room = part.room
            if room == INFINITE:
                is_known = part.loss is not None and part.start is not None
                room = max(part.loss - part.start, Fraction(0)) if is_known else None
            if room is None:
                continue
            total += room
            for line, share in signed_lines(part.section):
                if line.insurer is not None:
                    group = self.world.insurers[line.insurer].group
                    carried[("group", group) if group else ("insurer", line.insurer)] += room * share
        return {group: amount / total for group, amount in carried.items()} if total else {}

    # What is not known

    def missing(self):
        risk, missing = self.risk, set()
        if not risk.treatment:
            missing.add("treatment")
        is_gone = bool(self.linked) and self.working.total(self.linked) == 0
        if self.loss is None and not (risk.treatment == "AVOID" and is_gone):
            missing.add(self.missing_of_loss())
        if self.most_to_bear() is None and risk.treatment != "AVOID":
            missing.add("most_to_bear" if self.most_entered() is None else "exchange_rate")
        amounts = (risk.maximum_loss, risk.typical_loss, risk.required_limit, risk.maximum_retention)
        if any(amount is not None and self.ours(amount) is None for amount in amounts):
            missing.add("exchange_rate")
        if self.tolerance(0) is not None and risk.current is None:
            missing.add("level")
        if risk.treatment != "RETAIN":
            missing |= self.missing_of_sections()
        return missing, self.unknown_cover() if self.is_open() else set()

    def missing_of_loss(self):
        if self.risk.maximum_loss is not None:
            return "exchange_rate" if self.ours(self.risk.maximum_loss) is None else "maximum_loss"
        if not self.linked:
            return "maximum_loss"
        unvalued = [row for row in self.linked if self.working.value(row) is None]
        days = [latest(row.values, self.world.day) for row in unvalued]
        has_rates = all(row is None or self.working.ours(Decimal(1), row[2]) is not None for row in days)
        return "values" if has_rates else "exchange_rate"

    def missing_of_sections(self):
        missing = set()
        kinds = {row.key: row.kind for row in self.linked}
        for part in self.actual.parts:
            has_linked = any(kinds[key] == INTERRUPTION for key in part.linked)
            if has_linked and self.months_needed() is None:
                missing.add("months_needed")
            if self.insures_interruption(part) and part.is_primary and part.section.indemnity_months is None:
                missing.add("indemnity_months")
            if any(line.insurer is None for line in part.section.lines):
                missing.add("insurer")
        if any(not self.latest_ratings(key) for key in self.insurers()):
            missing.add("rating")
        return missing

    def is_open(self):
        """Whether what is not known of sections makes a difference."""
        if self.actual.retained != self.best.retained:
            return True
        if self.risk.treatment == "RETAIN":
            return False
        codes = {"LIMIT_SHORTFALL", "TOWER_GAP", "SHARE_UNPLACED"}
        actual, best = self.shortfalls(self.actual), self.shortfalls(self.best)
        return bool(self.actual.parts) != bool(self.best.parts) or codes & set(actual) != codes & set(best)

    def unknown_cover(self):
        """Every figure that is not known of a section that responds; any of one of which that is not known."""
        if "unknown" in self.actual.responds.values():
            return set(OF_COVER)
        missing = set()
        stacks = judge(self.world, self.risk).stacks
        reached = [part for stack in stacks.values() for part in stack]
        for part in reached:
            if self.working.ours(Decimal(1), part.policy.currency) is None:
                missing.add("exchange_rate")
            figures = {"limit": part.room, "share": part.share, "deductible": part.deductible}
            missing |= {name for name, figure in figures.items() if figure is None}
            if part.average is None:
                missing.add("sum_insured")
            if part.loss is None or not part.has_values:
                missing.add("values")
        return missing


def signed_lines(section):
    """Each line with what it counts for: signed, else written scaled to at most 1 in total."""
    if any(line.signed is not None for line in section.lines):
        return [(line, Fraction(line.signed)) for line in section.lines if line.signed is not None]
    together = max(Fraction(1), sum(Fraction(line.written) for line in section.lines))
    return [(line, Fraction(line.written) / together) for line in section.lines]


def ends_soon(world, policy, section):
    """Whether the section ends within 60 days of the day, its renewal is open and nothing bound takes over."""
    days = [policy.expiry, section.last_day]
    if policy.cancelled_from is not None:
        days.append(policy.cancelled_from - datetime.timedelta(days=1))
    ends = min((day for day in days if day is not None), default=None)
    if ends is None or ends > world.day + datetime.timedelta(days=DAYS_BEFORE_END) or policy.is_settled:
        return False
    return not any(follows(other, policy, section, ends) for other in world.policies)


def follows(other, policy, section, ends):
    """Whether another bound policy of the same customer and class takes over on that day."""
    one_day = datetime.timedelta(days=1)
    return (
        other is not policy
        and other.bound
        and arranger(other) == arranger(policy)
        and section.class_code in {"PROPERTY", *(row.class_code for row in other.sections)}
        and other.inception > policy.inception
        and ends - DAYS_OVERLAP * one_day <= other.inception <= ends + one_day
        and (other.expiry is None or other.expiry >= ends)
        and (other.cancelled_from is None or other.cancelled_from > ends + one_day)
    )


def arranger(policy):
    """The customer whose policy it is, as `Built` enters it."""
    return "us" if "us" in policy.insureds else min(policy.insureds)


# The customer


def customer_findings(world, risks):
    """What is found of the customer as a whole: by code, the figures."""
    found, profile = {}, profile_of(world)
    if profile is None:
        return found
    cases = {compulsory(world, requirement) for requirement in profile.compulsory}
    found["COMPULSORY_MISSING"] = cases - {"MET"}
    year = Working(world).ours(profile.appetite_year, profile.currency)
    if year is not None and (cost := yearly_cost(world, risks)) > year:
        found["APPETITE_EXCEEDED"] = {"cost": cost}
    return {code: said for code, said in found.items() if said}


def compulsory(world, requirement):
    """MET, "" where none is in force, BELOW or UNKNOWN."""
    working = Working(world)
    minimum = working.ours(requirement.minimum, requirement.currency)
    primary, excess = [], []
    for policy in world.policies:
        if "us" not in policy.insureds or not in_force(policy, world.day):
            continue
        for section in policy.sections:
            if not holds(section, world.day) or section.class_code != requirement.class_code:
                continue
            if (section.territory and requirement.territory not in section.territory) or (
                requirement.territory in section.territory_excluded
            ):
                continue
            part = Part(policy, replace(section, units=None), None, frozenset(), None)  # a limit per unit counts once
            sum_insured = working.ours(section.sum_insured, policy.currency) if section.sum_insured else None
            measure_room(working, part, sum_insured)
            (primary if section.attachment == 0 else excess).append(part.room)
    known = max((room for room in primary if room is not None), default=Fraction(0))
    known += sum((room for room in excess if room is not None), Fraction(0))
    if not primary and not excess:
        return ""
    if minimum is not None and known >= minimum:
        return "MET"
    return "UNKNOWN" if minimum is None or None in primary + excess else "BELOW"


def yearly_cost(world, risks):
    """Events a year times what a typical loss leaves with the customer, over the register; at best."""
    working, total = Working(world), Fraction(0)
    for risk in risks:
        typical = working.ours(risk.typical_loss, risk.currency)
        if not is_judged(world, risk) or risk.current is None or not typical:
            continue
        events = world.events.get(risk.current[0])
        if events is not None:
            total += Fraction(events) * Fraction(judge(world, risk, loss=typical, best=True).retained)
    return total
