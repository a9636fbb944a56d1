"""Customers of the demo book that each show one thing well, all in the main user's portfolio."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from accounts.models.people import Language
from broker_crm.demo import contracts, placing, vocabulary
from broker_crm.demo.book import Book, Cover, PolicyPlan, SectionPlan
from broker_crm.demo.people import MAIN_USER
from broker_crm.demo.programmes import THINGS
from communications.models import UpdateMode
from profiles.models import Customer, Location
from programmes.models import Policy, Renewal, RenewalPolicy
from programmes.models.terms import CoverBasis
from risk.models import ExposureKind


@dataclass(frozen=True)
class Showcase:
    """A customer and the one thing it shows."""

    name: str
    name_local: str
    shows: str
    write: Callable[["Shown"], None]
    industry: str
    tier: str = "Standard"
    country: str = "HK"
    currency: str = "HKD"
    language: str = Language.ENGLISH
    reviewed_months_ago: int = 3
    is_onboarding: bool = False
    update_in: int | None = 60
    """Days until the next update is drafted; None where the rhythm has not begun."""
    update_mode: str = UpdateMode.DRAFT
    description: str = ""


def add_showcase(book: Book) -> None:
    """Adds every showcase customer."""
    portfolio = book.portfolios[MAIN_USER]
    for number, showcase in enumerate(SHOWCASE):
        reviewed = book.on - relativedelta(months=showcase.reviewed_months_ago)
        customer = book.customer(
            portfolio,
            showcase.name,
            showcase.name_local,
            registration_number=f"98{number:05}",
            industry=showcase.industry,
            description=showcase.description,
            country=showcase.country,
            currency=showcase.currency,
            language=showcase.language,
            tier=book.tiers[showcase.tier],
            in_care_since=None if showcase.is_onboarding else book.on - relativedelta(months=50 + 7 * number),
            profile_reviewed_on=reviewed,
        )
        book.plan(
            customer,
            next_on=None if showcase.update_in is None else book.on + datetime.timedelta(days=showcase.update_in),
            mode=showcase.update_mode,
        )
        showcase.write(Shown(book, customer, serial=11 + number))


def hkd(millions: float | str) -> Decimal:
    """Millions written out."""
    return (Decimal(str(millions)) * 1_000_000).quantize(Decimal("0.01"))


def lines(*shares: tuple[str, str]) -> tuple[tuple[str, Decimal], ...]:
    return tuple((insurer, Decimal(share)) for insurer, share in shares)


EVERY_LINE = lines(("Lantern Bay", "1"))
NOT_OF_PROPERTY = (
    Cover("TERROR_AND_POLITICAL_VIOLENCE", included=False),
    Cover("INTERRUPTION", included=False),
)
"""What insurance of property leaves to others."""


@dataclass
class Shown:
    """One showcase customer while it is written, with the words its writer needs."""

    book: Book
    customer: Customer
    serial: int
    renewals: dict[datetime.date, Renewal] = field(default_factory=dict)

    def contact(self, name: str, name_local: str, title: str, digits: str, *, receives: bool = False) -> None:
        self.book.contact(self.customer, (name, name_local), title, f"+8522100{digits}", receives_updates=receives)

    def site(self, area: str, use: str, number: int, name: str, occupancy: int) -> Location:
        place = vocabulary.place_in(area, use)
        return self.book.location(self.customer, place, number, name=name, occupancy_code=occupancy)

    def values(self, site: Location | None, *, days: int = 150, **kinds: float) -> None:
        """Values of a site in millions by kind, those of a year earlier being a tenth lower."""
        for kind, millions in kinds.items():
            counted = kind in (ExposureKind.PERSONS, ExposureKind.VEHICLES)
            worth = Decimal(millions) if counted else hkd(millions)
            earlier = worth if counted else (worth * Decimal("0.9")).quantize(Decimal(1000))
            self.book.exposure(self.customer, kind, [(days + 365, earlier), (days, worth)], location=site)

    def inception(self, days_left: int) -> datetime.date:
        """When a policy of a year began that has so many days left."""
        return self.book.on + datetime.timedelta(days=days_left + 1) - relativedelta(years=1)

    def policy(
        self,
        code: str,
        prefix: str,
        days_left: int,
        premium: float | str,
        *sections: SectionPlan,
        suffix: str = "",
        currency: str = "",
        years: int = 1,
        **fields: Any,
    ) -> tuple[Policy, PolicyPlan]:
        """A policy and the plan of it, with as many years of it as wanted, the earlier ones renewed by the later."""
        plan = PolicyPlan(
            code,
            f"{prefix} {{year}}/{self.serial}{suffix}",
            currency or self.customer.currency,
            hkd(premium),
            sections,
        )
        inception = self.inception(days_left)
        for ago in range(years - 1, 0, -1):
            first = inception - relativedelta(years=ago)
            self._renewed(self.book.policy(self.customer, plan, first))
        return self.book.policy(self.customer, plan, inception, **fields), plan

    def _renewed(self, policy: Policy) -> None:
        """Puts a policy into the renewal of its day, which is settled."""
        assert policy.expiry_date is not None  # as in Book.renewal
        renewal = self.renewals.get(policy.expiry_date)
        if renewal:
            self.book.add(RenewalPolicy, customer=self.customer, renewal=renewal, policy=policy)
            return
        started = policy.expiry_date - datetime.timedelta(days=80)
        self.renewals[policy.expiry_date] = self.book.renewal(self.customer, [policy], settled=True, started_on=started)

    def in_hand(self, *policies: Policy, days: int = 12) -> None:
        """Takes the renewal of these policies in hand, so many days ago."""
        self.book.renewal(self.customer, policies, settled=False, started_on=self.book.days_ago(days))


def employees(limit: int = 100, insurers: tuple[tuple[str, Decimal], ...] = EVERY_LINE) -> SectionPlan:
    return SectionPlan(insurers, hkd(limit), name="Employees' compensation", covers=(Cover("EMPLOYEE_INJURY"),))


def public_liability(limit: float, insurers: tuple[tuple[str, Decimal], ...] = EVERY_LINE) -> SectionPlan:
    return SectionPlan(
        insurers,
        hkd(limit),
        name="Public liability",
        deductible=hkd("0.01"),
        covers=(Cover("THIRD_PARTY_INJURY"), Cover("TENANTS_LIABILITY")),
    )


def material_damage(
    value: float, insurers: tuple[tuple[str, Decimal], ...] = EVERY_LINE, **fields: object
) -> SectionPlan:
    plan = SectionPlan(
        insurers,
        hkd(value),
        name="Material damage",
        basis=CoverBasis.ALL_RISKS,
        sum_insured=hkd(value),
        deductible=hkd("0.05"),
        average_threshold=Decimal("0.85"),
        insured_kinds=THINGS,
        covers=(Cover("TYPHOON", deductible=hkd("0.25")), *NOT_OF_PROPERTY),
    )
    return replace(plan, **fields)  # type: ignore[arg-type]


def harbour_cold_storage(shown: Shown) -> None:
    shown.contact("Karen Wong", "黃嘉欣", "Finance Director", "0201", receives=True)
    shown.contact("Wai Man Tsang", "曾偉文", "Operations Manager", "0202")
    shown.values(shown.site("Tsing Yi", "industrial", 88, "Tsing Yi cold store", 1122), BUILDINGS=78, MACHINERY=34)
    shown.values(shown.site("Kwai Chung", "warehouse", 20, "Kwai Chung cold store", 1122), BUILDINGS=24, STOCK=21)
    shown.values(shown.site("Fanling", "industrial", 6, "Fanling distribution centre", 1122), STOCK=6.5, CONTENTS=5)
    shown.values(None, REVENUE=186, PAYROLL=31, PERSONS=124, VEHICLES=18)
    primary = SectionPlan(
        lines(("Nine Terraces", "0.5"), ("Silver Junk", "0.3"), ("Kapok", "0.2")),
        hkd(50),
        name="Material damage",
        basis=CoverBasis.ALL_RISKS,
        sum_insured=hkd("168.5"),
        deductible=hkd("0.5"),
        average_threshold=Decimal("0.85"),
        covers=(
            Cover("TYPHOON", deductible=hkd("0.5")),
            Cover("FLOOD", sublimit=hkd(10), deductible=hkd(1)),
            *NOT_OF_PROPERTY,
        ),
    )
    second = SectionPlan(
        lines(("Nine Terraces", "0.6"), ("Thames Wharf 9001", "0.25")),
        hkd(50),
        name="First excess layer",
        basis=CoverBasis.ALL_RISKS,
        attachment_point=hkd(50),
        covers=NOT_OF_PROPERTY,
    )
    third = SectionPlan(
        lines(("Bermuda Reef", "1")),
        hkd(20),
        name="Second excess layer",
        basis=CoverBasis.ALL_RISKS,
        attachment_point=hkd(100),
        covers=NOT_OF_PROPERTY,
    )
    property_policy, _plan = shown.policy("PROPERTY", "PAR", 128, "0.94", primary, years=2)
    contracts.premium_in_parts(shown.book, property_policy, instalments=4, paid=2)
    contracts.conditions(shown.book, property_policy)
    shown.policy("PROPERTY", "PAR", 128, "0.31", second, suffix="-X1", years=2)
    shown.policy("PROPERTY", "PAR", 128, "0.11", third, suffix="-X2", years=2)
    interruption = SectionPlan(
        lines(("Nine Terraces", "0.7"), ("Kapok", "0.3")),
        hkd(42),
        name="Gross profit",
        sum_insured=hkd(42),
        indemnity_months=12,
        deductible=hkd("0.4"),
        insured_kinds=(ExposureKind.BUSINESS_INTERRUPTION,),
        covers=(Cover("INTERRUPTION_OWN"), Cover("INTERRUPTION_UTILITIES", sublimit=hkd(5))),
    )
    shown.policy("BUSINESS_INTERRUPTION", "BIN", 128, "0.09", interruption, years=2)
    liability, _plan = shown.policy(
        "PUBLIC_LIABILITY", "PLI", 128, "0.12", public_liability(30, lines(("Albion Oak HK", "1")))
    )
    contracts.turnover(shown.book, liability)
    shown.policy("EMPLOYEES_COMPENSATION", "EC", 128, "0.34", employees(100, lines(("Kapok", "1"))))


def kwun_tong_precision_parts(shown: Shown) -> None:
    shown.contact("Chi Keung Leung", "梁志強", "Managing Director", "0211", receives=True)
    shown.values(shown.site("Kwun Tong", "industrial", 41, "Kwun Tong works", 1151), MACHINERY=22, STOCK=6)
    shown.values(None, REVENUE=48, PAYROLL=11, PERSONS=46)
    shown.policy("EMPLOYEES_COMPENSATION", "EC", 9, "0.16", employees(100, lines(("Silver Junk", "1"))), years=2)
    shown.policy("PROPERTY", "PAR", 214, "0.05", material_damage(22, lines(("Kapok", "1"))))


def lam_and_sons(shown: Shown) -> None:
    shown.contact("Siu Ming Lam", "林少明", "Managing Director", "0221", receives=True)
    shown.contact("Yuk Lan Lam", "林玉蘭", "Company Secretary", "0222")
    site = shown.site("Cheung Sha Wan", "industrial", 650, "Cheung Sha Wan factory", 1152)
    shown.values(site, days=640, BUILDINGS=38, MACHINERY=27, STOCK=15)
    shown.values(None, days=640, REVENUE=88, PERSONS=130)
    covered = material_damage(80, lines(("Pavilion HK", "0.6"), ("Bauhinia Mutual", "0.4")))
    shown.policy("PROPERTY", "PAR", 176, "0.13", covered, years=2)
    shown.policy("EMPLOYEES_COMPENSATION", "EC", 176, "0.41", employees())


def pearl_estuary_logistics(shown: Shown) -> None:
    shown.contact("Man Ho Yeung", "楊文浩", "Risk and Insurance Manager", "0231", receives=True)
    shown.contact("Wing Yan Chow", "周詠欣", "Financial Controller", "0232")
    shown.values(shown.site("Chek Lap Kok", "warehouse", 12, "Airport logistics centre", 1122), CONTENTS=18, STOCK=92)
    shown.values(shown.site("Kwai Chung", "warehouse", 55, "Kwai Chung terminal store", 1122), CONTENTS=12, STOCK=64)
    shown.values(None, REVENUE=420, PAYROLL=58, PERSONS=236, VEHICLES=64)
    lead = lines(("Edelweiss Corp.", "0.5"), ("Chesapeake Pine AP", "0.3"), ("Silver Junk", "0.2"))
    property_, _ = shown.policy("PROPERTY", "PAR", 69, "0.31", material_damage(200, lead), years=2)
    cargo = SectionPlan(
        lead, hkd(40), name="Any one conveyance", deductible=hkd("0.03"), covers=(Cover("CARGO_DAMAGE"),)
    )
    cargo_, _ = shown.policy("MARINE_CARGO", "MOC", 69, "0.62", cargo)
    liability, liability_plan = shown.policy("PUBLIC_LIABILITY", "PLI", 69, "0.48", public_liability(50, lead))
    workers, _ = shown.policy("EMPLOYEES_COMPENSATION", "EC", 69, "0.99", employees(200, lines(("Kapok", "1"))))
    shown.in_hand(property_, cargo_, liability, workers)
    # Terms are in for one of the four, and nothing is bound yet.
    following = shown.inception(69) + relativedelta(years=1)
    shown.book.policy(shown.customer, liability_plan, following, bound=False)


def wing_tat_printing(shown: Shown) -> None:
    shown.contact("Kwok Wah Mak", "麥國華", "Operations Manager", "0241", receives=True)
    site = shown.site("Tsuen Wan", "industrial", 72, "Tsuen Wan press hall", 1152)
    shown.values(site, MACHINERY=31, CONTENTS=3)
    book = shown.book
    grown = [(430, hkd(7)), (300, hkd(8)), (35, hkd("13.2"))]
    book.exposure(shown.customer, ExposureKind.STOCK, grown, location=site, description="Paper and board")
    covered = material_damage(42, lines(("Rheinhafen", "0.6"), ("Kapok", "0.4")))
    policy, _ = shown.policy("PROPERTY", "PAR", 190, "0.07", covered, years=2)
    after = material_damage(47, lines(("Rheinhafen", "0.6"), ("Kapok", "0.4")))
    note = "Stock raised from 8.0m to 13.2m, sum insured from 42m to 47m"
    book.endorse(policy, after, book.days_ago(30), note)
    shown.policy("EMPLOYEES_COMPENSATION", "EC", 190, "0.15", employees())


def orient_marine_supplies(shown: Shown) -> None:
    shown.contact("Hiu Tung Kwan", "關曉彤", "Finance Director", "0251", receives=True)
    site = shown.site("Aberdeen", "marine", 9, "Aberdeen chandlery", 1253)
    shown.values(site, CONTENTS=6, STOCK=24)
    there = vocabulary.place_in("Loyang", "marine")
    branch = shown.book.location(shown.customer, there, 51, name="Loyang base", occupancy_code=1253)
    for kind, worth in ((ExposureKind.STOCK, "3.4"), (ExposureKind.CONTENTS, "0.9")):
        shown.book.exposure(shown.customer, kind, [(120, hkd(worth))], location=branch, currency="SGD")
    shown.policy("PROPERTY", "PAR", 232, "0.06", material_damage(32, territory=("HK",), locations=(site,)), years=2)
    singapore = material_damage(
        4.3, lines(("Silver Junk SG", "0.5"), ("Rain Tree", "0.5")), territory=("SG",), locations=(branch,)
    )
    shown.policy("PROPERTY", "PAR", 232, "0.011", singapore, suffix="-SG", currency="SGD")
    cargo = SectionPlan(
        lines(("Thames Wharf 9014", "0.6"), ("Bermuda Reef", "0.4")),
        hkd("2.5"),
        name="Any one vessel",
        deductible=hkd("0.005"),
        covers=(Cover("CARGO_DAMAGE"),),
    )
    shown.policy("MARINE_CARGO", "MOC", 232, "0.04", cargo, currency="USD")
    shown.policy("PUBLIC_LIABILITY", "PLI", 232, "0.03", public_liability(4), currency="USD")
    contracts.open_cover(shown.book, shown.customer, replace(cargo, name="Any one sending"), shown.serial)


def sai_kung_yacht_works(shown: Shown) -> None:
    shown.contact("Paul Tse", "謝浩然", "Managing Director", "0261", receives=True)
    shown.values(shown.site("Sai Kung", "marine", 30, "Sai Kung yard", 1253), BUILDINGS=9, MACHINERY=5, STOCK=4)
    hull = SectionPlan(
        lines(("Albion Oak HK", "0.7"), ("Southern Wattle", "0.3")),
        hkd(18),
        name="Vessels in care",
        deductible=hkd("0.1"),
        covers=(Cover("VESSEL_DAMAGE"),),
    )
    shown.policy("MARINE_HULL", "HUL", 251, "0.2", hull, years=2)
    shown.policy("PROPERTY", "PAR", 251, "0.03", material_damage(20))
    shown.policy("EMPLOYEES_COMPENSATION", "EC", 251, "0.12", employees())


def lion_rock_engineering(shown: Shown) -> None:
    shown.contact("Tsz Kin Lo", "羅子健", "Company Secretary", "0271", receives=True)
    shown.values(shown.site("San Po Kong", "industrial", 17, "San Po Kong workshop", 1103), STOCK=8, CONTENTS=4)
    shown.values(None, REVENUE=340, PAYROLL=64, PERSONS=255)
    above = SectionPlan(
        lines(("Chesapeake Pine AP", "0.6"), ("Garonne", "0.4")),
        hkd(50),
        name="Excess layer",
        attachment_point=hkd(30),
        covers=(Cover("THIRD_PARTY_INJURY"),),
    )
    shown.policy("PUBLIC_LIABILITY", "PLI", 205, "0.37", public_liability(20), years=2)
    shown.policy("PUBLIC_LIABILITY", "PLI", 205, "0.11", above, suffix="-X1")
    shown.policy("EMPLOYEES_COMPENSATION", "EC", 205, "1.3", employees(200))


def dr_chan_and_partners(shown: Shown) -> None:
    shown.contact("Suk Yee Chan", "陳淑儀", "Practice Manager", "0281", receives=True)
    shown.values(shown.site("Mong Kok", "retail", 603, "Mong Kok clinic", 1105), CONTENTS=4, MACHINERY=7)
    shown.values(None, REVENUE=31, PERSONS=19)
    negligence = SectionPlan(
        lines(("Albion Oak HK", "1")),
        hkd(20),
        name="Medical malpractice",
        aggregate_limit=hkd(20),
        deductible=hkd("0.1"),
        covers=(Cover("PROFESSIONAL_ERROR"),),
    )
    expiring, plan = shown.policy("PROFESSIONAL_INDEMNITY", "PII", 38, "0.42", negligence, years=2)
    shown.in_hand(expiring, days=25)
    shown.book.policy(shown.customer, plan, shown.inception(38) + relativedelta(years=1), bound=False)
    shown.policy("EMPLOYEES_COMPENSATION", "EC", 221, "0.06", employees())


def lantau_gateway_logistics(shown: Shown) -> None:
    shown.contact("Wing Yan Cheng", "鄭詠欣", "Risk Manager", "0381", receives=True)
    shown.values(shown.site("Kwai Chung", "warehouse", 66, "Gateway bonded stores", 1122), BUILDINGS=430, STOCK=170)
    expiring, _plan = shown.policy("PROPERTY", "PAR", 75, "1.9", *placing.signed_layers())
    shown.in_hand(expiring, days=30)
    plan = PolicyPlan("PROPERTY", f"PAR {{year}}/{shown.serial}", "HKD", hkd("2.1"), placing.layers())
    coming = shown.book.policy(shown.customer, plan, shown.inception(75) + relativedelta(years=1), bound=False)
    placing.with_a_line_to_stand(shown.book, coming)


def tai_mo_shan_farms(shown: Shown) -> None:
    shown.contact("Ho Yin Tang", "鄧浩然", "Managing Director", "0291")
    shown.site("Kam Tin", "farm", 118, "Kam Tin glasshouses", 1352)
    shown.site("Ta Kwu Ling", "farm", 64, "Ping Che fields", 1351)
    fire = SectionPlan((), None, covers=(Cover("FIRE"), Cover("TYPHOON")), sum_insured=hkd(6))
    shown.policy("FIRE", "FIR", 33, "0.02", fire)


def greater_bay_centre(shown: Shown) -> None:
    shown.contact("Mei Fong Siu", "蕭美芳", "Company Secretary", "0301", receives=True)
    shown.values(shown.site("Sha Tin", "office", 5, "Science Park office", 1104), CONTENTS=12)
    liability = SectionPlan(
        lines(("Thames Wharf 9001", "0.5"), ("Edelweiss Corp.", "0.5")),
        hkd(40),
        name="Civil liability",
        placed_elsewhere=Decimal("0.1"),
        aggregate_limit=hkd(40),
        deductible=hkd("0.25"),
        covers=(Cover("PROFESSIONAL_ERROR"),),
    )
    shown.policy("PROFESSIONAL_INDEMNITY", "PII", 169, "0.55", liability, years=2)
    shown.policy("EMPLOYEES_COMPENSATION", "EC", 169, "0.1", employees())


def jade_court_hotel(shown: Shown) -> None:
    shown.contact("Lai Kuen Cheung", "張麗娟", "General Manager", "0311", receives=True)
    shown.contact("Chun Kit Ng", "吳俊傑", "Chief Engineer", "0312")
    site = shown.site("Tsim Sha Tsui", "hotel", 66, "Jade Court Hotel", 1116)
    shown.values(site, BUILDINGS=390, CONTENTS=52, MACHINERY=24)
    first = lines(("Chesapeake Pine AP", "0.5"), ("Rheinhafen", "0.3"), ("Han River", "0.2"))
    shown.policy("PROPERTY", "PAR", 262, "0.58", material_damage(490, first), years=2)
    terror = SectionPlan(
        lines(("Thames Wharf 9001", "1")),
        hkd(490),
        sum_insured=hkd(490),
        deductible=hkd("0.25"),
        covers=(Cover("TERROR_AND_POLITICAL_VIOLENCE"),),
    )
    stopped, _ = shown.policy(
        "TERRORISM", "TER", 262, "0.14", terror, note="Cancelled by the insurer: it left this class."
    )
    stopped.cancelled_from = shown.book.days_ago(41)
    again = replace(terror, lines=lines(("Bermuda Reef", "0.6"), ("Thames Wharf 9014", "0.4")))
    replaced = PolicyPlan("TERRORISM", f"TER {{year}}/{shown.serial}A", "HKD", hkd("0.17"), (again,))
    shown.book.policy(shown.customer, replaced, shown.book.days_ago(41))


def fook_lam_bakery(shown: Shown) -> None:
    shown.contact("Yuk Lan Lee", "李玉蘭", "東主", "0321", receives=True)
    shown.values(shown.site("Yuen Long", "retail", 102, "元朗總店", 1119), CONTENTS=5, STOCK=1)
    shown.values(shown.site("Tuen Mun", "industrial", 19, "屯門工場", 1153), MACHINERY=9, STOCK=2)
    shown.values(None, REVENUE=39, PERSONS=62)
    shown.policy("PROPERTY", "PAR", 144, "0.04", material_damage(18, lines(("Bauhinia Mutual", "1"))), years=2)
    shown.policy("EMPLOYEES_COMPENSATION", "EC", 144, "0.2", employees(100, lines(("Kapok", "1"))))
    shown.policy("PUBLIC_LIABILITY", "PLI", 144, "0.05", public_liability(10, lines(("Nine Terraces", "1"))))
    whole = lines(("Bauhinia Mutual", "1"))
    shops = {
        "BUSINESS_INTERRUPTION": SectionPlan(
            whole, hkd(6), name="Gross profit of the shops", indemnity_months=12, covers=(Cover("INTERRUPTION_OWN"),)
        ),
        "CRIME": SectionPlan(whole, hkd("0.5"), name="Money", covers=(Cover("EMPLOYEE_DISHONESTY"),)),
        "ELECTRONIC_EQUIPMENT": SectionPlan(
            whole, hkd("1.2"), name="Tills and computers", covers=(Cover("MACHINERY_BREAKDOWN"),)
        ),
    }
    ends = shown.book.on + datetime.timedelta(days=144)
    contracts.package(shown.book, shown.customer, f"PKG {ends.year - 1}/{shown.serial}", shops, ends)


def cheung_kee_coaches(shown: Shown) -> None:
    shown.contact("Kin Fai Cheung", "張建輝", "Operations Manager", "0331", receives=True)
    shown.values(shown.site("Tuen Mun", "industrial", 140, "Tuen Mun depot", 1250), MACHINERY=3, CONTENTS=1)
    shown.values(None, REVENUE=66, PERSONS=95, VEHICLES=60)
    fleet = SectionPlan(
        lines(("Silver Junk", "0.6"), ("Pavilion HK", "0.4")),
        hkd("0.4"),
        name="Coaches",
        units=60,
        deductible=hkd("0.01"),
        insured_kinds=(ExposureKind.VEHICLES,),
        covers=(Cover("VEHICLE_DAMAGE"), Cover("VEHICLE_LIABILITY")),
    )
    shown.policy("MOTOR_FLEET", "MFL", 158, "0.97", fleet, years=2)
    shown.policy("EMPLOYEES_COMPENSATION", "EC", 158, "0.3", employees())


LONG_NAME_ZH = (
    "粵港澳大灣區綠色建築材料科技創新研究發展檢測認證及國際貿易推廣促進中心"
    "（香港特別行政區九龍東與新界聯合營運總部）有限公司"
)

SHOWCASE = (
    Showcase(
        "Harbour Cold Storage Ltd",
        "海港冷藏有限公司",
        "A property tower of three layers, the middle one 15% unplaced and the top of it below the value.",
        harbour_cold_storage,
        "Cold chain warehousing",
        tier="Key",
        description="Runs three cold stores in Hong Kong for importers of meat, fruit and vaccines.",
    ),
    Showcase(
        "Kwun Tong Precision Parts Ltd",
        "觀塘精密零件有限公司",
        "Employees' compensation ends in 9 days and nobody has started its renewal.",
        kwun_tong_precision_parts,
        "Precision engineering",
        description="Turns and mills small parts for cameras and medical pumps.",
    ),
    Showcase(
        "Lam & Sons Garment Factory Ltd",
        "林氏製衣廠有限公司",
        "A profile that nobody has reviewed for 20 months, with values as old.",
        lam_and_sons,
        "Garment manufacturing",
        reviewed_months_ago=20,
        description="A family firm that makes uniforms and workwear.",
    ),
    Showcase(
        "Pearl Estuary Logistics Ltd",
        "珠江口物流有限公司",
        "Four policies that end on one day make one renewal, in hand, with terms in for one of them.",
        pearl_estuary_logistics,
        "Logistics and freight forwarding",
        tier="Key",
        description="Air and sea freight between the Pearl River Delta and Europe.",
    ),
    Showcase(
        "Wing Tat Printing Ltd",
        "永達印刷有限公司",
        "A policy endorsed during its term: the terms before and after stand side by side.",
        wing_tat_printing,
        "Printing and packaging",
        description="Prints boxes for tea, mooncakes and cosmetics.",
    ),
    Showcase(
        "Orient Marine Supplies Ltd",
        "東方船舶用品有限公司",
        "One programme in three currencies: Hong Kong, Singapore and US dollars.",
        orient_marine_supplies,
        "Marine",
        description="Ship chandler in Hong Kong with a base in Singapore.",
    ),
    Showcase(
        "Sai Kung Yacht Works Ltd",
        "西貢遊艇工程有限公司",
        "An update that is due today: drafted in the night, to be read and released.",
        sai_kung_yacht_works,
        "Marine",
        update_in=0,
        description="Builds, repairs and winters yachts.",
    ),
    Showcase(
        "Lion Rock Electrical & Mechanical Engineering Ltd",
        "獅子山機電工程有限公司",
        "A gap in a tower: liability of 20m, then 50m in excess of 30m, and nothing in between.",
        lion_rock_engineering,
        "Building services",
        tier="Key",
        description="Installs lifts, chillers and fire services in public buildings.",
    ),
    Showcase(
        "Dr Chan & Partners Ltd",
        "陳醫生醫務所有限公司",
        "Malpractice cover that ends in 38 days: the renewal is in hand, terms are in, nothing bound follows.",
        dr_chan_and_partners,
        "Health care",
        description="Six family doctors in Mong Kok.",
    ),
    Showcase(
        "Tai Mo Shan Organic Farms Ltd",
        "大帽山有機農場有限公司",
        "A customer being taken on: its values and insurers are not known yet, and its cover stays off the worklist.",
        tai_mo_shan_farms,
        "Farming",
        is_onboarding=True,
        reviewed_months_ago=1,
        update_in=None,
        description="Vegetables and strawberries under glass.",
    ),
    Showcase(
        "Greater Bay Area Green Building Materials Technology, Research, Certification and Trade Promotion Centre Ltd",
        LONG_NAME_ZH,
        "A Chinese name of 60 characters, and an English one to match.",
        greater_bay_centre,
        "Professional services",
        language=Language.TRADITIONAL_CHINESE,
        description="Tests and certifies building materials.",
    ),
    Showcase(
        "Jade Court Hotel Ltd",
        "翡翠閣酒店有限公司",
        "A policy cancelled during its term, and the one that took its place on the same day.",
        jade_court_hotel,
        "Hotels",
        tier="Key",
        reviewed_months_ago=2,
        description="A hotel of 210 rooms near the Tsim Sha Tsui waterfront.",
    ),
    Showcase(
        "Fook Lam Bakery Ltd",
        "福臨餅家有限公司",
        "A customer who reads Chinese: its update is drafted in Traditional Chinese.",
        fook_lam_bakery,
        "Food manufacturing",
        language=Language.TRADITIONAL_CHINESE,
        update_in=0,
        description="Bakes egg rolls and wife cakes; four shops.",
    ),
    Showcase(
        "Cheung Kee Coaches Ltd",
        "祥記旅遊巴士有限公司",
        "A plan that sends updates by itself, and a fleet insured by the vehicle.",
        cheung_kee_coaches,
        "Passenger and goods transport",
        update_in=0,
        update_mode=UpdateMode.SEND,
        description="Sixty coaches for schools, tours and staff.",
    ),
    Showcase(
        "Lantau Gateway Logistics Ltd",
        "大嶼山門戶物流有限公司",
        "A tower of six layers being placed: written lines to be signed down, one of them to stand, and 15% open.",
        lantau_gateway_logistics,
        "Logistics and freight forwarding",
        tier="Key",
        description="Bonded stores for what the airport brings in.",
    ),
)
