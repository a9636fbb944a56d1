"""The day that an address asks for, so that cover can be read as at any day."""

import datetime

from django.utils.dateparse import parse_date

from accounts.requests import UserRequest


def asked_day(request: UserRequest, name: str) -> datetime.date | None:
    """The day in `?name=`; None where there is none, or nonsense."""
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None
