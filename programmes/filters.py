"""What lists of policies and renewals can be narrowed by. The same words in the page's address and, later, the API."""

import datetime
from typing import Any

import django_filters
from babel.dates import format_date
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Portfolio, User
from common.dates import add_months, today
from common.money import currency_choices
from common.templatetags.ui import locale
from market.models import ClassOfBusiness, Insurer
from profiles.models import Customer
from programmes.models import Claim, Policy, PolicyState, Renewal, RenewalPolicy, RenewalStage
from programmes.selectors import claims as claims_found
from programmes.selectors.policies import carried_by


class PolicyFilter(django_filters.FilterSet):
    """Over rows of `policy_rows`. `class` takes the code of a class; days are inclusive."""

    q = django_filters.CharFilter(method="match", label=_("Search"))
    state = django_filters.ChoiceFilter(field_name="state_on", label=_("State"), choices=PolicyState.choices)
    currency = django_filters.ChoiceFilter(
        label=_("Currency"),
        choices=lambda: [(code, code) for code, _name in currency_choices()],
        empty_label=_("All currencies"),
    )
    expires_within = django_filters.ChoiceFilter(
        method="ending_within",
        label=_("Expires"),
        choices=[("30", _("in 30 days")), ("60", _("in 60 days")), ("90", _("in 90 days")), ("120", _("in 120 days"))],
        empty_label=_("Any expiry"),
    )
    expiry_after = django_filters.DateFilter(field_name="expiry_date", lookup_expr="gte", label=_("Expires from"))
    expiry_before = django_filters.DateFilter(field_name="expiry_date", lookup_expr="lte", label=_("Expires until"))
    insurer = django_filters.ModelChoiceFilter(
        queryset=Insurer.objects.order_by("name"),
        method="with_line_of",
        label=_("Insurer"),
        empty_label=_("All insurers"),
    )

    class Meta:
        model = Policy
        fields = ["currency"]

    @classmethod
    def get_filters(cls) -> Any:
        # Added here because "class" cannot be the name of an attribute.
        by_class = django_filters.ModelChoiceFilter(
            field_name="class_of_business",
            queryset=ClassOfBusiness.objects.order_by("rank", "code"),
            to_field_name="code",
            label=_("Class"),
            empty_label=_("All classes"),
        )
        return super().get_filters() | {"class": by_class}

    @property
    def on(self) -> datetime.date:
        return today()

    def match(self, rows: QuerySet[Policy], name: str, words: str) -> QuerySet[Policy]:
        words = words.strip()
        if not words:
            return rows
        return rows.filter(
            Q(number__icontains=words)
            | Q(insured_name__icontains=words)
            | Q(customer__name__icontains=words)
            | Q(customer__name_local__icontains=words)
        )

    def ending_within(self, rows: QuerySet[Policy], name: str, days: str) -> QuerySet[Policy]:
        last = self.on + datetime.timedelta(days=int(days))
        return rows.filter(expiry_date__gte=self.on, expiry_date__lte=last)

    def with_line_of(self, rows: QuerySet[Policy], name: str, insurer: Insurer) -> QuerySet[Policy]:
        return rows.filter(carried_by(insurer, on=self.on))


def months_ahead() -> list[tuple[str, str]]:
    """This month and the twelve after it, as "2026-12" and in words."""
    first = today().replace(day=1)
    months = [add_months(first, ahead) for ahead in range(13)]
    return [(f"{month:%Y-%m}", format_date(month, "MMM y", locale=locale())) for month in months]


