"""Registers of risks of the demo book: levels, treatments, what they can strike, and controls open, done and overdue.

They are made from the starting registers that ship with the product, as a broker would begin one, and then worked on.
"""

import datetime
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models.people import Language
from broker_crm.demo.answers import Answer, CoverInForce
from broker_crm.demo.book import Book, amount
from broker_crm.demo.showcase import SHOWCASE
from broker_crm.demo.strategies import two_digits
from profiles.models import Contact, Customer, CustomerStage
from risk.models import (
    Control,
    ControlOrigin,
    Exposure,
    ExposureValue,
    Risk,
    RiskExposure,
    RiskProfile,
    Tolerance,
    Treatment,
)
from risk.selectors.starting import Typical, industry_of, placed, typical_risks

CONTROLS: dict[str, tuple[tuple[str, str], ...]] = {
    "FIRE": (
        ("Thermographic survey of the switchboards", "為電掣板進行熱成像檢測"),
        ("Clear the sprinkler heads of stacked goods", "清走堆放於灑水頭附近的貨物"),
        ("Hot work permits for every contractor", "所有承辦商須申領熱工序許可"),
        ("Replace the combustible insulation panels", "更換可燃的保溫板"),
    ),
    "TYPHOON": (
        ("Check roof fixings and gutters before the season", "風季前檢查屋頂固定件及排水槽"),
        ("Written plan for signal no. 8 and above", "訂立八號或以上風球的應變計劃"),
    ),
    "SURFACE_FLOOD": (
        ("Raise stock 15 cm off the floor", "將存貨墊高十五厘米"),
        ("Flood barriers at the loading bays", "於上落貨區裝設防水閘"),
    ),
    "MACHINERY_BREAKDOWN": (("Maintenance contract for the main machines", "為主要機器簽訂保養合約"),),
    "SPOILAGE": (("Second alarm for the cold rooms, to a mobile phone", "為冷庫加設手機警報"),),
    "INTERRUPTION_OWN": (("Write and rehearse a continuity plan", "訂立並演練業務持續計劃"),),
    "THIRD_PARTY_INJURY": (("Quarterly walk through the public areas, with a list", "每季按清單巡查公眾地方"),),
    "EMPLOYEE_INJURY": (
        ("Refresher course on lifting for all staff", "為全體員工舉辦體力處理操作重溫課程"),
        ("Guards on the two older machines", "為兩部舊機器加裝護罩"),
    ),
    "CYBER_INTERRUPTION": (("Restore from backup, tried twice a year", "每年兩次試行備份還原"),),
    "DATA_BREACH": (("Two-factor sign-in for everybody", "全體員工採用雙重認證登入"),),
    "FUNDS_TRANSFER_FRAUD": (("Call back before paying to a new account", "付款至新帳戶前須致電核實"),),
    "VEHICLE_LIABILITY": (("Cameras in every vehicle", "所有車輛安裝鏡頭"),),
    "PRODUCT_DEFECT": (("Keep samples of each batch for two years", "每批產品樣本保留兩年"),),
    "CARGO_DAMAGE": (("Temperature loggers in every container", "每個貨櫃放置溫度記錄儀"),),
}
EVIDENCE = (
    ("Report received and filed.", "已收到報告並存檔。"),
    ("Seen on the visit; photographs filed.", "到訪時已查看；照片已存檔。"),
    ("Letter of the contractor confirms it.", "承辦商已來函確認。"),
)
LARGEST: dict[str, float] = {
    "THIRD_PARTY_INJURY": 30,
    "PRODUCT_DEFECT": 20,
    "PROFESSIONAL_ERROR": 25,
    "MANAGEMENT_CLAIM": 15,
    "EMPLOYEE_INJURY": 40,
    "DATA_BREACH": 8,
    "CYBER_INTERRUPTION": 12,
    "CARGO_DAMAGE": 6,
    "VEHICLE_LIABILITY": 50,
    "CONTRACT_WORKS": 60,
    "VESSEL_DAMAGE": 18,
    "FUNDS_TRANSFER_FRAUD": 4,
    "INTERRUPTION_OWN": 20,
}
"""Millions of Hong Kong dollars that a loss of the category can reach where no exposure says it."""
OBLIGED = {"EMPLOYEE_INJURY", "VEHICLE_LIABILITY"}
"""What the law has everybody insure: who does not do it here does it elsewhere."""
RISEN = Decimal("1.08")
"""How much more than its last value something can be worth today."""
FAULTS: dict[str, dict[str, dict[str, Any]]] = {
    "Harbour Cold Storage Ltd": {"TYPHOON": {}, "INTERRUPTION_OWN": {"indemnity_months": 18}},
    "Lam & Sons Garment Factory Ltd": {"INTERRUPTION_OWN": {}},
    "Pearl Estuary Logistics Ltd": {"CARGO_DAMAGE": {"treatment": Treatment.RETAIN, "maximum_retention": 6}},
    "Sai Kung Yacht Works Ltd": {"VESSEL_LIABILITY": {}},
    "Lion Rock Electrical & Mechanical Engineering Ltd": {
        "THIRD_PARTY_INJURY": {"maximum_loss": 60},
        "CONTRACT_WORKS": {"treatment": Treatment.AVOID},
    },
    "Dr Chan & Partners Ltd": {"PROFESSIONAL_ERROR": {}},
    "Greater Bay Area Green Building Materials Technology, Research, Certification and Trade Promotion Centre Ltd": {
        "PROFESSIONAL_ERROR": {}
    },
    "Cheung Kee Coaches Ltd": {"THIRD_PARTY_INJURY": {"typical_loss": 2}},
}
"""Risks of the showcase in which something is wrong, by customer and category: to be transferred, with a largest loss
that cover does not follow, but for what is said here. Amounts are millions of Hong Kong dollars.
"""


