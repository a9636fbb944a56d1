"""What was done, by whom and when, and which customers must be looked at again because of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from common.ids import UUIDv7, uuid7


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def of_customer(self, customer_id: object) -> "AuditEntryQuerySet":
        return self.filter(customer_id=customer_id).order_by("-at", "-id")

    def of_object(self, instance: models.Model) -> "AuditEntryQuerySet":
        return self.filter(object_type=instance._meta.label_lower, object_id=instance.pk).order_by("-at", "-id")


class AuditEntry(models.Model):
    """One thing somebody did. Rows are added by the database function `audit_record` only, and never change.

    No foreign keys: the record must outlive what it names. `before` and `after` hold the changed fields alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=UUIDv7(), editable=False)
    at = models.DateTimeField(_("when"), db_default=models.functions.Now())
    actor_id = models.UUIDField(_("who"))
    actor_name = models.CharField(_("who"), max_length=120)
    action = models.CharField(_("what"), max_length=60)
    customer_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=60)
    object_id = models.UUIDField()
    object_label = models.CharField(max_length=300)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    note = models.TextField(blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("record entry"), _("record")
        indexes = [
            models.Index(fields=["customer_id", "-at"], name="accounts_audit_customer"),
            models.Index(fields=["object_type", "object_id", "-at"], name="accounts_audit_object"),
            models.Index(fields=["actor_id", "-at"], name="accounts_audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.object_label}"


class CustomerCheck(models.Model):
    """A customer whose monitors must run again because something of it changed. Taken away by the runner."""

    customer_id = models.UUIDField(primary_key=True)
    asked_at = models.DateTimeField(db_default=models.functions.Now())
    asked_by = models.ForeignKey(User, models.CASCADE, related_name="+")

    class Meta:
        verbose_name, verbose_name_plural = _("customer to check"), _("customers to check")
        indexes = [models.Index(fields=["asked_at"], name="accounts_check_asked")]

    def __str__(self) -> str:
        return str(self.customer_id)
