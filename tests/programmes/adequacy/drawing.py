"""Random programmes, customers and registers, for hypothesis."""

import datetime
from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from tests.programmes.adequacy.building import shipped_tree
from tests.programmes.adequacy.oracle import (
    Claim,
    Control,
    CoverTerm,
    Deductible,
    Exposure,
    Insurer,
    Line,
    Policy,
    Profile,
    Requirement,
    Risk,
    Section,
    World,
)

D = Decimal
DAY = datetime.date(2026, 11, 23)
DAY_AFTER = datetime.date(2026, 11, 24)
CURRENCIES = ["HKD", "USD", "JPY", "GBP", "MOP"]
PLACES = {"JPY": 0}
INTERRUPTION = "BUSINESS_INTERRUPTION"
BOOK_CATEGORIES = ["FIRE", "FIRE", "FLOOD", "TYPHOON", "THIRD_PARTY_INJURY", "EMPLOYEE_INJURY", "EMPLOYEE_HEALTH"]
CATEGORIES = ["FIRE", "WILDFIRE", "FLOOD", "PROPERTY_DAMAGE", "THIRD_PARTY_INJURY"]
"""A parent, its children, a grandchild, and one of another class."""

BENEFITS = frozenset({"GROUP_MEDICAL", "GROUP_LIFE", "GROUP_PERSONAL_ACCIDENT", "TRAVEL"})
EVENTS = {1: Decimal("0.01"), 2: Decimal("0.05"), 3: Decimal("0.2"), 4: Decimal("1"), 5: Decimal("4.5")}

amounts = st.one_of(
    st.integers(1, 80).map(Decimal),
    st.integers(1, 4000).map(lambda cents: Decimal(cents) / 100),
    st.sampled_from([Decimal(10), Decimal(20), Decimal(50), Decimal("33.33")]),
)
shares = st.one_of(
    st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.6"), Decimal("0.25"), Decimal("0.333333")]),
    st.integers(1, 1_000_000).map(lambda millionths: Decimal(millionths) / 1_000_000),
)
days = st.dates(datetime.date(2024, 1, 1), datetime.date(2027, 6, 30))


RATES = {
    "HKD": ((datetime.date(2020, 1, 1), Decimal("7.8")), (datetime.date(2026, 11, 24), Decimal("9"))),
    "JPY": ((datetime.date(2020, 1, 1), Decimal("151.37")),),
    "GBP": ((datetime.date(2025, 1, 1), Decimal("0.79123")), (DAY, Decimal("0.8"))),
}
"""MOP has none: what is given in it is unknown to all but MOP."""
INDICES = {"COSTS": ((datetime.date(2025, 1, 1), Decimal("101.5")), (datetime.date(2026, 6, 1), Decimal("117")))}


def maybe(strategy, *, often=False):
    return st.one_of(strategy, strategy, st.none()) if often else st.one_of(st.none(), st.none(), strategy)


@st.composite
def deductibles(draw):
    sort = draw(st.sampled_from(["none", "none", "amount", "amount", "percent"]))
    if sort == "none":
        return Deductible()
    if sort == "amount":
        return Deductible(amount=draw(st.one_of(st.just(Decimal(0)), amounts)) / 10)
    least, most = draw(maybe(amounts)), draw(maybe(amounts))
    if least is not None and most is not None:
        least, most = sorted([least, most])
    of = draw(st.sampled_from(["LOSS", "SUM_INSURED", "VALUE"]))
    return Deductible(percent=draw(shares) / 4, of=of, least=least, most=most)


def in_cents(deductible):
    """As the columns hold it: amounts with two decimals, shares with six."""

    def rounded(value, places):
        return None if value is None else round(value, places)

    return Deductible(
        rounded(deductible.amount, 2),
        rounded(deductible.percent, 6),
        deductible.of,
        rounded(deductible.least, 2),
        rounded(deductible.most, 2),
    )


