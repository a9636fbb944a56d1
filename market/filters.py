"""What lists of the market can be narrowed by."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates import today
from market.models import ClassOfBusiness, Insurer, InsurerGroup, ValueIndex
from market.models.insurers import InsurerQuerySet
from market.selectors import index_series
from market.selectors.authorisations import has_authorisation, territories_present
from market.selectors.insurers import countries_present
from market.selectors.ratings import SecurityNotch, floors


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

    rated = django_filters.ChoiceFilter(
        choices=floors,
        method="rated_at_least",
        empty_label=_("Any rating"),
        widget=forms.Select(attrs={"aria-label": _("Rating")}),
    )
    authorised_in = django_filters.ChoiceFilter(
        choices=territories_present,
        method="authorised",
        empty_label=_("Authorised anywhere"),
        widget=forms.Select(attrs={"aria-label": _("Authorised in")}),
    )
    authorised_for = django_filters.ModelChoiceFilter(
        queryset=ClassOfBusiness.objects.order_by("rank", "code"),
        to_field_name="code",
        method="authorised",
        empty_label=_("for any class"),
        widget=forms.Select(attrs={"aria-label": _("Authorised for")}),
    )

    class Meta:
        model = Insurer
        fields = ["q", "group", "country", "is_active"]

    def search(self, rows: InsurerQuerySet, _name: str, words: str) -> Any:
        return rows.matching(words)

    def rated_at_least(self, rows: InsurerQuerySet, _name: str, notch: str) -> Any:
        """By the worst grade of today; the unrated are not at least anything."""
        return rows.annotate(notch=SecurityNotch("pk", on=today())).filter(notch__lte=int(notch))

    def authorised(self, rows: InsurerQuerySet, _name: str, _value: Any) -> Any:
        """Territory and class are one question, so whichever of the two is given asks it whole."""
        asked = self.form.cleaned_data
        return rows.filter(
            has_authorisation(today(), territory=asked["authorised_in"], class_of_business=asked["authorised_for"])
        )


class ValueIndexFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search")
    country = django_filters.ChoiceFilter(
        choices=index_series.countries_present,
        empty_label=_("All countries"),
        widget=forms.Select(attrs={"aria-label": _("Country")}),
    )

    class Meta:
        model = ValueIndex
        fields = ["q", "country"]

    def search(self, rows: Any, _name: str, words: str) -> Any:
        return rows.filter(pk__in=index_series.matching(words))
