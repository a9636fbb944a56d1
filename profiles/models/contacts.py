"""The people we speak with at a customer."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import ExternalRecord
from profiles.models.customers import Customer


class ContactQuerySet(CustomerRowsQuerySet):
    def matching(self, words: str) -> "ContactQuerySet":
        """Contacts one of whose names, or whose e-mail address, contains the words."""
        return self.filter(
            models.Q(name__icontains=words) | models.Q(name_local__icontains=words) | models.Q(email__icontains=words)
        )


@tracked
class Contact(ExternalRecord):
    """A person at a customer. The one marked for updates receives the customer's letters."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts", verbose_name=_("customer"))
    name = models.CharField(_("name"), max_length=120)
    name_local = models.CharField(_("name in Chinese"), max_length=60, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("telephone"), blank=True)
    receives_updates = models.BooleanField(_("receives updates"), default=False)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta(ExternalRecord.Meta):
        verbose_name, verbose_name_plural = _("contact"), _("contacts")
        constraints = [
            *ExternalRecord.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(receives_updates=False) | ~models.Q(email=""),
                name="profiles_contact_updates_need_email",
                violation_error_message=_("A contact who receives updates needs an e-mail address."),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "name"], name="profiles_contact_customer"),
            models.Index(Lower("email"), name="profiles_contact_email"),
        ]

    def __str__(self) -> str:
        return self.name
