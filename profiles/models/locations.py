"""The premises a customer insures."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.permissions import CustomerRowsQuerySet
from common.history import tracked
from common.models import ExternalRecord
from profiles.models.customers import Customer
from profiles.oed_codes import constructions, occupancies


class LocationQuerySet(CustomerRowsQuerySet):
    def matching(self, words: str) -> "LocationQuerySet":
        """Locations whose reference, name, address or city contains the words."""
        return self.filter(
            models.Q(reference__icontains=words)
            | models.Q(name__icontains=words)
            | models.Q(address__icontains=words)
            | models.Q(city__icontains=words)
        )


@tracked
class Location(ExternalRecord):
    """Insured premises. Codes are those of the Open Exposure Data standard."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="locations", verbose_name=_("customer"))
    reference = models.CharField(_("reference"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    city = models.CharField(_("city or district"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = CountryField(_("country"), default="HK")
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    occupancy_code = models.PositiveIntegerField(_("occupancy"), null=True, blank=True)
    construction_code = models.PositiveIntegerField(_("construction"), null=True, blank=True)
    ended_on = models.DateField(_("given up on"), null=True, blank=True)

    objects = LocationQuerySet.as_manager()

    class Meta(ExternalRecord.Meta):
        verbose_name, verbose_name_plural = _("location"), _("locations")
        constraints = [
            *ExternalRecord.Meta.constraints,
            models.UniqueConstraint(fields=["id", "customer"], name="profiles_location_of_customer"),
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(latitude__isnull=False, longitude__isnull=False),
                name="profiles_location_position_paired",
                violation_error_message=_("Give both latitude and longitude, or neither."),
            ),
        ]
        indexes = [models.Index(fields=["customer", "reference"], name="profiles_location_customer")]

    def __str__(self) -> str:
        return (
            self.name
            or ", ".join(part for part in (self.address, self.city) if part)
            or self.reference
            or str(_("Unnamed location"))
        )

    def clean(self) -> None:
        if not (self.name or self.address or self.reference):
            raise ValidationError(
                {"name": _("Give a name, an address or a reference, so that people know which one it is.")}
            )

    @property
    def occupancy(self) -> str:
        """What the premises are used for, as the standard words it; empty where not known."""
        return occupancies().get(self.occupancy_code or 0, "")

    @property
    def construction(self) -> str:
        """What the premises are built of, likewise."""
        return constructions().get(self.construction_code or 0, "")
