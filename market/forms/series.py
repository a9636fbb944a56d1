"""A file of dated figures, as given."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from market.services.series_imports import MOST_BYTES


class SeriesFileForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("CSV, as described beside."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["file"].widget.attrs["accept"] = ".csv,.txt,text/csv"

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(_t("The file is larger than %(size)d MB.") % {"size": MOST_BYTES // 1024 // 1024})
        return file
