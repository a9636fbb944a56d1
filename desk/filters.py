"""What a list of customers can be narrowed by. The same words in the page's address and, later, in the API."""

import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.models import Portfolio, User
from desk.selectors.customers import STAGES
from profiles.models import Customer, ServiceTier


class CustomerFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="match", label=_("Search"))
    stage = django_filters.ChoiceFilter(
        method="at_stage",
        label=_("Stage"),
        choices=[
            ("CUSTOMER", _("Customers")),
            ("ONBOARDING", _("Being taken on")),
            ("PROSPECT", _("Prospects")),
            ("LOST", _("Lost")),
            ("DO_NOT_CONTACT", _("Do not contact")),
        ],
    )
    portfolio = django_filters.ModelChoiceFilter(
        queryset=lambda request: Portfolio.objects.visible_to(request.user).order_by("name"),
        label=_("Portfolio"),
        empty_label=_("All portfolios"),
    )
    tier = django_filters.ModelChoiceFilter(
        queryset=ServiceTier.objects.order_by("rank"), label=_("Service tier"), empty_label=_("All tiers")
    )

    manager = django_filters.ModelChoiceFilter(
        field_name="portfolio__manager",
        queryset=lambda request: (
            User.objects.filter(portfolios__in=Portfolio.objects.visible_to(request.user)).distinct().order_by("name")
        ),
        label=_("Account manager"),
        empty_label=_("All account managers"),
    )
    mine = django_filters.ChoiceFilter(
        method="of_mine", label=_("Whose"), choices=[("on", _("Mine alone"))], empty_label=_("All that I see")
    )

    class Meta:
        model = Customer
        fields = ["portfolio", "tier"]

    def match(self, rows, name, words):
        return rows.matching(words.strip()) if words.strip() else rows

    def at_stage(self, rows, name, stage):
        return rows.filter(STAGES[stage])

    def of_mine(self, rows, name, mine):
        return rows.editable_by(self.request.user)
