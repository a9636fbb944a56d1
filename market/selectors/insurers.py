"""Insurers as people look for them."""

from typing import Any

from django.db.models import F, Q, QuerySet
from django_countries import countries

from accounts.models import AuditEntry
from market.models import Authorisation, Insurer, InsurerContact, InsurerRating


def countries_present() -> list[tuple[str, str]]:
    """Pairs of code and name of the countries that insurers are in, by name."""
    codes = Insurer.objects.order_by().values_list("country", flat=True).distinct()
    return sorted(((str(code), countries.name(code)) for code in codes), key=lambda pair: pair[1])


def siblings(insurer: Insurer) -> QuerySet[Insurer]:
    """The other insurers of the same group."""
    if insurer.group_id is None:
        return Insurer.objects.none()
    return Insurer.objects.filter(group=insurer.group_id).exclude(pk=insurer.pk).order_by("name", "pk")


def contacts_of(insurer: Insurer) -> QuerySet[InsurerContact]:
    """The people at an insurer, those who left last."""
    rows = InsurerContact.objects.filter(insurer=insurer).select_related("class_of_business")
    return rows.order_by(F("left_on").desc(nulls_first=True), "name", "pk")


def entries_of_insurer(insurer: Insurer) -> QuerySet[AuditEntry]:
    """What was done with an insurer, its ratings, authorisations and contacts, newest first."""
    about = Q(object_type=Insurer._meta.label_lower, object_id=insurer.pk)
    kept_of: list[Any] = [InsurerRating, Authorisation, InsurerContact]
    for model in kept_of:
        # The history knows the rows that are no longer there.
        rows = model.pgh_event_model.objects.filter(insurer_id=insurer.pk).values("pgh_obj_id")
        about |= Q(object_type=model._meta.label_lower, object_id__in=rows)
    return AuditEntry.objects.filter(about).order_by("-at", "-id")
