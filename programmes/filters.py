"""What a list of policies can be narrowed by. The same words in the page's address and, later, in the API."""

import datetime
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from common.dates import today
from common.money import currency_choices
from market.models import ClassOfBusiness, Insurer
from programmes.models import Policy, PolicyState
from programmes.selectors.policies import carried_by


class PolicyFilter(django_filters.FilterSet):
    """Over rows of `policy_rows`. `class` takes the code of a class; days are inclusive."""

    q = django_filters.CharFilter(method="match", label=_("Search"))
    state = django_filters.ChoiceFilter(field_name="state_on", label=_("State"), choices=PolicyState.choices)
    currency = django_filters.ChoiceFilter(
        label=_("Currency"), choices=currency_choices, empty_label=_("All currencies")
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
