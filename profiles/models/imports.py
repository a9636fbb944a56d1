"""An import run: the file, the choices, the counts, the problems and what became of each row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Portfolio, User
from common.models import Record


class ImportState(models.TextChoices):
    CHECKED = "CHECKED", _("Checked, not loaded yet")
    QUEUED = "QUEUED", _("Waiting to be loaded")
    RUNNING = "RUNNING", _("Being loaded")
    DONE = "DONE", _("Loaded")
    FAILED = "FAILED", _("Failed, nothing was loaded")
    CANCELLED = "CANCELLED", _("Given up")


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: User) -> "ImportRunQuerySet":
        return user.reach.limit_visible(self, "portfolio")

    def editable_by(self, user: User) -> "ImportRunQuerySet":
        return user.reach.limit_editable(self, "portfolio")


def place_of_locations(run: "ImportRun", name: str) -> str:
    """A folder of the run's own, so that a file keeps the name it was given under."""
    return f"imports/{run.pk}/locations/{name}"


def place_of_accounts(run: "ImportRun", name: str) -> str:
    """The same for the accounts."""
    return f"imports/{run.pk}/accounts/{name}"


class ImportRun(Record):
    """One file brought in. The files stay with the run, so that what was loaded can be shown later."""

    kind = models.CharField(_("kind"), max_length=20, choices=[("OED", _("Open Exposure Data"))])
    source_name = models.CharField(_("source"), max_length=40)
    portfolio = models.ForeignKey(Portfolio, models.PROTECT, related_name="import_runs", verbose_name=_("portfolio"))
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("started by"))
    locations_file = models.FileField(_("locations file"), upload_to=place_of_locations, blank=True)
    accounts_file = models.FileField(_("accounts file"), upload_to=place_of_accounts, blank=True)
    options = models.JSONField(_("choices"), default=dict)
    checked_on = models.DateField(
        _("checked on"),
        null=True,
        blank=True,
        help_text=_("The day new values count from where no policy says another."),
    )
    fingerprint = models.CharField(
        _("fingerprint of the plan"), max_length=64, blank=True, help_text=_("What is loaded is what was shown.")
    )
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.CHECKED)
    rows_total = models.PositiveIntegerField(_("rows"), default=0)
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    counts = models.JSONField(_("counts"), default=dict)
    problems = models.JSONField(_("problems"), default=list)
    not_used = models.JSONField(_("columns not used in sums"), default=list)
    error = models.TextField(_("error"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts to load"), default=0)
    began_at = models.DateTimeField(_("began"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("import"), _("imports")
        indexes = [models.Index(fields=["state", "created_at"], name="profiles_importrun_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.source_name}"


class ImportRow(models.Model):
    """What a row of the file said beyond what the product uses, word for word."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    file = models.CharField(max_length=10, choices=[("LOCATIONS", _("locations")), ("ACCOUNTS", _("accounts"))])
    number = models.PositiveIntegerField()
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.UUIDField(null=True)
    extra = models.JSONField(default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("imported row"), _("imported rows")
        constraints = [models.UniqueConstraint(fields=["run", "file", "number"], name="profiles_importrow_number")]
        indexes = [models.Index(fields=["object_id"], name="profiles_importrow_object")]

    def __str__(self) -> str:
        return f"{self.file} {self.number}"
