"""Adequacy worked out the slow way, from plain values, after DESIGN section 5: what the SQL is held against.

Nothing here knows the database. Amounts are Decimals in the currency named beside them; sums are exact (Fraction) until
the section says where to round.
"""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

LOSS_KINDS = {"BUILDINGS", "CONTENTS", "STOCK", "MACHINERY", "BUSINESS_INTERRUPTION", "OTHER"}
INFINITE = Fraction(10) ** 30
"""Stands for a room without end: above any amount that a column can hold."""


@dataclass(frozen=True)
class Deductible:
    amount: Decimal | None = None
    percent: Decimal | None = None
    of: str = ""
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def is_given(self):
        return self.amount is not None or self.percent is not None


@dataclass(frozen=True)
class CoverTerm:
    category: str
    included: bool = True
    sublimit: Decimal | None = None
    deductible: Deductible = Deductible()


@dataclass(frozen=True)
class Line:
    """`insurer`: its key; None where it is not known whose line it is."""

    written: Decimal | None = None
    signed: Decimal | None = None
    insurer: str | None = None


@dataclass(frozen=True)
class Insurer:
    """`ratings`: (agency, from, step of the common scale or None where withdrawn, outlook)."""

    group: str | None = None
    ratings: tuple[tuple[str, datetime.date, int | None, str], ...] = ()


@dataclass(frozen=True)
class Claim:
    """A claim of a section on the day that counts, with its figures as at days: (day, outstanding, paid)."""

    on: datetime.date
    movements: tuple[tuple[datetime.date, Decimal, Decimal], ...]


@dataclass(frozen=True)
class Section:
    key: str
    class_code: str = "PROPERTY"
    first_day: datetime.date = datetime.date(2026, 1, 1)
    last_day: datetime.date | None = None
    basis: str = "ALL_RISKS"
    attachment: Decimal = Decimal(0)
    is_ground_up: bool = False
    limit: Decimal | None = None
    units: int | None = None
    unlimited: bool = False
    aggregate: Decimal | None = None
    sum_insured: Decimal | None = None
    threshold: Decimal | None = None
    average_basis: str = ""
    indemnity_months: int | None = None
    deductible: Deductible = Deductible()
    drops_down: bool = False
    recognises_sublimits: bool = False
    kinds: frozenset[str] = frozenset()
    locations: frozenset[str] = frozenset()
    territory: frozenset[str] = frozenset()
    territory_excluded: frozenset[str] = frozenset()
    cover_terms: tuple[CoverTerm, ...] = ()
    lines: tuple[Line, ...] = ()
    placed_elsewhere: Decimal = Decimal(0)
    placed_share: Decimal | None = None
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True)
class Policy:
    key: str
    currency: str = "HKD"
    bound: bool = True
    inception: datetime.date = datetime.date(2026, 1, 1)
    expiry: datetime.date | None = datetime.date(2026, 12, 31)
    cancelled_from: datetime.date | None = None
    insureds: frozenset[str] = frozenset({"us"})
    is_lineslip: bool = False
    is_settled: bool = False
    """Its renewal is settled."""
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Exposure:
    """`values`: (valued on, amount, currency), any number of them; `index`: the code of its value index."""

    key: str
    kind: str = "BUILDINGS"
    customer: str = "us"
    location: str | None = None
    values: tuple[tuple[datetime.date, Decimal, str], ...] = ()
    index: str | None = None


@dataclass(frozen=True)
class Control:
    origin: str = "AGREED"
    due_on: datetime.date | None = None
    done_on: datetime.date | None = None


@dataclass(frozen=True)
class Risk:
    category: str = "FIRE"
    location: str | None = None
    exposures: tuple[str, ...] = ()
    maximum_loss: Decimal | None = None
    currency: str = "HKD"
    treatment: str = "SHARE"
    required_limit: Decimal | None = None
    maximum_retention: Decimal | None = None
    security_floor: int | None = None
    indemnity_months: int | None = None
    typical_loss: Decimal | None = None
    current: tuple[int, int] | None = None
    """Likelihood and consequence now."""
    controls: tuple[Control, ...] = ()
    closed_on: datetime.date | None = None


@dataclass(frozen=True)
class Requirement:
    """What the law of a territory asks for."""

    territory: str = "HK"
    class_code: str = "EMPLOYEES_COMPENSATION"
    minimum: Decimal = Decimal(100)
    currency: str = "HKD"


