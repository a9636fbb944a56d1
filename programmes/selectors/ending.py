"""Cover that ends soon with nothing after it, section by section."""

import datetime
from typing import Any

from django.db.models import DateField, Exists, F, Max, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Least

from profiles.models import CustomerStage
from programmes.models import Terms
from programmes.selectors.renewing import days_after, is_followed, is_settled

DAYS_BEFORE_END = 60
FOREVER = datetime.date(9999, 12, 31)


def sections_ending(rows: Any, as_at: datetime.date) -> Any:
    """Of these sections, those in force as at the day whose last day of cover, `ends`, lies within 60 days.

    It is the earliest of: the policy's expiry, the day before its cancellation, the last day of the section's last
    terms. A section without any terms runs with its policy. Where the policy's renewal is settled, whatever the
    outcome, it is decided; where a bound policy follows, it is no end. Those of lost customers are left out.
    """
    versions = Terms.objects.filter(section=OuterRef("pk")).order_by()
    last_version = Subquery(
        versions.values("section").annotate(last=Max(Coalesce("last_day", Value(FOREVER)))).values("last")
    )
    return (
        rows.filter(
            Q(policy__cancelled_from=None) | Q(policy__cancelled_from__gt=as_at),
            Q(policy__expiry_date=None) | Q(policy__expiry_date__gte=as_at),
            policy__bound_on__isnull=False,
            policy__inception_date__lte=as_at,
        )
        .exclude(customer__stage=CustomerStage.LOST)
        .filter(Exists(versions.on(as_at)) | ~Exists(versions))
        .annotate(
            ends=Least(
                F("policy__expiry_date"),
                days_after("policy__cancelled_from", -1),
                last_version,
                output_field=DateField(),
            )
        )
        .filter(ends__lte=as_at + datetime.timedelta(days=DAYS_BEFORE_END))
        .filter(~is_settled(policy="policy_id"), ~is_followed(ends="ends", policy="policy"))
    )
