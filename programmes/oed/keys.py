"""The keys by which things of an OED file are known to us: (source, external id)."""

import datetime
from typing import NamedTuple


class AccountKey(NamedTuple):
    """An account of a file: the standard counts accounts within a portfolio number."""

    port: str
    account: str


def joined(*parts: str) -> str:
    """Numbers of a file as one external id, such as "1/A11111/Layer1". A stroke inside a number stays told apart."""
    return "/".join(part.replace("%", "%25").replace("/", "%2F").replace("@", "%40") for part in parts)


def of_period(key: str, inception: datetime.date) -> str:
    """The key of a policy whose number an earlier period bears already."""
    return f"{key}@{inception:%Y-%m-%d}"


def without_period(key: str) -> str:
    """The key that all periods of a policy share."""
    return key.partition("@")[0]