INSURERS = ["I0", "I1", "I2", "I3"]
GOOD = ("SP", datetime.date(2025, 6, 1), 5, "STABLE")
LATER = datetime.date(2026, 12, 1)
RATINGS = [
    (),
    (("SP", datetime.date(2025, 6, 1), 9, "STABLE"),),
    (("SP", datetime.date(2025, 6, 1), 7, "NEGATIVE"),),
    (("SP", datetime.date(2025, 6, 1), 7, "STABLE"), ("MOODYS", datetime.date(2025, 6, 1), 6, "NEGATIVE")),
    (GOOD, ("MOODYS", datetime.date(2026, 2, 1), 8, "STABLE")),
    (GOOD, ("SP", datetime.date(2026, 2, 1), None, "")),
    (GOOD, ("SP", LATER, 12, "STABLE")),
    (("FITCH", LATER, 2, "STABLE"),),
]
"""Unrated, below the floor, a watch, no watch, below by another agency, withdrawn, still good, not rated yet."""

insurers = st.fixed_dictionaries(
    {
        key: st.builds(
            Insurer,
            group=st.sampled_from(["G0", "G1", None]),
            ratings=st.sampled_from([*[(GOOD,)] * 30, *RATINGS]),
        )
        for key in INSURERS
    }
)


@st.composite
def lines(draw):
    keys = draw(st.permutations(INSURERS))
    return tuple(
        replace(
            draw(
                st.one_of(
                    st.builds(Line, signed=shares),
                    st.builds(Line, written=shares),
                    st.builds(Line, written=shares, signed=shares),
                )
            ),
            insurer=draw(st.sampled_from([key, key, key, None])),
        )
        for key in keys[: draw(st.integers(0, 3))]
    )


controls = st.lists(
    st.builds(
        Control,
        origin=st.sampled_from(["AGREED", "AGREED", "INSURER", "BROKER"]),
        due_on=st.sampled_from([None, DAY, datetime.date(2026, 11, 22), datetime.date(2026, 5, 1)]),
        done_on=st.sampled_from([None, DAY, DAY_AFTER, datetime.date(2026, 5, 1)]),
    ),
    max_size=1,
).map(tuple)
months = st.sampled_from([None, 6, 12, 18, 24])
levels = st.tuples(st.integers(1, 5), st.integers(1, 5))


@st.composite
def tolerances(draw):
    found = {}
    for code in draw(st.lists(st.sampled_from(["FIRE", "PROPERTY_DAMAGE", "LIABILITY"]), max_size=2, unique=True)):
        level, amount = draw(maybe(st.integers(1, 25))), draw(maybe(amounts))
        if (level, amount) != (None, None):
            found[code] = (level, amount)
    return found


@st.composite
def profiles(draw):
    return Profile(
        currency=draw(st.sampled_from(["HKD", "HKD", "HKD", "USD", "MOP"])),
        appetite_one_loss=draw(maybe(amounts, often=True)),
        appetite_year=draw(maybe(amounts)),
        security_floor=draw(st.sampled_from([None, None, 4, 7, 10])),
        most_with_one_group=draw(maybe(shares)),
        indemnity_months=draw(months),
        tolerances=draw(tolerances()),
        compulsory=tuple(
            draw(
                st.lists(
                    st.builds(
                        Requirement,
                        territory=st.sampled_from(["HK", "MO"]),
                        class_code=st.sampled_from(["PUBLIC_LIABILITY", "FIRE"]),
                        minimum=amounts,
                        currency=st.sampled_from(["HKD", "HKD", "USD"]),
                    ),
                    max_size=2,
                )
            )
        ),
    )


