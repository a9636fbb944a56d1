"""What a register can be narrowed by. The same words in the page's address and, later, the API."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from risk.models import Risk, RiskCategory, Treatment

UNDECIDED = "NONE"


class RegisterFilter(django_filters.FilterSet):
    """Over rows of `register_rows`. `category` takes the code of a category and finds what lies below it too."""

    q = django_filters.CharFilter(method="match", label=_("Search"))
    category = django_filters.ModelChoiceFilter(
        queryset=RiskCategory.objects.filter(parent=None).order_by("rank", "code"),
        to_field_name="code",
        method="under",
        label=_("Category"),
        empty_label=_("All categories"),
    )
    treatment = django_filters.ChoiceFilter(
        method="treated",
        label=_("Treatment"),
        choices=[*Treatment.choices, (UNDECIDED, _("No treatment yet"))],
        empty_label=_("Any treatment"),
    )

    class Meta:
        model = Risk
        fields: list[str] = []

    def match(self, rows: QuerySet[Risk], name: str, words: str) -> QuerySet[Risk]:
        words = words.replace("\0", "").strip()
        if not words:
            return rows
        return rows.filter(
            Q(name__icontains=words)
            | Q(cause__icontains=words)
            | Q(owner__icontains=words)
            | Q(category__name__icontains=words)
            | Q(category__name_zh__icontains=words)
            | Q(location__name__icontains=words)
            | Q(location__reference__icontains=words)
            | Q(location__address__icontains=words)
        )

    def under(self, rows: QuerySet[Risk], name: str, category: RiskCategory) -> QuerySet[Risk]:
        return rows.filter(category__path__contains=[category.code])

    def treated(self, rows: QuerySet[Risk], name: str, treatment: str) -> QuerySet[Risk]:
        return rows.filter(treatment="" if treatment == UNDECIDED else treatment)