@dataclass(frozen=True)
class Profile:
    """A version of the risk profile. `tolerances`: category to (level, amount)."""

    valid_from: datetime.date = datetime.date(2026, 1, 1)
    is_signed_off: bool = True
    currency: str = "HKD"
    appetite_one_loss: Decimal | None = None
    appetite_year: Decimal | None = None
    security_floor: int | None = None
    most_with_one_group: Decimal | None = None
    indemnity_months: int | None = None
    tolerances: dict[str, tuple[int | None, Decimal | None]] = field(default_factory=dict)
    compulsory: tuple[Requirement, ...] = ()


@dataclass(frozen=True)
class World:
    """All that one customer's sums rest on. `tree`: code to (path from the root, class codes of the category).

    `events`: the figure of each step of likelihood, in events a year.
    """

    day: datetime.date
    currency: str
    tree: dict[str, tuple[tuple[str, ...], frozenset[str]]] = field(repr=False)
    countries: dict[str, str] = field(default_factory=dict)
    exposures: tuple[Exposure, ...] = ()
    policies: tuple[Policy, ...] = ()
    rates: dict[str, tuple[tuple[datetime.date, Decimal], ...]] = field(default_factory=dict)
    indices: dict[str, tuple[tuple[datetime.date, Decimal], ...]] = field(default_factory=dict)
    minor_units: dict[str, int] = field(default_factory=dict)
    insurers: dict[str, Insurer] = field(default_factory=dict)
    profiles: tuple[Profile, ...] = ()
    events: dict[int, Decimal] = field(default_factory=dict)
    benefits: frozenset[str] = frozenset()
    """Classes whose sections do not count."""
    house_floor: int = 7


@dataclass
class Step:
    """A section in the sum of one risk. None: unknown. An endless room is None with `is_endless`."""

    section: str
    policy: str
    start: Decimal | None
    room: Decimal | None
    is_endless: bool
    share: Decimal | None
    average: Decimal | None
    recovery: Decimal


@dataclass
class Sum:
    """What a risk comes to. `responds`: sections by how they answer: yes, excluded, unknown.

    `stacks`: the parts of the sections that respond, by the linked exposures that they insure.
    """

    maximum_loss: Decimal | None
    insured: Decimal | None
    retained: Decimal | None
    steps: dict[str, Step]
    responds: dict[str, str]
    stacks: dict[frozenset[str], list["Part"]]

    @property
    def parts(self):
        return [part for stack in self.stacks.values() for part in stack]


def half_up(value, places):
    """A Fraction rounded half up to so many places, as a Decimal."""
    scaled = abs(Fraction(value)) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def latest(series, day):
    """Of pairs or triples that begin with a day, the latest on or before the day."""
    return max((row for row in series if row[0] <= day), key=lambda row: row[0], default=None)


class Working:
    """One world, with its conversions. `best`: whatever is not known counts at its best for the customer."""

    def __init__(self, world, *, best=False):
        self.world = world
        self.best = best
        self.places = world.minor_units.get(world.currency, 2)

    def rate(self, currency):
        if currency == "USD":
            return Fraction(1)
        row = latest(self.world.rates.get(currency, ()), self.world.day)
        return None if row is None else Fraction(row[1])

    def ours(self, amount, currency, factor=Fraction(1)):
        """The amount in the customer's currency, rounded once; None where it or a rate is unknown."""
        if amount is None or factor is None:
            return None
        value = Fraction(amount) * factor
        if currency != self.world.currency:
            source, target = self.rate(currency), self.rate(self.world.currency)
            if source is None or target is None:
                return None
            value = value * target / source
        return Fraction(half_up(value, self.places))

    def value(self, exposure):
        """An exposure's value on the day, indexed; 0 where it ended, None where it is not known."""
        row = latest(exposure.values, self.world.day)
        if row is None:
            return None
        valued_on, amount, currency = row
        factor = Fraction(1)
        if exposure.index is not None:
            now = latest(self.world.indices.get(exposure.index, ()), self.world.day)
            then = latest(self.world.indices.get(exposure.index, ()), valued_on)
            factor = Fraction(now[1]) / Fraction(then[1]) if now and then else None
        return Fraction(0) if amount == 0 else self.ours(amount, currency, factor)

    def total(self, exposures):
        """The sum of their values; None where one is unknown."""
        values = [self.value(row) for row in exposures]
        return None if None in values else sum(values, Fraction(0))

    def to_places(self, value):
        return Fraction(half_up(value, self.places))


def in_force(policy, day):
    return (
        policy.bound
        and not policy.is_lineslip
        and policy.inception <= day
        and (policy.expiry is None or day <= policy.expiry)
        and (policy.cancelled_from is None or day < policy.cancelled_from)
    )