EARLIER = datetime.date(2025, 3, 1)
histories = st.one_of(
    st.just(()),
    profiles().map(lambda row: (row,)),
    st.tuples(profiles(), profiles()).map(lambda rows: (replace(rows[0], valid_from=EARLIER), rows[1])),
    st.tuples(profiles(), profiles()).map(
        lambda rows: (replace(rows[0], valid_from=EARLIER), replace(rows[1], is_signed_off=False))
    ),
    st.tuples(profiles(), profiles()).map(lambda rows: (rows[0], replace(rows[1], valid_from=DAY_AFTER))),
)
"""None, one, an older one, a draft that does not count yet, one that holds from tomorrow."""


claims = st.lists(
    st.builds(
        Claim,
        on=days,
        movements=st.lists(st.tuples(days, amounts, amounts), max_size=2, unique_by=lambda row: row[0]).map(tuple),
    ),
    max_size=2,
).map(tuple)


@st.composite
def sections(draw, key):
    is_average = draw(st.integers(0, 3)) == 0
    unlimited = draw(st.integers(0, 9)) == 0
    first_day = draw(st.sampled_from([datetime.date(2026, 1, 1), datetime.date(2026, 11, 23)]))
    codes = draw(st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True))
    cover_terms = []
    for code in codes:
        included = draw(st.integers(0, 3)) > 0
        cover_terms.append(
            CoverTerm(
                code,
                included=included,
                sublimit=draw(maybe(amounts)) if included else None,
                deductible=in_cents(draw(deductibles())) if included else Deductible(),
            )
        )
    return Section(
        key,
        class_code=draw(st.sampled_from(["PROPERTY", "PROPERTY", "FIRE", "PUBLIC_LIABILITY"])),
        first_day=first_day,
        last_day=draw(st.sampled_from([None, None, datetime.date(2026, 11, 23), datetime.date(2026, 12, 31)])),
        basis=draw(st.sampled_from(["ALL_RISKS", "ALL_RISKS", "NAMED"])),
        attachment=draw(st.one_of(st.just(Decimal(0)), amounts)),
        is_ground_up=draw(st.booleans()),
        limit=None if unlimited else draw(maybe(amounts, often=True)),
        units=draw(st.sampled_from([None, None, None, 3])),
        unlimited=unlimited,
        aggregate=draw(maybe(amounts)),
        sum_insured=draw(maybe(st.one_of(st.just(Decimal(0)), amounts))),
        threshold=draw(st.sampled_from([Decimal("0.85"), Decimal(1)])) if is_average else None,
        average_basis=draw(st.sampled_from(["FULL_VALUE", "THRESHOLD"])) if is_average else "",
        indemnity_months=draw(months),
        deductible=in_cents(draw(deductibles())),
        drops_down=draw(st.booleans()),
        recognises_sublimits=draw(st.booleans()),
        kinds=draw(
            st.sets(st.sampled_from(["BUILDINGS", "STOCK", "BUSINESS_INTERRUPTION"]), max_size=2).map(frozenset)
        ),
        locations=draw(st.one_of(st.just(frozenset()), st.sets(st.sampled_from(["A", "B"])).map(frozenset))),
        territory=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"HK"}), frozenset({"HK", "MO"})])),
        territory_excluded=draw(st.sampled_from([frozenset(), frozenset(), frozenset({"MO"})])),
        cover_terms=tuple(cover_terms),
        lines=draw(lines()),
        placed_elsewhere=draw(st.sampled_from([Decimal(0), Decimal("0.25")])),
        placed_share=draw(maybe(shares)),
        claims=draw(claims),
    )


