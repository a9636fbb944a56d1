"""Abstract bases: the key, the times and the version every row has, and the key a row has elsewhere."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.ids import UUIDv7, uuid7


class Record(models.Model):
    """A row with a UUIDv7 key, its times, and a version that tells a second editor what changed meanwhile."""

    # Both defaults are needed: Python's for the ORM (bulk_create returns keys), the database's for SQL and COPY.
    id = models.UUIDField(primary_key=True, default=uuid7, db_default=UUIDv7(), editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_default=models.functions.Now())
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_default=models.functions.Now())
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def locked(cls, pk: Any) -> Self:
        """The row as it is now, locked until the transaction ends. Raises DoesNotExist."""
        return cls._default_manager.select_for_update(of=("self",)).get(pk=pk)


class ExternalRecord(Record):
    """A row that may have come from another system, which knows it by (source, external_id)."""

    source = models.CharField(_("source"), max_length=40, blank=True, editable=False, db_default="", default="")
    external_id = models.CharField(
        _("external id"), max_length=120, blank=True, editable=False, db_default="", default=""
    )

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(source=""),
                name="%(app_label)s_%(class)s_external",
            ),
            models.CheckConstraint(
                condition=models.Q(source="", external_id="") | (~models.Q(source="") & ~models.Q(external_id="")),
                name="%(app_label)s_%(class)s_external_paired",
            ),
        ]
