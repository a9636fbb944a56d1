"""Insurers as people look for them."""

from django.db.models import QuerySet
from django_countries import countries

from market.models import Insurer


def countries_present() -> list[tuple[str, str]]:
    """Pairs of code and name of the countries that insurers are in, by name."""
    codes = Insurer.objects.order_by().values_list("country", flat=True).distinct()
    return sorted(((str(code), countries.name(code)) for code in codes), key=lambda pair: pair[1])


def siblings(insurer: Insurer) -> QuerySet[Insurer]:
    """The other insurers of the same group."""
    if insurer.group_id is None:
        return Insurer.objects.none()
    return Insurer.objects.filter(group=insurer.group_id).exclude(pk=insurer.pk).order_by("name", "pk")