@st.composite
def policies(draw, key):
    inception = draw(
        st.sampled_from([datetime.date(2026, 1, 1), datetime.date(2024, 2, 29), datetime.date(2025, 11, 23)])
    )
    expiry = draw(st.sampled_from([datetime.date(2026, 12, 31), datetime.date(2026, 12, 31), DAY, None]))
    return Policy(
        key,
        currency=draw(st.sampled_from(["HKD", "HKD", "HKD", *CURRENCIES])),
        bound=draw(st.integers(0, 9)) > 0,
        inception=inception,
        expiry=expiry,
        cancelled_from=draw(st.sampled_from([None, None, None, DAY, *([] if expiry == DAY else [DAY_AFTER])])),
        insureds=draw(st.sampled_from([frozenset({"us"}), frozenset({"us", "them"}), frozenset({"them"})])),
        is_lineslip=draw(st.integers(0, 9)) == 0,
        is_settled=draw(st.integers(0, 9)) == 0,
        sections=tuple(draw(sections(f"{key}-{number}")) for number in range(draw(st.integers(1, 3)))),
    )


@st.composite
def exposures(draw, key):
    return Exposure(
        key,
        kind=draw(st.sampled_from(["BUILDINGS", "BUILDINGS", "STOCK", "BUSINESS_INTERRUPTION", "REVENUE"])),
        customer=draw(st.sampled_from(["us", "us", "us", "them"])),
        location=None,
        values=draw(
            st.lists(
                st.tuples(days, st.one_of(st.just(Decimal(0)), amounts), st.sampled_from(["HKD", "HKD", *CURRENCIES])),
                min_size=draw(st.sampled_from([0, 1, 1, 1])),
                max_size=2,
                unique_by=lambda row: row[0],
            ).map(tuple)
        ),
        index=draw(st.sampled_from([None, None, "COSTS"])),
    )


def with_typical_loss(risk, amount):
    """A typical loss is never above the largest one that is entered."""
    if amount is not None and risk.maximum_loss is not None:
        amount = min(amount, risk.maximum_loss)
    risk = replace(risk, typical_loss=amount)
    amounts = (risk.maximum_loss, risk.typical_loss, risk.required_limit, risk.maximum_retention)
    return risk if any(amounts) else replace(risk, currency="HKD")  # a currency is that of an amount


@st.composite
def worlds(draw):
    held = [draw(exposures(f"E{number}")) for number in range(draw(st.integers(0, 4)))]
    held = [
        replace(row, location=draw(st.sampled_from([None, "A", "B"]))) if row.customer == "us" else row for row in held
    ]
    ours = [row.key for row in held if row.customer == "us"]
    risks = [
        Risk(
            category=draw(st.sampled_from(["FIRE", "FIRE", "WILDFIRE", "FLOOD", "THIRD_PARTY_INJURY"])),
            location=draw(st.sampled_from([None, "A", "B"])),
            exposures=tuple(draw(st.lists(st.sampled_from(ours), unique=True))) if ours else (),
            maximum_loss=draw(maybe(amounts)),
            currency=draw(st.sampled_from(["HKD", "HKD", "USD", "MOP"])),
            treatment=draw(st.sampled_from(["SHARE", "SHARE", "REDUCE", "RETAIN", "AVOID", ""])),
            required_limit=draw(maybe(amounts)),
            maximum_retention=draw(maybe(amounts)),
            security_floor=draw(st.sampled_from([None, None, 4, 10])),
            indemnity_months=draw(months),
            current=draw(maybe(levels, often=True)),
            controls=draw(controls),
            closed_on=draw(st.sampled_from([*[None] * 8, DAY, DAY_AFTER])),
        )
        for _ in range(3)
    ]
    risks = [with_typical_loss(row, draw(maybe(amounts))) for row in risks]
    return (
        World(
            day=DAY,
            currency=draw(st.sampled_from(["HKD", "HKD", "JPY", "USD"])),
            tree=shipped_tree(),
            countries={"A": "HK", "B": "MO"},
            exposures=tuple(held),
            policies=tuple(draw(policies(f"P{number}")) for number in range(draw(st.integers(1, 3)))),
            rates=RATES,
            indices=INDICES,
            minor_units=PLACES,
            insurers=draw(insurers),
            profiles=draw(histories),
            events=EVENTS,
            benefits=BENEFITS,
        ),
        risks,
    )


