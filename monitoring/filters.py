"""What the list of decisions can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Portfolio, User
from common.dates import today
from monitoring.models import Decision, DecisionKind
from monitoring.selectors.decisions import DecisionState, in_state


class DecisionFilter(django_filters.FilterSet):
    """Over rows of `decision_rows`. Without a state: those in force or awaiting approval."""

    q = django_filters.CharFilter(method="match", label=_("Search"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=DecisionState.choices)
    kind = django_filters.ChoiceFilter(
        label=_("Decision"), choices=DecisionKind.choices, empty_label=_("All kinds of decisions")
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
        model = Decision
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Decision]) -> QuerySet[Decision]:
        return self.any_state().filter(in_state(self.form.cleaned_data.get("state", ""), on=today()))

    def any_state(self) -> QuerySet[Decision]:
        """What the other filters leave, whatever its state: what the chips count."""
        self.form.is_valid()
        rows = self.queryset.all()
        for name, value in self.form.cleaned_data.items():
            if name != "state":
                rows = self.filters[name].filter(rows, value)
        return rows

    def match(self, rows: QuerySet[Any], name: str, words: str) -> QuerySet[Any]:
        words = words.strip()
        if not words:
            return rows
        return rows.filter(
            Q(customer__name__icontains=words)
            | Q(customer__name_local__icontains=words)
            | Q(reason__icontains=words)
            | Q(recommended__icontains=words)
        )
