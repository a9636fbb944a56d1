"""Offices, teams and the people (and systems) that work in them."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from common.history import tracked, tracked_without
from common.models import Record
from common.money import CurrencyField

if TYPE_CHECKING:
    from accounts.permissions import Reach


class Role(models.TextChoices):
    ACCOUNT_MANAGER = "ACCOUNT_MANAGER", _("Account manager")
    ASSISTANT = "ASSISTANT", _("Assistant")
    SUPERVISOR = "SUPERVISOR", _("Supervisor")
    COMPLIANCE_OFFICER = "COMPLIANCE_OFFICER", _("Compliance officer")
    ADMINISTRATOR = "ADMINISTRATOR", _("Administrator")


class UserKind(models.TextChoices):
    PERSON = "PERSON", _("Person")
    SERVICE = "SERVICE", _("System that uses the API")
    SYSTEM = "SYSTEM", _("The product itself, at night")


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    TRADITIONAL_CHINESE = "zh-hant", "繁體中文"


class Theme(models.TextChoices):
    SYSTEM = "", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


@tracked
class Office(Record):
    """A place of business of the brokerage."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    name_local = models.CharField(_("name in Chinese"), max_length=80, blank=True)
    address = models.TextField(_("address"), blank=True)
    phone = PhoneNumberField(_("telephone"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Hong_Kong")
    currency = CurrencyField(default="HKD")

    class Meta:
        verbose_name, verbose_name_plural = _("office"), _("offices")

    def __str__(self) -> str:
        return self.name


@tracked
class Team(Record):
    """People of one office who look after portfolios together."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="teams", verbose_name=_("office"))
    name = models.CharField(_("name"), max_length=80)
    supervisors = models.ManyToManyField(
        "accounts.User", related_name="supervised_teams", blank=True, verbose_name=_("supervisors")
    )

    class Meta:
        verbose_name, verbose_name_plural = _("team"), _("teams")
        constraints = [models.UniqueConstraint(fields=["office", "name"], name="accounts_team_name")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with a hashed password; without one, a user who must set it by the reset letter."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def system(self) -> "User":
        """The user in whose name nightly jobs act."""
        return self.get(kind=UserKind.SYSTEM)

    def ensure_system(self) -> None:
        """Adds the user in whose name nightly jobs act, who can never sign in."""
        if not self.filter(kind=UserKind.SYSTEM).exists():
            self.create_user(email="system@localhost", name="Broker CRM", kind=UserKind.SYSTEM, is_active=False)


@tracked_without("password", "last_login")
class User(AbstractBaseUser, Record):
    """A person who signs in by e-mail, a system that uses the API, or the product itself."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_local = models.CharField(_("name in Chinese"), max_length=60, blank=True)
    phone = PhoneNumberField(_("telephone"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=UserKind, default=UserKind.PERSON)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.ACCOUNT_MANAGER)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.ENGLISH)
    theme = models.CharField(_("look"), max_length=5, choices=Theme, blank=True, default=Theme.SYSTEM)
    is_active = models.BooleanField(_("may sign in"), default=True)

    objects: UserManager = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name, verbose_name_plural = _("user"), _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email"),
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(kind="SYSTEM"), name="accounts_user_one_system"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    @cached_property
    def reach(self) -> "Reach":
        """The portfolios this user may see and change, worked out once for each loaded user, so once a request."""
        from accounts.permissions import reach_of

        return reach_of(self)