def holds(section, day):
    return section.first_day <= day and (section.last_day is None or day <= section.last_day)


def deciding_term(section, path):
    """The cover term of the nearest ancestor that has one."""
    for code in reversed(path):
        for term in section.cover_terms:
            if term.category == code:
                return term
    return None


def answer(section, risk, world):
    """How a section answers the risk: yes, no, excluded or unknown (step 2)."""
    path, classes = world.tree[risk.category]
    if risk.location is not None:
        country = world.countries[risk.location]
        if section.locations and risk.location not in section.locations:
            return "no"
        if (section.territory and country not in section.territory) or country in section.territory_excluded:
            return "no"
    term = deciding_term(section, path)
    if term is not None:
        return "yes" if term.included else "excluded"
    if section.basis == "ALL_RISKS":
        return "yes" if section.class_code in classes else "no"
    return "no" if section.cover_terms else "unknown"


def insures(section, exposure):
    return (
        exposure.kind in LOSS_KINDS
        and (not section.kinds or exposure.kind in section.kinds)
        and (not section.locations or exposure.location is None or exposure.location in section.locations)
    )


def aggregate_left(working, policy, section):
    """The aggregate less what claims of its year took of it by the day; never below 0."""
    day = working.world.day
    begin = policy.inception
    while anniversary(begin, policy.inception) <= day:
        begin = anniversary(begin, policy.inception)
    end = anniversary(begin, policy.inception)
    used = Fraction(0)
    for claim in section.claims:
        row = latest(claim.movements, day)
        if begin <= claim.on < end and row is not None:
            used += Fraction(row[1]) + Fraction(row[2])
    left = working.ours(max(Fraction(section.aggregate) - used, Fraction(0)), policy.currency)
    return left, used


def anniversary(day, inception):
    """The next anniversary of the inception after `day`, itself one; of 29 February on the 28th where there is none."""
    year = day.year + 1
    try:
        return datetime.date(year, inception.month, inception.day)
    except ValueError:
        return datetime.date(year, 2, 28)


@dataclass
class Part:
    """A section while its sum is worked out."""

    policy: Policy
    section: Section
    term: CoverTerm | None
    linked: frozenset[str]
    loss: Fraction | None
    before_aggregate: Fraction | None = None
    without_sublimit: Fraction | None = None
    room: Fraction | None = None
    eroded: Fraction = Fraction(0)
    average: Decimal | None = None
    deductible: Fraction | None = None
    start: Fraction | None = None
    share: Fraction | None = None
    has_own_deductible: bool = False
    is_silenced: bool = False
    attachment: Fraction = Fraction(0)
    """Of an excess section what is left of it, after what erosion and recognised sublimits took off."""
    has_values: bool = True
    recovery: Fraction = Fraction(0)

    @property
    def is_primary(self):
        return self.section.attachment == 0


def judge(world, risk, *, loss=None, best=False):
    """The sum of one risk, step by step. `loss`: another (in the customer's currency) in place of X.

    What is unknown pays nothing; with `best` it is what is best for the customer.
    """
    working = Working(world, best=best)
    given = loss
    linked = {row.key: row for row in world.exposures if row.key in risk.exposures and row.kind in LOSS_KINDS}
    value_of_linked = working.total(linked.values())
    loss = working.ours(risk.maximum_loss, risk.currency) if risk.maximum_loss is not None else None
    if risk.maximum_loss is None and linked:
        loss = value_of_linked
    if given is not None:
        loss = Fraction(given)
    if loss is not None and loss <= 0:
        loss = None
    parts, responds = answering(working, risk, loss, linked, value_of_linked)
    stacks = {}
    for part in parts:
        stacks.setdefault(part.linked, []).append(part)
    for stack in stacks.values():
        for part in stack:
            measure(working, part)
        place(working, stack)
        if loss is not None:
            cut(working, stack)
    if loss is None:
        return Sum(None, None, None, {}, responds, stacks)
    scale_shared(working, stacks, loss, linked, value_of_linked)
    total = Fraction(0)
    steps = {}
    for part in parts:
        recovery = half_up(part.recovery, working.places)
        total += Fraction(recovery)
        is_endless = part.room == INFINITE
        steps[part.section.key] = Step(
            section=part.section.key,
            policy=part.policy.key,
            start=None if part.start is None else half_up(part.start, working.places),
            room=None if part.room is None or is_endless else half_up(part.room, working.places),
            is_endless=is_endless,
            share=None if part.share is None else half_up(part.share, 10),
            average=part.average,
            recovery=recovery,
        )
    insured = min(loss, total)
    return Sum(
        half_up(loss, working.places),
        half_up(insured, working.places),
        half_up(loss - insured, working.places),
        steps,
        responds,
        stacks,
    )