@st.composite
def books(draw):
    """Programmes as brokers know them, each with a few things amiss: a tower of property, liability, employees."""

    def usually(usual, *others, but_one_in=13):
        return draw(st.sampled_from(others)) if draw(st.integers(1, but_one_in)) == but_one_in else usual

    def signed(*wholes):
        """Lines that make up the whole, seldom more or less."""
        first, second, third = (Line(signed=D(part), insurer=key) for part, key in wholes)
        short = (first, second)
        twice = (replace(first, signed=D(1)), second, third)
        unnamed = (first, second, replace(third, insurer=None))
        written = tuple(Line(written=line.signed * 2, insurer=line.insurer) for line in (first, second, third))
        return usually((first, second, third), short, twice, unnamed, written, (), but_one_in=5)

    mine = ("0.4", "I0"), ("0.35", "I1"), ("0.25", "I2")
    theirs = ("0.5", "I1"), ("0.3", "I3"), ("0.2", "I0")
    top = draw(st.sampled_from([D(40), D(50), D(60)]))
    flood = CoverTerm(
        "FLOOD",
        sublimit=draw(st.sampled_from([None, D(10), D(30)])),
        deductible=Deductible(amount=D(1)),
    )
    spent = Claim(datetime.date(2026, 7, 1), ((datetime.date(2026, 8, 1), D(2), D(usually("1", "18", "60"))),))
    primary = Section(
        "property",
        basis=usually("ALL_RISKS", "NAMED"),
        limit=usually(top, None),
        deductible=usually(Deductible(amount=D("0.1")), Deductible(), Deductible(percent=D("0.05"), of="SUM_INSURED")),
        indemnity_months=usually(18, 12, None),
        cover_terms=usually((), (flood,), (CoverTerm("PROPERTY_DAMAGE", included=False),), but_one_in=3),
        lines=signed(*mine),
        placed_share=usually(None, D("0.8")),
        last_day=usually(None, datetime.date(2026, 12, 31)),
        aggregate=usually(None, D(40), but_one_in=6),
        claims=(spent,),
        kinds=usually(frozenset(), frozenset({"BUILDINGS", "BUSINESS_INTERRUPTION"}), but_one_in=5),
        locations=usually(frozenset(), frozenset({"A"}), but_one_in=6),
        territory=usually(frozenset(), frozenset({"HK"})),
        **usually(
            {},
            {"sum_insured": D(70), "threshold": D("0.85"), "average_basis": "FULL_VALUE"},
            {"threshold": D("0.85"), "average_basis": "THRESHOLD"},
            but_one_in=5,
        ),
    )
    excess = Section(
        "excess",
        attachment=usually(top, top + 5, top - 5),
        limit=usually(D(100), None),
        cover_terms=primary.cover_terms if usually(False, True, but_one_in=3) else (),
        lines=signed(*theirs),
        drops_down=usually(False, True, but_one_in=3),
        recognises_sublimits=usually(False, True, but_one_in=3),
        kinds=primary.kinds,
        locations=primary.locations,
    )
    second = replace(primary, key="second", sum_insured=None, threshold=None, average_basis="", claims=())
    liability = Section(
        "liability",
        class_code="PUBLIC_LIABILITY",
        limit=D(10),
        aggregate=usually(D(10), None),
        deductible=Deductible(amount=D("0.05")),
        territory=usually(frozenset(), frozenset({"MO"})),
        lines=signed(*mine),
        claims=(spent,),
    )
    umbrella = Section(
        "umbrella",
        class_code="UMBRELLA",
        attachment=D(10),
        limit=usually(D(40), None),
        unlimited=False,
        drops_down=usually(True, False, but_one_in=3),
        lines=signed(*theirs),
    )
    employees = Section(
        "employees",
        class_code="EMPLOYEES_COMPENSATION",
        limit=usually(D(100), D(90), None),
        units=usually(None, 3),
        lines=signed(*mine),
        territory=usually(frozenset({"HK"}), frozenset({"MO"})),
    )
    medical = Section("medical", class_code="GROUP_MEDICAL", limit=D(1), lines=signed(*theirs))
    ends = usually(datetime.date(2027, 3, 31), datetime.date(2027, 1, 10), but_one_in=4)
    money = usually("HKD", "USD", "MOP", but_one_in=6)
    held = [
        Policy("property", currency=money, expiry=ends, sections=(primary,), is_settled=usually(False, True)),
        Policy("excess", currency=usually("HKD", "USD"), expiry=ends, sections=(excess,)),
        Policy("liability", expiry=ends, sections=(liability, umbrella)),
        Policy("people", expiry=ends, sections=(employees, medical)),
    ]
    if draw(st.integers(1, 6)) == 6:
        held.append(Policy("second", expiry=ends, sections=(second,)))
    if draw(st.integers(1, 3)) == 3:
        held.append(Policy("next", inception=datetime.date(2027, 1, 1), expiry=datetime.date(2027, 12, 31)))
    held = [row for row in held if draw(st.integers(1, 7)) < 7]
    worth = {"building": (D(60), "A", "BUILDINGS"), "stock": (D(15), "B", "STOCK")}
    worth["interruption"] = (D(25), "A", INTERRUPTION)
    owned = tuple(
        Exposure(
            key,
            kind=kind,
            location=place,
            values=usually(((EARLIER, amount, "HKD"),), (), ((EARLIER, D(0), "HKD"),), but_one_in=8),
        )
        for key, (amount, place, kind) in worth.items()
    )
    damage = tuple(draw(st.lists(st.sampled_from(list(worth)), min_size=1, unique=True)))
    risks = []
    for category in draw(st.lists(st.sampled_from(BOOK_CATEGORIES), min_size=2, max_size=3)):
        is_damage = category in {"FIRE", "FLOOD", "TYPHOON"}
        risk = Risk(
            category=category,
            exposures=damage if is_damage else (),
            maximum_loss=usually(None if is_damage else D(30), D(30), D(80), D(160), None, but_one_in=4),
            treatment=usually("SHARE", "REDUCE", "RETAIN", "AVOID", "", but_one_in=3),
            required_limit=usually(None, D(20), D(100), D(200), but_one_in=4),
            maximum_retention=usually(None, D("0.1"), D(2), D(200), but_one_in=3),
            security_floor=usually(None, 4, 9),
            indemnity_months=usually(None, 12, 24),
            current=usually((2, 3), (5, 5), None),
            controls=draw(controls),
        )
        risks.append(with_typical_loss(risk, draw(st.sampled_from([None, D("0.05"), D(5), D(30)]))))
    profile = Profile(
        appetite_one_loss=usually(D(150), D("0.5"), None, but_one_in=3),
        appetite_year=usually(D(20), D("0.01"), None, but_one_in=4),
        security_floor=usually(None, 5),
        most_with_one_group=usually(None, D("0.5"), D("0.85"), but_one_in=3),
        indemnity_months=usually(18, None),
        tolerances=usually(
            {"PROPERTY_DAMAGE": (12, None)},
            {},
            {"FIRE": (4, D(1)), "PROPERTY_DAMAGE": (20, D(50))},
            but_one_in=4,
        ),
        compulsory=usually((Requirement(),), (), (Requirement(), Requirement(territory="MO"))),
    )
    world = World(
        day=DAY,
        currency=usually("HKD", "JPY"),
        tree=shipped_tree(),
        countries={"A": "HK", "B": "MO"},
        exposures=owned,
        policies=tuple(held),
        rates=RATES,
        indices=INDICES,
        minor_units=PLACES,
        insurers=draw(insurers),
        profiles=usually((profile,), ()),
        events=EVENTS,
        benefits=BENEFITS,
    )
    return world, risks
