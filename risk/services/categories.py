"""The tree of risk categories that ships with the product."""

from pathlib import Path

from common.reference import rows_of
from market.models import ClassOfBusiness
from risk.models import RiskCategory

SHIPPED = Path(__file__).parent.parent / "data" / "categories.csv"


def add_missing() -> int:
    """Adds the categories that ship and are not there yet, with their classes. Returns how many ship."""
    rows = list(rows_of(SHIPPED))
    known = {category.code: category for category in RiskCategory.objects.all()}
    paths: dict[str, list[str]] = {}
    added: list[RiskCategory] = []
    for rank, row in enumerate(rows, start=1):
        code, parent = row["code"], row["parent"]
        paths[code] = [*(paths[parent] if parent else []), code]
        if code not in known:
            known[code] = RiskCategory(
                code=code,
                name=row["name"],
                name_zh=row["name_zh"],
                parent=known[parent] if parent else None,
                path=paths[code],
                perils=row["perils"],
                oed_codes=row["oed_codes"].split(),
                rank=rank,
            )
            added.append(known[code])
    RiskCategory.objects.bulk_create(added)
    classes = dict(ClassOfBusiness.objects.values_list("code", "pk"))
    links = RiskCategory.classes.through
    new = {category.code for category in added}
    links.objects.bulk_create(
        links(riskcategory_id=known[row["code"]].pk, classofbusiness_id=classes[code])
        for row in rows
        if row["code"] in new
        for code in row["classes"].split()
        if code in classes
    )
    return len(rows)
