"""Giving files to import, and the choices of the dry run."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Portfolio, User
from common.files import UnreadableFile
from market.models import ClassOfBusiness
from profiles.models import ImportRun
from programmes.oed.plan import Choices, ShareMeaning

MOST_BYTES = 24 * 1024 * 1024
MOST_NAMES = 50
"""New customers whose names the page offers to change; in a larger file the others keep the file's."""

FIELD_OF_FILE = {"LOCATIONS": "locations", "ACCOUNTS": "accounts"}


class UploadForm(forms.Form):
    """The files, where they come from, and who looks after the customers they bring."""

    source = forms.CharField(
        label=_("Where the files come from"),
        max_length=40,
        help_text=_("A short name, the same each time: with it a later file finds what an earlier one brought."),
    )
    portfolio = forms.ModelChoiceField(
        queryset=Portfolio.objects.none(), label=_("Portfolio of new customers"), empty_label=None
    )
    locations = forms.FileField(label=_("Locations file"), required=False, help_text=_("Premises and their values."))
    accounts = forms.FileField(label=_("Accounts file"), required=False, help_text=_("Policies and their layers."))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["portfolio"].queryset = Portfolio.objects.editable_by(user).order_by("name")  # type: ignore[attr-defined]
        for name in ("locations", "accounts"):
            self.fields[name].widget.attrs["accept"] = ".csv,.txt,text/csv"

    def clean_source(self) -> str:
        source = " ".join(self.cleaned_data["source"].split())
        if not source:
            raise ValidationError(_t("Give a name."))
        return source

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for name in ("locations", "accounts"):
            if given.get(name) and given[name].size > MOST_BYTES:
                self.add_error(
                    name,
                    _t("The file is larger than %(size)d MB: use the command import_oed for it.")
                    % {"size": MOST_BYTES // 1024 // 1024},
                )
        if (
            not given.get("locations")
            and not given.get("accounts")
            and not self.errors.keys() & {"locations", "accounts"}
        ):
            self.add_error("locations", _t("Give a locations file, an accounts file, or both."))
        return given

    def refuse(self, error: UnreadableFile) -> None:
        """Puts what is wrong with a file beside it."""
        self.add_error(FIELD_OF_FILE.get(error.place), str(error))


class ChoicesForm(forms.Form):
    """What a run's dry run rests on. Classes and names have a field for each that the file brings."""

    customer_field = forms.ChoiceField(
        label=_("What tells customers apart"),
        choices=[
            ("AccNumber", _("Account number (AccNumber)")),
            ("InsuredName", _("Insured (InsuredName)")),
            ("AccName", _("Account name (AccName)")),
            ("PortNumber", _("Portfolio number (PortNumber)")),
        ],
    )
    share = forms.ChoiceField(
        label=_("What LayerParticipation says"),
        choices=ShareMeaning.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    leaves_out_bad_rows = forms.BooleanField(
        label=_("Load the good rows and leave the refused ones out"), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, run: ImportRun) -> None:
        self.choices = Choices.from_json(run.options)
        super().__init__(
            data,
            initial={
                "customer_field": self.choices.customer_field,
                "share": self.choices.share,
                "leaves_out_bad_rows": self.choices.leaves_out_bad_rows,
                "version": run.version,
            },
        )
        self.use_required_attribute = False
        self.asks_share = run.counts["asks_share"]
        self.fields["share"].required = self.asks_share
        if self.asks_share:
            self.fields["share"].help_text = _t("It is %(share)s in this file, which could mean either.") % {
                "share": run.counts["share_example"]
            }
        self.lobs = {f"class-{number}": row for number, row in enumerate(run.counts["classes"])}
        self.names = {f"name-{number}": row for number, row in enumerate(new_customers(run)[:MOST_NAMES])}
        self._add_classes()
        self._add_names()
        if not self.asks_share and not self.choices.share:
            del self.fields["share"]
        if not run.problems:
            del self.fields["leaves_out_bad_rows"]

    def _add_classes(self) -> None:
        classes = (
            [(row.code, str(row)) for row in ClassOfBusiness.objects.order_by("rank", "code")] if self.lobs else []
        )
        for name, row in self.lobs.items():
            self.fields[name] = forms.ChoiceField(
                label=_t("Line of business “%(lob)s”") % {"lob": row["lob"]}
                if row["lob"]
                else _t("Policies without a line of business"),
                choices=classes,
                initial=row["code"],
            )

    def _add_names(self) -> None:
        for name, row in self.names.items():
            self.fields[name] = forms.CharField(label=row["external_id"], max_length=200, initial=row["name"])

    @property
    def class_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.lobs]

    @property
    def name_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.names]

    def chosen(self) -> Choices:
        """The choices of a valid form. A class or name left as the file has it is no choice."""
        given = self.cleaned_data
        classes = self.choices.classes | {
            row["lob"]: given[name] for name, row in self.lobs.items() if given[name] != row["code"]
        }
        names = self.choices.names | {
            row["external_id"]: given[name] for name, row in self.names.items() if given[name] != row["name"]
        }
        return Choices(
            source=self.choices.source,
            customer_field=given["customer_field"],
            share=given.get("share", ""),
            classes=classes,
            names=names,
            leaves_out_bad_rows=bool(given.get("leaves_out_bad_rows")),
        )


def new_customers(run: ImportRun) -> list[dict[str, Any]]:
    """The customers that a run would add, as its dry run has them."""
    return [row for row in run.counts["customers"] if row["is_new"]]


def names_are_cut(run: ImportRun) -> bool:
    return len(new_customers(run)) > MOST_NAMES