def answering(working, risk, loss, linked, value_of_linked):
    """The sections that answer the risk, and how each section that is not silent about it answers (step 2)."""
    world = working.world
    parts, responds = [], {}
    sections = [
        (policy, section)
        for policy in world.policies
        if "us" in policy.insureds and in_force(policy, world.day)
        for section in policy.sections
        if holds(section, world.day) and section.class_code not in world.benefits
    ]
    for policy, section in sections:
        said = answer(section, risk, world)
        keys = frozenset(key for key, row in linked.items() if insures(section, row))
        if said == "no" or (linked and not keys):
            continue
        responds[section.key] = said
        if said == "yes" or (said == "unknown" and working.best):
            term = deciding_term(section, world.tree[risk.category][0])
            falls = part_of(working, loss, keys, linked, value_of_linked)
            parts.append(Part(policy, section, term, keys, loss if falls is None and working.best else falls))
    return parts, responds


def part_of(working, loss, keys, linked, value_of_linked):
    """The part of the loss that falls on these of the linked exposures (step 3); None where it is not known."""
    if loss is None:
        return None
    if not linked or len(keys) == len(linked) or value_of_linked == 0:
        return loss
    if value_of_linked is None:
        return None
    return working.to_places(loss * working.total(linked[key] for key in keys) / value_of_linked)


def measure(working, part):
    """Room, average, deductible and share of one section (steps 4 to 7)."""
    section, policy = part.section, part.policy
    insured_value = working.total(
        row for row in working.world.exposures if row.customer in policy.insureds and insures(section, row)
    )
    sum_insured = working.ours(section.sum_insured, policy.currency) if section.sum_insured else None
    measure_room(working, part, sum_insured)
    part.average = average_of(section, sum_insured, insured_value)
    given = part.term.deductible if part.term and part.term.deductible.is_given else section.deductible
    part.has_own_deductible = given.is_given
    part.deductible = deductible_of(working, part, given, sum_insured, insured_value)
    part.share = share_of(section)
    part.has_values = insured_value is not None
    if working.best:
        part.room = INFINITE if part.room is None else part.room
        part.average = Decimal(1) if part.average is None else part.average
        part.deductible = Fraction(0) if part.deductible is None else part.deductible
        part.share = Fraction(1) if part.share is None else part.share


def measure_room(working, part, sum_insured):
    """Step 4. Unlimited cover has neither a limit nor a sum insured that caps it."""
    section, currency = part.section, part.policy.currency
    if working.ours(Decimal(1), currency) is None:
        return
    units = section.units or 1
    amounts = [] if section.unlimited else [sum_insured]
    if section.limit is not None and not section.unlimited:
        amounts.append(working.ours(section.limit * units, currency))
    known = [amount for amount in amounts if amount is not None]
    part.without_sublimit = min(known, default=INFINITE if section.unlimited else None)
    part.before_aggregate = part.without_sublimit
    if part.term and part.term.sublimit is not None:
        capped = working.ours(part.term.sublimit * units, currency)
        part.before_aggregate = capped if part.without_sublimit is None else min(part.without_sublimit, capped)
    part.room = part.before_aggregate
    if section.aggregate is None:
        return
    left, _used = aggregate_left(working, part.policy, section)
    part.room = left if part.before_aggregate is None else min(part.before_aggregate, left)
    if part.before_aggregate is not None:
        part.eroded = min(part.before_aggregate, working.ours(section.aggregate, currency)) - part.room


def average_of(section, sum_insured, insured_value):
    """Step 5, of the section itself; None where a figure it needs is unknown."""
    if section.threshold is None:
        return Decimal(1)
    if sum_insured is None or insured_value is None:
        return None
    threshold = Fraction(section.threshold)
    if sum_insured >= threshold * insured_value:
        return Decimal(1)
    return half_up(sum_insured / (insured_value * (1 if section.average_basis == "FULL_VALUE" else threshold)), 10)


