"""What a list of updates can be narrowed by."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from communications.models import Update, UpdateState
from communications.selectors.updates import in_trouble
from profiles.models import Customer

TROUBLE = "TROUBLE"


class UpdateFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="match", label=_("Search"))
    state = django_filters.ChoiceFilter(
        method="in_state",
        label=_("State"),
        choices=[
            (UpdateState.DRAFT, _("To be released")),
            (UpdateState.RELEASED, _("Released")),
            (TROUBLE, _("Not delivered for sure")),
            (UpdateState.DISCARDED, _("Discarded")),
        ],
    )

    class Meta:
        model = Update
        fields: list[str] = []

    def match(self, rows: QuerySet[Update], name: str, words: str) -> QuerySet[Update]:
        words = words.strip()
        return rows.filter(customer__in=Customer.objects.matching(words)) if words else rows

    def in_state(self, rows: QuerySet[Update], name: str, state: str) -> QuerySet[Update]:
        return in_trouble(rows) if state == TROUBLE else rows.filter(state=state)
