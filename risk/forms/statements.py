"""A statement of values brought in as a file, or pasted."""

import io
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from common.files import Table, UnreadableFile, read_table
from common.sheets import read_sheet

MOST_BYTES = 24 * 1024 * 1024


class StatementForm(forms.Form):
    """A workbook or CSV file, or a table pasted from a spreadsheet with its heading."""

    file = forms.FileField(label=_("File"), required=False, help_text=_("XLSX or CSV."))
    pasted = forms.CharField(
        label=_("Or paste the table"),
        required=False,
        max_length=2_000_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "wrap": "off"}),
        help_text=_("Copied from a spreadsheet, with the row that names the columns."),
    )
    day = forms.DateField(
        label=_("Valuation date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Of values that give none of their own."),
    )
    is_verified = forms.BooleanField(
        label=_("The customer confirmed them"),
        required=False,
        help_text=_("Marks what changes as verified by you, today."),
    )
    table: Table

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.csv,.txt,text/csv"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        file, pasted = given.get("file"), given.get("pasted", "")
        if file and file.size > MOST_BYTES:
            text = _t("The file is larger than %(size)d MB: use the command import_file for it.")
            raise ValidationError({"file": text % {"size": MOST_BYTES // 1024 // 1024}})
        if bool(file) == bool(pasted.strip()):
            if not self.errors:
                self.add_error("file", _t("Give a file, or paste a table.") if not file else _t("Give one of the two."))
            return given
        try:
            self.table = read_sheet(file) if file else read_table(io.BytesIO(pasted.strip("\r\n").encode()))
        except UnreadableFile as error:
            self.refuse(error)
        return given

    @property
    def file_name(self) -> str:
        file = self.cleaned_data.get("file")
        return file.name if file else ""

    def refuse(self, error: UnreadableFile) -> None:
        """Puts what is wrong with the table beside where it was given."""
        self.add_error("file" if self.cleaned_data.get("file") else "pasted", str(error))


class SinceForm(forms.Form):
    """Two days between which values are compared; nothing or nonsense means the days given."""

    since = forms.DateField(required=False)
    on = forms.DateField(required=False)

    def days(self, since: Any, on: Any) -> tuple[Any, Any]:
        """The earlier and the later day."""
        self.is_valid()
        asked = (self.cleaned_data.get("since") or since, self.cleaned_data.get("on") or on)
        return min(asked), max(asked)
