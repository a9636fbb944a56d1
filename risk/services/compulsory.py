"""What the law of a territory asks for, as it ships with the product."""

from decimal import Decimal
from pathlib import Path

from common.reference import rows_of
from market.models import ClassOfBusiness
from risk.models import CompulsoryRequirement

SHIPPED = Path(__file__).parent.parent / "data" / "compulsory.csv"


def add_missing() -> int:
    """Adds the requirements that ship and are not there yet. Returns how many ship."""
    rows = list(rows_of(SHIPPED))
    classes = dict(ClassOfBusiness.objects.values_list("code", "pk"))
    known = set(CompulsoryRequirement.objects.values_list("code", flat=True))
    CompulsoryRequirement.objects.bulk_create(
        CompulsoryRequirement(
            code=row["code"],
            territory=row["territory"],
            class_of_business_id=classes[row["class"]],
            name=row["name"],
            name_zh=row["name_zh"],
            law=row["law"],
            law_zh=row["law_zh"],
            currency=row["currency"],
            minimum=Decimal(row["minimum"]),
            counted_kind=row["counted_kind"],
            above=int(row["above"]),
        )
        for row in rows
        if row["code"] not in known and row["class"] in classes
    )
    return len(rows)
