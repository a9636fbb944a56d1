"""The gallery: every component in each of its states, so that a change to the look can be seen on one page."""

import datetime
from decimal import Decimal

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.dates import add_months, today
from common.money import currency_choices
from common.ui.charts import bars, curve, heat_map, lines, period_line, sparkline, stacked
from common.ui.charts.tower import Layer, Share, Tower
from common.ui.charts.tower_picture import Picture, picture

LONG_NAME = (
    "太平洋環球冷凍倉儲物流及供應鏈管理服務有限公司駐香港九龍觀塘"
    "區鴻圖道第一分行暨大灣區聯合營運中心轄下保險採購部門辦事處"
)
"""A name of 60 characters, to see that nothing breaks."""


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Name", help_text="As it stands in the register of companies.", max_length=120)
    starts_on = forms.DateField(label="Inception", widget=forms.DateInput(attrs={"type": "date"}))
    currency = forms.ChoiceField(label="Currency", choices=lambda: [(code, code) for code, _name in currency_choices()])
    limit = forms.DecimalField(
        label="Limit", min_value=Decimal(0), widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    share = forms.DecimalField(
        label="Signed share", required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    basis = forms.ChoiceField(label="Basis", choices=[("NAMED", "Named perils"), ("ALL_RISKS", "All risks")])
    wording = forms.CharField(label="Wording", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    rhythm = forms.ChoiceField(
        label="Updates",
        choices=[("DRAFT", "Drafted for me to read"), ("SEND", "Sent by itself")],
        widget=forms.RadioSelect,
    )
    is_lead = forms.BooleanField(label="Leads the layer", required=False, help_text="One insurer leads each layer.")
    slip = forms.FileField(label="Slip", required=False, help_text="PDF or XLSX, at most 10 MB.")
    locked = forms.CharField(label="Number", required=False, disabled=True, initial="PAR 2026/118")


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """The page; `?theme=light` or `dark` shows it in that theme without changing the user's choice."""
    theme = request.GET.get("theme", "")
    wrong = SampleForm(
        {"name": "", "currency": "HKD", "limit": "fifty million", "starts_on": "2026-02-30", "rhythm": "DRAFT"},
        auto_id="wrong_%s",
    )
    wrong.is_valid()
    wrong.add_error(None, "The expiry date lies before the inception date.")
    day = today()
    return render(
        request,
        "gallery/gallery.html",
        {
            "gallery_theme": theme if theme in {"light", "dark"} else "",
            "form": SampleForm(
                initial={"currency": "HKD", "limit": "48000000.00", "share": "60", "basis": "NAMED", "rhythm": "DRAFT"}
            ),
            "wrong": wrong,
            "in_dialog": SampleForm(auto_id="dialog_%s"),
            "page": Paginator(range(286), 25).get_page(request.GET.get("page", 3)),
            "no_page": Paginator([], 25).get_page(1),
            "towers": towers(),
            "renewals": _renewals(),
            "periods": _periods(day),
            "grades": _grades(day),
            "curve": _curve(),
            "line": sparkline.draw([12, 14, 13, 17, 16, 21, 20, 24], label="Policies in force, eight months"),
            "years": _claims_by_year(),
            "heat": _heat(),
            "steps": ["Upload", "Choices", "Dry run", "Import"],
            "long_name": LONG_NAME,
            "soon": day + datetime.timedelta(days=9),
            "past": day - datetime.timedelta(days=11),
            "day": day,
            "now": timezone.now(),
            "changes": [
                {"label": "Limit, HKD", "before": "50,000,000", "after": "70,000,000"},
                {"label": "Retroactive date", "before": "", "after": "1 Apr 2024"},
            ],
            "conflict": [
                {"label": "Telephone", "now": "+852 2110 0909", "typed": "+852 2110 0910"},
                {"label": "Trading name", "now": LONG_NAME, "typed": "Pacific Cold Storage"},
            ],
        },
    )


def _grades(day: datetime.date) -> lines.Picture:
    """Two lines of steps that run together, one with a gap."""
    one, two, three = (day - datetime.timedelta(days=days) for days in (1400, 700, 200))
    return lines.picture(
        [
            lines.Line("Agency A", ((one, 5), (two, 6), (three, 7)), last_words="A-", is_stepped=True),
            lines.Line("Agency B", ((one, 6), (two, None), (three, 7)), last_words="A3", is_stepped=True),
        ],
        label="Grades over time",
        axis=lines.Axis(worded=lambda notch: f"{notch:.0f}", is_best_below=True, step=1, bounds=(1, 22)),
        last_day=day,
    )


def _heat() -> heat_map.Picture:
    return heat_map.picture(
        {(2, 5): 3, (4, 4): 12, (1, 1): 1, (3, 3): 128},
        likelihood=("Rare", "Unlikely", "Possible", "Likely", LONG_NAME),
        consequence=("Minor", "Moderate", "Serious", "Major", LONG_NAME),
        label="Risks by their level now",
        url=lambda _likelihood, _consequence: "#heat",
        chosen=(4, 4),
    )


def _curve() -> curve.Picture:
    million = Decimal(1_000_000)
    now = ((0, 0), (1, 1), (50, 1), (100, 51))
    option = ((0, 0), (2, 2), (100, 2))
    return curve.picture(
        [
            curve.Line(name, tuple((loss * million, borne * million) for loss, borne in points), name[:1])
            for name, points in (("A: as it stands", now), ("B: the option", option))
        ],
        label="What the customer bears by the size of the loss, in HKD",
        across_label="Loss",
        marker=80 * million,
        threshold=(5 * million, "most to bear"),
    )


def _claims_by_year() -> stacked.Picture:
    amounts = {2023: (3, 0, 2), 2024: (1, 1, 3), 2025: (2, 4, 4), 2026: (0, 9, 5)}
    return stacked.picture(
        [
            stacked.Column(
                str(year), (Decimal(paid * 10**6), Decimal(left * 10**6)), Decimal(premium * 10**6), "#stacked"
            )
            for year, (paid, left, premium) in amounts.items()
        ],
        names=("Paid", "Outstanding"),
        marker_name="Premium",
        label="Claims beside premium by year",
        currency="HKD",
    )


def towers() -> dict[str, Picture]:
    """The tower in each of its states, by name."""
    whole = (
        Share("Insurer A", Decimal("0.5"), is_lead=True),
        Share("Insurer B", Decimal("0.3")),
        Share("Insurer C", Decimal("0.2")),
    )
    excess = Layer(
        "50m xs 50m",
        Decimal("50.5e6"),
        Decimal("50e6"),
        (Share("Insurer A", Decimal("0.6"), is_lead=True), Share("Insurer D", Decimal("0.25"))),
    )
    cases = {
        "short": Tower(
            "HKD",
            (
                Layer(
                    "Primary 50m",
                    Decimal("0"),
                    Decimal("50e6"),
                    whole,
                    Decimal("500000"),
                    policy="PAR 2026/118",
                    url="#towers",
                ),
                Layer(
                    "50m xs 50m",
                    Decimal("50.5e6"),
                    Decimal("50e6"),
                    excess.shares,
                    policy="PAR 2026/119",
                    url="#towers",
                ),
                Layer(
                    "20m xs 100m",
                    Decimal("100.5e6"),
                    Decimal("20e6"),
                    (Share("Insurer E", Decimal(1), is_lead=True),),
                    policy="PAR 2026/120",
                ),
            ),
            Decimal("168.5e6"),
        ),
        "gap": Tower(
            "HKD",
            (
                Layer("10m", Decimal(0), Decimal("10e6"), whole, Decimal("100000")),
                Layer(
                    "20m xs 15m",
                    Decimal("15e6"),
                    Decimal("20e6"),
                    (Share("Insurer A", Decimal("0.4")), Share("Insurer B", Decimal("0.7"))),
                ),
            ),
            Decimal("30e6"),
        ),
        "thin": Tower(
            "USD",
            (
                Layer("1m", Decimal(0), Decimal("1e6"), whole, Decimal("25000")),
                Layer(
                    "4m xs 1m",
                    Decimal("1.025e6"),
                    Decimal("4e6"),
                    (Share(LONG_NAME, Decimal("0.92")), Share("Insurer B", Decimal("0.08"))),
                ),
                Layer(
                    "145m xs 5m",
                    Decimal("5.025e6"),
                    Decimal("145e6"),
                    (
                        Share(LONG_NAME, Decimal("0.35"), is_lead=True),
                        Share("Harbour Mutual Marine & General", Decimal("0.35")),
                        Share("中國太平保險", Decimal("0.25")),
                        Share("Insurer F", Decimal("0.05")),
                    ),
                ),
            ),
        ),
        "overlapping": Tower(
            "HKD",
            (
                Layer("Policy A 50m", Decimal(0), Decimal("50e6"), whole, Decimal("100000")),
                Layer(
                    "Policy B 30m", Decimal(0), Decimal("30e6"), (Share("Insurer D", Decimal(1)),), Decimal("250000")
                ),
                Layer("Policy C 60m xs 20m", Decimal("20e6"), Decimal("60e6"), is_marked=True),
                Layer("40m xs 80m", Decimal("80e6"), Decimal("40e6"), (Share("Insurer E", Decimal("0.85")),)),
            ),
            Decimal("90e6"),
        ),
        "unlimited": Tower(
            "HKD",
            (
                Layer("100m", Decimal(0), Decimal("100e6"), (Share("Insurer A", Decimal(1)),)),
                Layer(
                    "Unlimited xs 100m",
                    Decimal("100e6"),
                    None,
                    (Share("Insurer B", Decimal("0.7")), Share("Insurer C", Decimal("0.3"))),
                ),
            ),
        ),
        "kept": Tower(
            "HKD",
            (
                Layer(
                    "Primary 48m",
                    Decimal("12e6"),
                    Decimal("48e6"),
                    (Share("Insurer A", Decimal("0.8"), is_lead=True), Share("average", Decimal("0.2"), is_borne=True)),
                ),
            ),
            Decimal("80e6"),
            kept=Decimal("12e6"),
            loss_label="this loss",
        ),
        "no_cover": Tower("HKD", (), Decimal("42e6")),
        "empty": Tower("HKD"),
    }
    return {name: picture(tower, key=f"tower-{name}") for name, tower in cases.items()}


def _periods(day: datetime.date) -> period_line.Picture:
    def period(number: str, months: int, kind: str, *, cancelled_in: int | None = None) -> period_line.Period:
        first = add_months(day, months)
        cancelled_from = None if cancelled_in is None else add_months(day, cancelled_in)
        return period_line.Period(number, first, add_months(first, 12), kind, cancelled_from)

    lanes = [
        period_line.Lane("Cyber", (period("CYB 2026/3", -5, "now", cancelled_in=1),)),
        period_line.Lane("Property all risks", (period("PAR 2026/11", -8, "now"), period("PAR 2027/11", 4, "next"))),
        period_line.Lane("Public liability", (period("PLI 2025/4", -12, "over"),)),
        period_line.Lane("Marine cargo", (period_line.Period("MOC 2025/9", add_months(day, -9), None, "now"),)),
    ]
    return period_line.picture(lanes, on=day, day_label="today")


def _renewals() -> bars.Bars:
    counts = [("Dec", 9, "bad"), ("Jan", 13, "warn"), ("Feb", 5, ""), ("Mar", 8, ""), ("Apr", 14, ""), ("May", 0, "")]
    return bars.draw(
        [bars.Bar(month, count, "#charts", tone) for month, count, tone in counts], label="Renewals by month"
    )
