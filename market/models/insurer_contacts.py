"""The people we speak with at an insurer."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts.permissions import ReferenceQuerySet
from common.history import tracked
from common.models import Record
from market.models.classes import ClassOfBusiness
from market.models.insurers import Insurer


@tracked
class InsurerContact(Record):
    """A person at an insurer: an underwriter of a class, a claims handler, who answers for accounts."""

    insurer = models.ForeignKey(Insurer, models.CASCADE, related_name="contacts", verbose_name=_("insurer"))
    name = models.CharField(_("name"), max_length=120)
    name_local = models.CharField(_("name in Chinese"), max_length=60, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    class_of_business = models.ForeignKey(
        ClassOfBusiness, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("class of business")
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = PhoneNumberField(_("telephone"), blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("contact at an insurer"), _("contacts at insurers")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(email="", phone=""),
                name="market_insurercontact_reachable",
                violation_error_message=_("Give an e-mail address or a telephone number."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if not self.email and not self.phone:
            raise ValidationError({"email": _("Give an e-mail address or a telephone number.")})
