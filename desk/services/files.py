"""The kinds of file that can be brought in by `import_file`, each with what reads it."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from accounts.models import User
from market.services import series_imports
from profiles.models import Customer


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


def series(kind: str) -> Reader:
    """What reads a file of dated figures."""

    def read(file: IO[bytes], options: Options) -> dict[str, int]:
        name = Path(str(getattr(file, "name", ""))).name
        return series_imports.load(kind=kind, file=file, by=options.by, on=options.on, name=name).counts

    return read


KINDS: dict[str, Reader] = {kind: series(kind) for kind in series_imports.KINDS}
"""Each kind of file by the name that the command knows it by."""
