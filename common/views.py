"""What every view begins with: the row a user may see or change, and a page of the rows a list found."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

PAGE_ROWS = 50


def get_visible(rows: QuerySet[Any], user: Any, **lookup: Any) -> Any:
    """The row, if the user may see it. Raises Http404 otherwise, so that nothing is told of rows elsewhere."""
    return get_object_or_404(rows.visible_to(user), **lookup)  # type: ignore[attr-defined]


def get_editable(rows: QuerySet[Any], user: Any, **lookup: Any) -> Any:
    """The row, if the user may change it. Raises Http404 where it is out of sight, PermissionDenied where only seen."""
    row = rows.editable_by(user).filter(**lookup).first()  # type: ignore[attr-defined]
    if row is None:
        get_visible(rows, user, **lookup)
        raise PermissionDenied
    return row


def posted_version(request: HttpRequest) -> int:
    """The version of the row that the user was looking at when pressing a button. Raises BadRequest without one."""
    try:
        return int(request.POST["version"])
    except (KeyError, ValueError) as error:
        raise BadRequest("version") from error


def asked_words(request: HttpRequest, name: str = "q") -> str:
    """The words that `?q=` searches for. A NUL, which PostgreSQL cannot hold, is in no text and so left out."""
    return request.GET.get(name, "").replace("\0", "").strip()


def ordered(rows: QuerySet[Any], request: HttpRequest, columns: Mapping[str, Sequence[str]], default: str) -> Any:
    """The rows in the order that `?sort=` asks for ("-name" backwards); unknown words mean the default.

    `columns` gives for each word the fields to order by. The key comes last, so that pages never overlap.
    """
    asked = request.GET.get("sort", default)
    if asked.removeprefix("-") not in columns:
        asked = default
    fields = [*columns[asked.removeprefix("-")], "pk"]
    if asked.startswith("-"):
        fields = [field.removeprefix("-") if field.startswith("-") else f"-{field}" for field in fields]
    return rows.order_by(*fields)


def page_of(rows: Any, request: HttpRequest, *, size: int = PAGE_ROWS) -> Page[Any]:
    """The page that `?page=` asks for; the nearest one there is where it asks for nonsense."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
