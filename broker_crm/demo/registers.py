"""Registers of risks of the demo book: levels, treatments, what they can strike, and controls open, done and overdue.

They are made from the starting registers that ship with the product, as a broker would begin one, and then worked on.
"""

import datetime
import random
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from accounts.models.people import Language
from broker_crm.demo.book import Book, amount
from broker_crm.demo.showcase import SHOWCASE
from profiles.models import Contact, Customer, CustomerStage
from risk.models import Control, ControlOrigin, Exposure, Risk, RiskExposure, RiskProfile, Treatment
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


@dataclass(frozen=True)
class _Plan:
    """A risk to be written, and the exposures it can strike."""

    typical: Typical
    location_id: UUID | None
    exposures: list[Exposure]


def add_registers(book: Book) -> None:
    """Adds registers for the showcase customers and the others with a risk profile. Those being taken on have none."""
    exposures: dict[UUID, list[Exposure]] = defaultdict(list)
    for exposure in book.of(Exposure):
        exposures[exposure.customer_id].append(exposure)
    contacts: dict[UUID, Contact] = {}
    for contact in book.of(Contact):
        contacts.setdefault(contact.customer_id, contact)
    shown = {showcase.name for showcase in SHOWCASE}
    profiled = {profile.customer_id for profile in book.of(RiskProfile)}
    for customer in book.of(Customer):
        if customer.stage != CustomerStage.CUSTOMER or customer.is_onboarding:
            continue
        if customer.name not in shown and customer.pk not in profiled:
            continue
        rng = random.Random(f"{book.seed} register {customer.name}")  # noqa: S311  made-up figures, no secret
        wanted = rng.randint(5, 10) if customer.name in shown else rng.randint(2, 6)
        _Writer(book, rng, customer, contacts.get(customer.pk)).write(exposures[customer.pk], wanted)


class _Writer:
    """Writes the register of one customer."""

    def __init__(self, book: Book, rng: random.Random, customer: Customer, contact: Contact | None) -> None:
        self.book, self.rng, self.customer = book, rng, customer
        self.owner = contact.job_title if contact else ""
        self.is_chinese = customer.language == Language.TRADITIONAL_CHINESE

    def write(self, exposures: list[Exposure], wanted: int) -> None:
        for plan in self._plans(exposures)[:wanted]:
            risk = self._risk(plan)
            for exposure in plan.exposures:
                self.book.add(RiskExposure, customer=self.customer, risk=risk, exposure=exposure)
            self._controls(risk)

    def _plans(self, exposures: list[Exposure]) -> list[_Plan]:
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
        first = [plan for plan in plans if plan.typical.category in ("FIRE", "TYPHOON", "EMPLOYEE_INJURY")][:4]
        rest = [plan for plan in plans if plan not in first]
        self.rng.shuffle(rest)
        return first + rest

    def _risk(self, plan: _Plan) -> Risk:
        rng, typical, customer = self.rng, plan.typical, self.customer
        likelihood, consequence = typical.current
        is_decided, is_finished = rng.random() < 0.88, rng.random() < 0.6
        treatment = typical.treatment if is_decided else ""
        most = self._largest(plan)
        return self.book.add(
            Risk,
            customer=customer,
            category=self.book.categories[typical.category],
            location_id=plan.location_id,
            cause=typical.reason_zh if self.is_chinese else typical.reason,
            currency=customer.currency,
            maximum_loss=most,
            typical_loss=None if most is None else (most / 20).quantize(Decimal(1000)) or None,
            inherent_likelihood=typical.inherent[0],
            inherent_consequence=typical.inherent[1],
            current_likelihood=likelihood,
            current_consequence=consequence,
            residual_likelihood=max(1, likelihood - 1) if is_finished else None,
            residual_consequence=consequence if is_finished else None,
            owner=self.owner,
            treatment=treatment,
            maximum_retention=amount(rng.choice((0.25, 0.5, 1)), customer.currency)
            if treatment == Treatment.SHARE and rng.random() < 0.5
            else None,
            indemnity_months=18 if typical.category == "INTERRUPTION_OWN" and treatment == Treatment.SHARE else None,
        )

    def _largest(self, plan: _Plan) -> Decimal | None:
        """The largest loss as entered: where no exposure says it, and now and then although they do."""
        rng = self.rng
        if plan.exposures:
            return None
        millions = LARGEST.get(plan.typical.category)
        if millions is None or rng.random() < 0.1:
            return None
        return amount(millions * rng.choice((0.5, 1, 1, 1.5)), self.customer.currency)

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