@dataclass(frozen=True)
class _Plan:
    """A risk to be written, and the exposures it can strike."""

    typical: Typical
    location_id: UUID | None
    exposures: list[Exposure]


@dataclass
class _Bearable:
    """What a customer will bear of one loss: of any, and of categories of their own."""

    any_loss: Decimal
    is_agreed: bool = True
    of: dict[str, Decimal] = field(default_factory=dict)

    def most(self, path: Iterable[str]) -> Decimal:
        return min([self.any_loss, *(self.of[code] for code in path if code in self.of)])


def add_registers(book: Book, cover: CoverInForce) -> None:
    """Adds registers for the showcase customers and the others with a risk profile. Those being taken on have none."""
    exposures: dict[UUID, list[Exposure]] = defaultdict(list)
    for exposure in book.of(Exposure):
        exposures[exposure.customer_id].append(exposure)
    contacts: dict[UUID, Contact] = {}
    for contact in book.of(Contact):
        contacts.setdefault(contact.customer_id, contact)
    worth: dict[UUID, Decimal] = {}
    for value in sorted(book.of(ExposureValue), key=lambda value: value.valued_on):
        worth[value.exposure_id] = value.amount
    shown = {showcase.name for showcase in SHOWCASE}
    bearable = _bearable(book)
    for customer in book.of(Customer):
        if customer.stage != CustomerStage.CUSTOMER or customer.is_onboarding:
            continue
        if customer.name not in shown and customer.pk not in bearable:
            continue
        rng = random.Random(f"{book.seed} register {customer.name}")  # noqa: S311  made-up figures, no secret
        least, most = (5, 10) if customer.name in shown else (2, 6)
        writer = _Writer(book, rng, customer, contacts.get(customer.pk), cover, worth, bearable[customer.pk])
        writer.write(exposures[customer.pk], rng.randint(least, most), least=least)