def deductible_of(working, part, given, sum_insured, insured_value):
    """Step 6, the first part: 0 where none is given, None where it is given of something unknown."""
    currency = part.policy.currency
    if given.amount is not None:
        return working.ours(given.amount, currency)
    if given.percent is None:
        return Fraction(0)
    base = {"LOSS": part.loss, "SUM_INSURED": sum_insured, "VALUE": insured_value}[given.of]
    if base is None:
        return None
    figure = working.to_places(base * Fraction(given.percent))
    least, most = working.ours(given.least, currency), working.ours(given.most, currency)
    figure = figure if least is None else max(figure, least)
    return figure if most is None else min(figure, most)


def share_of(section):
    """Step 7; None where no line is recorded and no share is given."""
    signed = [Fraction(line.signed) for line in section.lines if line.signed is not None]
    written = [Fraction(line.written) for line in section.lines if line.written is not None]
    if not section.lines:
        return None if section.placed_share is None else Fraction(section.placed_share)
    share = sum(signed) if signed else sum(written) / max(Fraction(1), sum(written))
    return share + Fraction(section.placed_elsewhere)


def place(working, stack):
    """Where each section begins, and by how much average cuts it (steps 5 and 6)."""
    primaries = [part for part in stack if part.is_primary]
    averages = [part.average for part in primaries]
    least_average = None if None in averages else min(averages, default=Decimal(1))
    known = [part.deductible for part in primaries if part.deductible is not None]
    least = min(known, default=Fraction(0))
    for part in stack:
        if part.is_primary:
            part.start = part.deductible
            continue
        part.average = least_average
        attachment = working.ours(part.section.attachment, part.policy.currency)
        if attachment is None and working.best:
            attachment = Fraction(0)
        if attachment is None:
            part.start = None
            continue
        part.attachment = attachment
        if part.has_own_deductible:
            part.start = None if part.deductible is None else attachment + part.deductible
        else:
            part.start = attachment + (Fraction(0) if part.section.is_ground_up else least)
        if part.start is None:
            continue
        if part.section.drops_down:
            for below in stack:
                if ours_attachment(working, below) < attachment:
                    part.start -= below.eroded
                    part.attachment -= below.eroded
        cuts = [
            other.without_sublimit - other.before_aggregate
            for other in primaries
            if other.without_sublimit is not None
            and other.before_aggregate is not None
            and other.before_aggregate < other.without_sublimit
        ]
        if cuts and part.section.recognises_sublimits:
            part.start -= min(cuts)
            part.attachment -= min(cuts)
        elif cuts:
            part.is_silenced = True
        part.start = max(part.start, Fraction(0))


def ours_attachment(working, part):
    return working.ours(part.section.attachment, part.policy.currency) or Fraction(0)


def band_of(part):
    """From which to which loss the section pays, and at what rate (step 8); None where it pays nothing."""
    return None if part.loss is None else reach(part)


def reach(part):
    """The band of a section, whatever the loss."""
    figures = (part.room, part.start, part.share, part.average)
    if None in figures or part.is_silenced or part.room <= 0 or part.share <= 0 or part.average <= 0:
        return None
    average = Fraction(part.average)
    low = Fraction(half_up(part.start / average, 10))
    high = INFINITE if part.room == INFINITE else Fraction(half_up((part.start + part.room) / average, 10))
    return low, high, part.share * average


def cut(working, stack):
    """The recoveries of a stack: the loss cut at all ends of its bands (step 8)."""
    bands = [(part, *found) for part in stack if (found := band_of(part)) is not None]
    if not bands:
        return
    loss = stack[0].loss
    ends = sorted({Fraction(0), loss} | {end for _part, low, high, _rate in bands for end in (low, high) if end < loss})
    for low, high in pairwise(ends):
        paying = [(part, rate) for part, start, end, rate in bands if start <= low and high <= end]
        together = max(Fraction(1), sum(rate for _part, rate in paying))
        for part, rate in paying:
            part.recovery += (high - low) * rate / together


def scale_shared(working, stacks, loss, linked, value_of_linked):
    """Stacks that share exposures recover together no more than the loss on what they share, less the lowest start."""
    groups = []
    for keys in stacks:
        touching = [group for group in groups if any(keys & other for other in group)]
        merged = {keys}.union(*touching)
        groups = [group for group in groups if group not in touching] + [merged]
    for group in groups:
        if len(group) < 2:
            continue
        parts = [part for keys in group for part in stacks[keys]]
        starts = [part.start for part in parts if band_of(part) is not None]
        if not starts:
            continue
        on_union = part_of(working, loss, frozenset().union(*group), linked, value_of_linked)
        if on_union is None:
            continue
        most = max(on_union - min(starts), Fraction(0))
        together = sum(part.recovery for part in parts)
        if together > most:
            for part in parts:
                part.recovery = part.recovery * most / together