class RenewalFilter(django_filters.FilterSet):
    """Over rows of `renewal_rows`. Without a stage: those not settled."""

    q = django_filters.CharFilter(method="match", label=_("Search"))
    stage = django_filters.ChoiceFilter(label=_("Stage"), choices=RenewalStage.choices)
    month = django_filters.ChoiceFilter(
        method="in_month", label=_("Month of expiry"), choices=months_ahead, empty_label=_("Any month")
    )
    mine = django_filters.ChoiceFilter(
        method="of_mine", label=_("Whose"), choices=[("on", _("Mine alone"))], empty_label=_("All that I see")
    )
    manager = django_filters.ModelChoiceFilter(
        field_name="customer__portfolio__manager",
        queryset=lambda request: (
            User.objects.filter(portfolios__in=Portfolio.objects.visible_to(request.user)).distinct().order_by("name")
        ),
        label=_("Account manager"),
        empty_label=_("All account managers"),
    )

    class Meta:
        model = Renewal
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Renewal]) -> QuerySet[Renewal]:
        stage = self.form.cleaned_data["stage"]
        rows = self.any_stage()
        return rows.filter(stage=stage) if stage else rows.exclude(stage=RenewalStage.SETTLED)

    def any_stage(self) -> QuerySet[Renewal]:
        """What the other filters leave, whatever its stage: what the chips count."""
        self.form.is_valid()
        rows = self.queryset.all()
        for name, value in self.form.cleaned_data.items():
            if name != "stage":
                rows = self.filters[name].filter(rows, value)
        return rows

    def match(self, rows: QuerySet[Renewal], name: str, words: str) -> QuerySet[Renewal]:
        words = words.strip()
        if not words:
            return rows
        return rows.filter(
            Q(customer__name__icontains=words)
            | Q(customer__name_local__icontains=words)
            | Exists(RenewalPolicy.objects.filter(renewal=OuterRef("pk"), policy__number__icontains=words))
        )

    def in_month(self, rows: QuerySet[Renewal], name: str, month: str) -> QuerySet[Renewal]:
        """This month has with it what expired before and is not settled."""
        first = datetime.date.fromisoformat(f"{month}-01")
        rows = rows.filter(expiry_date__lt=add_months(first, 1))
        return rows if first == today().replace(day=1) else rows.filter(expiry_date__gte=first)

    def of_mine(self, rows: QuerySet[Renewal], name: str, mine: str) -> QuerySet[Renewal]:
        return rows.editable_by(self.request.user) if mine and self.request else rows  # type: ignore[attr-defined]


class ClaimFilter(django_filters.FilterSet):
    """Over rows of `claim_rows`. `class` takes the code of the section's class, `year` is that of the inception."""

    q = django_filters.CharFilter(method="match", label=_("Search"))
    state = django_filters.ChoiceFilter(
        method="in_state",
        label=_("State"),
        choices=[(claims_found.OPEN, _("Open")), (claims_found.CLOSED, _("Closed"))],
    )
    insurer = django_filters.ModelChoiceFilter(
        queryset=Insurer.objects.order_by("name"),
        method="with_line_of",
        label=_("Insurer"),
        empty_label=_("All insurers"),
    )
    year = django_filters.ChoiceFilter(label=_("Underwriting year"), choices=[], empty_label=_("All years"))
    currency = django_filters.CharFilter(label=_("Currency"))
    customer = django_filters.ModelChoiceFilter(
        queryset=lambda request: Customer.objects.visible_to(request.user), label=_("Customer")
    )

    class Meta:
        model = Claim
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = claims_found.underwriting_years(self.queryset)
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]

    @classmethod
    def get_filters(cls) -> Any:
        # Added here because "class" cannot be the name of an attribute.
        by_class = django_filters.ModelChoiceFilter(
            field_name="section__class_of_business",
            queryset=ClassOfBusiness.objects.order_by("rank", "code"),
            to_field_name="code",
            label=_("Class"),
            empty_label=_("All classes"),
        )
        return super().get_filters() | {"class": by_class}

    def match(self, rows: QuerySet[Any], name: str, words: str) -> QuerySet[Any]:
        words = words.strip()
        if not words:
            return rows
        return rows.filter(
            Q(reference__icontains=words)
            | Q(insurer_reference__icontains=words)
            | Q(section__policy__number__icontains=words)
            | Q(customer__name__icontains=words)
            | Q(customer__name_local__icontains=words)
        )

    def of_any_state(self) -> QuerySet[Any]:
        """What the other filters leave, open or closed: what the chips count."""
        self.form.is_valid()
        rows = self.queryset.all()
        for name, value in self.form.cleaned_data.items():
            if name != "state":
                rows = self.filters[name].filter(rows, value)
        return rows

    def in_state(self, rows: QuerySet[Any], name: str, state: str) -> QuerySet[Any]:
        return rows.filter(is_open=state == claims_found.OPEN)

    def with_line_of(self, rows: QuerySet[Any], name: str, insurer: Insurer) -> QuerySet[Any]:
        return rows.filter(claims_found.carried_by(insurer))