def _bearable(book: Book) -> dict[UUID, _Bearable]:
    """By customer, of the profile in force."""
    found: dict[UUID, _Bearable] = {}
    in_force: dict[UUID, RiskProfile] = {}
    for profile in book.of(RiskProfile):
        if not profile.is_draft:
            most = profile.appetite_one_loss
            in_force[profile.customer_id] = profile
            found[profile.customer_id] = (
                _Bearable(amount(1, profile.currency), is_agreed=False) if most is None else _Bearable(most)
            )
    for tolerance in book.of(Tolerance):
        if tolerance.amount is not None and tolerance.profile is in_force[tolerance.customer_id]:
            found[tolerance.customer_id].of[tolerance.category.code] = tolerance.amount
    return found


@dataclass
class _Writer:
    """Writes the register of one customer."""

    book: Book
    rng: random.Random
    customer: Customer
    contact: Contact | None
    cover: CoverInForce
    worth: dict[UUID, Decimal]
    """The latest value of each exposure."""
    bearable: _Bearable

    def __post_init__(self) -> None:
        self.owner = self.contact.job_title if self.contact else ""
        self.is_chinese = self.customer.language == Language.TRADITIONAL_CHINESE
        self.faults = FAULTS.get(self.customer.name, {})

    def write(self, exposures: list[Exposure], wanted: int, *, least: int) -> None:
        for plan in self._plans(exposures, least)[:wanted]:
            risk = self._risk(plan)
            for exposure in plan.exposures:
                self.book.add(RiskExposure, customer=self.customer, risk=risk, exposure=exposure)
            self._controls(risk)

    def _plans(self, exposures: list[Exposure], least: int) -> list[_Plan]:
        """What the starting register proposes, the risks with something to strike before the others."""
        industry = industry_of(self.customer)
        plans = []
        for typical in typical_risks():
            if industry is None or industry.code not in typical.industries:
                continue
            if typical.countries and str(self.customer.country) not in typical.countries:
                continue
            struck = [exposure for exposure in exposures if exposure.kind in typical.kinds]
            for location, linked in placed(struck, is_each=typical.is_each):
                plans.append(_Plan(typical, location.pk if location else None, linked))
        faulty = [plan for plan in plans if plan.typical.category in self.faults]
        left = [plan for plan in plans if plan not in faulty and not self._is_kept(plan)]
        plans = [plan for plan in plans if plan not in left]
        first = [
            plan
            for plan in plans
            if plan not in faulty and plan.typical.category in ("FIRE", "TYPHOON", "EMPLOYEE_INJURY")
        ][:4]
        rest = [plan for plan in plans if plan not in first and plan not in faulty]
        self.rng.shuffle(rest)
        found = faulty + first + rest
        if len(found) < least:
            found += [plan for plan in left if plan.typical.category not in OBLIGED][: least - len(found)]
        return found

    def _is_kept(self, plan: _Plan) -> bool:
        """Whether a risk is in the register: of those that others insure, or nobody, only a few."""
        category = plan.typical.category
        if self.cover.answer(self.customer, category).responds:
            return True
        return category not in OBLIGED and (not plan.exposures or self.rng.random() < 0.3)

    def _risk(self, plan: _Plan) -> Risk:
        rng, typical, customer = self.rng, plan.typical, self.customer
        likelihood, consequence = typical.current
        if rng.random() < 0.06:
            likelihood += 1
        is_finished = rng.random() < 0.6
        chosen = self._chosen(plan)
        most = chosen["maximum_loss"]
        chosen.setdefault("typical_loss", None if most is None else (most / 20).quantize(Decimal(1000)) or None)
        return self.book.add(
            Risk,
            customer=customer,
            category=self.book.categories[typical.category],
            location_id=plan.location_id,
            cause=typical.reason_zh if self.is_chinese else typical.reason,
            currency=customer.currency,
            inherent_likelihood=typical.inherent[0],
            inherent_consequence=typical.inherent[1],
            current_likelihood=likelihood,
            current_consequence=consequence,
            residual_likelihood=max(1, likelihood - 1) if is_finished else None,
            residual_consequence=consequence if is_finished else None,
            owner=self.owner,
            **chosen,
        )

    def _chosen(self, plan: _Plan) -> dict[str, Any]:
        """Treatment and amounts. They go with the cover for most risks: what it does not answer is borne."""
        rng, category = self.rng, plan.typical.category
        answer = self.cover.answer(self.customer, category)
        if category in self.faults:
            chosen = {"treatment": Treatment.SHARE, "maximum_loss": self._largest(plan)} | self.faults[category]
            for name in ("maximum_loss", "maximum_retention", "typical_loss"):
                if isinstance(millions := chosen.get(name), int):
                    chosen[name] = amount(millions, self.customer.currency)
            return chosen
        if rng.random() < 0.04:
            return {"treatment": "", "maximum_loss": self._largest(plan)}
        if answer.responds:
            return self._transferred(plan, answer)
        if plan.typical.treatment == Treatment.SHARE and rng.random() < (0.5 if plan.exposures else 0.08):
            return {"treatment": Treatment.SHARE, "maximum_loss": self._largest(plan)}
        return self._borne(plan)

    def _transferred(self, plan: _Plan, answer: Answer) -> dict[str, Any]:
        """A risk that cover answers: nearly always up to the largest loss."""
        rng = self.rng
        wished = self._largest(plan)
        struck = sum((self.worth.get(exposure.pk, Decimal(0)) for exposure in plan.exposures), Decimal(0))
        is_short = struck * RISEN > answer.room if wished is None else wished > answer.room
        if is_short and rng.random() < 0.6:
            wished = two_digits(answer.room * Decimal(rng.choice(("0.5", "0.75", "0.9"))))
        named = None
        if answer.deductible and rng.random() < 0.2:
            named = two_digits(answer.deductible * Decimal(rng.choice(("0.5", "1", "1.5", "2", "2", "3", "4"))))
            named = named if wished is None else min(named, wished)
        is_short_period = plan.typical.category == "INTERRUPTION_OWN" and rng.random() < 0.25
        return {
            "treatment": Treatment.SHARE,
            "maximum_loss": wished,
            "maximum_retention": named,
            "indemnity_months": 18 if is_short_period else None,
        }

    def _borne(self, plan: _Plan) -> dict[str, Any]:
        """A risk that no cover answers: as large as the customer can bear, or made so."""
        rng = self.rng
        path = self.book.categories[plan.typical.category].path
        most = two_digits(self.bearable.most(path) * Decimal(rng.choice(("0.3", "0.5", "0.8", "0.9"))))
        if rng.random() < 0.05:
            most *= 3
        is_reduced = plan.typical.treatment == Treatment.REDUCE or rng.random() < 0.25
        return {
            "treatment": Treatment.REDUCE if is_reduced else Treatment.RETAIN,
            "maximum_loss": most,
            # Who agreed on no figure for all risks names one for each.
            "maximum_retention": None if self.bearable.is_agreed else most,
        }

    def _largest(self, plan: _Plan) -> Decimal | None:
        """The largest loss as entered where no exposure says it."""
        if plan.exposures:
            return None
        millions = LARGEST.get(plan.typical.category, 5)
        return amount(millions * self.rng.choice((0.5, 1, 1, 1.5)), self.customer.currency)

    def _controls(self, risk: Risk) -> None:
        rng, book = self.rng, self.book
        offered = CONTROLS.get(risk.category.code, ())
        for name in rng.sample(offered, min(len(offered), rng.choice((0, 1, 1, 2)))):
            is_done, is_late = rng.random() < 0.4, rng.random() < 0.08
            ahead = -rng.randrange(10, 120) if is_late else rng.randrange(10, 240)
            due_on = book.on + datetime.timedelta(days=ahead)
            book.add(
                Control,
                customer=self.customer,
                risk=risk,
                name=self._said(name),
                origin=rng.choice((ControlOrigin.AGREED, ControlOrigin.AGREED, ControlOrigin.INSURER)),
                owner=self.owner,
                responsible=self.customer.portfolio.manager,
                due_on=due_on,
                done_on=book.days_ago(rng.randrange(5, 200)) if is_done else None,
                evidence=self._said(rng.choice(EVIDENCE)) if is_done else "",
            )

    def _said(self, words: tuple[str, str]) -> str:
        return words[1] if self.is_chinese else words[0]
