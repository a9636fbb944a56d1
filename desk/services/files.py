"""The kinds of file that can be brought in by `import_file`, each with what reads it."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from accounts.models import User
from profiles.models import Customer
from programmes.services import claim_imports


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


def claims(file: IO[bytes], options: Options) -> dict[str, int]:
    """Takes a file of claims in; it names the customers itself."""
    return claim_imports.load_file(file, by=options.by, on=options.on).counts


KINDS: dict[str, Reader] = {"claims": claims}
"""Each kind of file by the name that the command knows it by."""
