"""Which class of business a policy of an OED file has: by its line of business, else by the kind of file."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from common.reference import rows_of
from market.models import ClassOfBusiness
from programmes.oed import columns

SHIPPED = Path(__file__).parent.parent / "data" / "oed_classes.csv"


def kind_of_files(location_columns: Iterable[str], account_columns: Iterable[str]) -> str:
    """CARGO, CYBER, LIABILITY or PROPERTY, by the columns that only files of that kind have."""
    if columns.OF_CARGO.intersection(location_columns):
        return "CARGO"
    if columns.OF_CYBER.intersection(account_columns):
        return "CYBER"
    return "LIABILITY" if columns.OF_LIABILITY.intersection(account_columns) else "PROPERTY"


@cache
def table() -> dict[tuple[str, str], str]:
    """Codes of classes by (kind of file or "", line of business in small letters or "")."""
    return {(row["kind"], row["lob"].casefold()): row["class"] for row in rows_of(SHIPPED)}


class ClassTable:
    """The classes of the house and the table that ships, with what a person chose instead."""

    def __init__(self, kind: str, chosen: Mapping[str, str]) -> None:
        self.kind = kind
        self.chosen = chosen
        self.classes = {row.code: row for row in ClassOfBusiness.objects.all()}
        self.by_name = {row.name.casefold(): row.code for row in self.classes.values()}

    def is_chosen(self, lob: str) -> bool:
        return self.chosen.get(lob, "") in self.classes

    def of(self, lob: str) -> ClassOfBusiness:
        """The class of a line of business as the file spells it; "" where it names none."""
        if self.is_chosen(lob):
            return self.classes[self.chosen[lob]]
        word = lob.casefold()
        code = (
            table().get((self.kind, word))
            or table().get(("", word))
            or (lob.upper() if lob.upper() in self.classes else None)
            or self.by_name.get(word)
            or table()[self.kind, ""]
        )
        return self.classes[code]
