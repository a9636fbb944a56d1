"""What the pages of an import show: runs, and a run's figures in words."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import PurePath
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from profiles.models import ImportRun
from programmes.oed.locations import VALUE_COLUMNS
from programmes.oed.reading import OedFile

MOST_ROWS = 100
"""Rows of a long list that the page shows; what is beyond is counted."""

THINGS: dict[str, Promise] = {
    "customers": _("Customers"),
    "locations": _("Locations"),
    "values": _("Values"),
    "policies": _("Policies"),
    "sections": _("Sections"),
}


def runs(user: User) -> QuerySet[ImportRun]:
    """The imports a user may see, newest first, without their long lists."""
    rows = with_people(ImportRun.objects.visible_to(user))
    return rows.defer("problems", "not_used", "options").order_by("-created_at", "-pk")


def with_people(rows: QuerySet[ImportRun]) -> QuerySet[ImportRun]:
    return rows.select_related("portfolio", "started_by")


@dataclass(frozen=True)
class Summary:
    """A run's figures, ready for the page."""

    run: ImportRun

    @property
    def counts(self) -> dict[str, Any]:
        return self.run.counts

    @cached_property
    def files(self) -> list[dict[str, Any]]:
        """The files given, by the names they are kept under, and how many rows each has."""
        rows = self.counts.get("rows", {})
        given = [(OedFile.LOCATIONS, self.run.locations_file), (OedFile.ACCOUNTS, self.run.accounts_file)]
        return [
            {"label": file.label, "name": PurePath(str(kept.name)).name, "rows": rows.get(file, 0)}
            for file, kept in given
            if kept
        ]

    @cached_property
    def things(self) -> list[dict[str, Any]]:
        """For each kind of thing how many are added, changed and left as they are."""
        found = self.counts.get("things", {})
        return [{"label": label, **found[name]} for name, label in THINGS.items() if name in found]

    @cached_property
    def currencies(self) -> list[str]:
        return list(self.counts.get("sums", {}))

    @cached_property
    def sums(self) -> list[dict[str, Any]]:
        """For each kind of value its sums, one for each currency, in the order of `currencies`."""
        sums = self.counts.get("sums", {})
        given = {kind for by_kind in sums.values() for kind in by_kind}
        kinds = [kind for kind in VALUE_COLUMNS.values() if kind in given]
        return [
            {
                "label": kind.label,
                "amounts": [Decimal(sums[currency].get(kind, "0")) for currency in self.currencies],
            }
            for kind in kinds
        ]

    @cached_property
    def totals(self) -> list[Decimal]:
        """The sum of all kinds, one for each currency, in the order of `currencies`."""
        sums = self.counts.get("sums", {})
        return [sum(map(Decimal, sums[currency].values()), Decimal(0)) for currency in self.currencies]

    @cached_property
    def problems(self) -> list[dict[str, Any]]:
        return [row | {"file_label": OedFile(row["file"]).label} for row in self.run.problems[:MOST_ROWS]]

    @cached_property
    def problems_beyond(self) -> int:
        return max(0, len(self.run.problems) - MOST_ROWS)

    @cached_property
    def refused(self) -> list[dict[str, Any]]:
        """For each file with refused rows how many there are."""
        refused = Counter(self.counts.get("refused", {}))
        return [{"file": file, "label": OedFile(file).label, "rows": rows} for file, rows in sorted(refused.items())]

    @cached_property
    def missing(self) -> list[dict[str, str]]:
        return self.counts.get("missing", [])[:MOST_ROWS]

    @cached_property
    def missing_beyond(self) -> int:
        return max(0, len(self.counts.get("missing", [])) - MOST_ROWS)

    @cached_property
    def not_used(self) -> list[dict[str, Any]]:
        """Columns that no sum uses and that would change the cover."""
        return [row | {"file_label": OedFile(row["file"]).label} for row in self.run.not_used if row["changes_cover"]]

    @cached_property
    def only_kept(self) -> list[str]:
        """The other columns that no sum uses."""
        return list(dict.fromkeys(row["column"] for row in self.run.not_used if not row["changes_cover"]))

    @property
    def customers_beyond(self) -> int:
        return max(0, len(self.counts.get("customers", [])) - MOST_ROWS)
