"""What lists of the market can be narrowed by."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from market.models import Insurer, InsurerGroup
from market.models.insurers import InsurerQuerySet
from market.selectors.insurers import countries_present


class InsurerFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    group = django_filters.ModelChoiceFilter(
        queryset=InsurerGroup.objects.order_by("name"),
        empty_label=_("All groups"),
        widget=forms.Select(attrs={"aria-label": _("Group")}),
    )
    country = django_filters.ChoiceFilter(
        choices=countries_present,
        empty_label=_("All countries"),
        widget=forms.Select(attrs={"aria-label": _("Country")}),
    )
    is_active = django_filters.BooleanFilter(
        widget=forms.Select(
            choices=[("", _("All insurers")), ("true", _("We place with it")), ("false", _("We do not place with it"))],
            attrs={"aria-label": _("State")},
        ),
    )

    class Meta:
        model = Insurer
        fields = ["q", "group", "country", "is_active"]

    def search(self, rows: InsurerQuerySet, _name: str, words: str) -> Any:
        return rows.matching(words)
