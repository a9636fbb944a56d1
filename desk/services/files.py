"""The kinds of file that can be brought in by `import_file`, each with what reads it."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from common.sheets import read_sheet
from market.services import series_imports
from profiles.models import Customer
from programmes.services import claim_imports
from risk.services import statements


@dataclass(frozen=True)
class Options:
    """Who brings the file in, on which day, and for which customer where the kind is about one."""

    by: User
    on: datetime.date
    customer: Customer | None = None


Reader = Callable[[IO[bytes], Options], dict[str, int]]
"""Takes a file in, all or nothing, and returns what it did as counts by words.

Raises UnreadableFile or RefusedRows (common/files.py), ValidationError or PermissionDenied; and then changes nothing.
"""


def values(file: IO[bytes], options: Options) -> dict[str, int]:
    """A statement of values of one customer, XLSX or CSV, as the values page writes it."""
    if options.customer is None:
        raise ValidationError(_("Say whose values they are, with --customer."))
    done = statements.take_file(customer=options.customer, table=read_sheet(file), by=options.by, on=options.on)
    return {
        "locations added": len(done.new_places),
        "values added": done.counts["added"],
        "values given anew": done.counts["moved"],
        "values corrected": done.counts["corrected"],
        "exposures ended": done.counts["ended"],
        "exposures described otherwise": done.counts["described"],
        "left as they are": done.unchanged,
    }


def series(kind: str) -> Reader:
    """What reads a file of dated figures."""

    def read(file: IO[bytes], options: Options) -> dict[str, int]:
        name = Path(str(getattr(file, "name", ""))).name
        return series_imports.load(kind=kind, file=file, by=options.by, on=options.on, name=name).counts

    return read


def claims(file: IO[bytes], options: Options) -> dict[str, int]:
    """Takes a file of claims in; it names the customers itself."""
    return claim_imports.load_file(file, by=options.by, on=options.on).counts


KINDS: dict[str, Reader] = {
    "values": values,
    "claims": claims,
    **{kind: series(kind) for kind in series_imports.KINDS},
}
"""Each kind of file by the name that the command knows it by."""
