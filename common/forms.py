"""Fields that forms of every app share."""

import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from common.exceptions import StaleVersion, WrongState
from common.models import Record

ZEROS = {"k": 3, "m": 6, "mn": 6, "b": 9, "bn": 9, "萬": 4, "億": 8}
"""What a letter after a figure stands for, in zeros."""
BRIEF = re.compile(r"([+-]?[\d,.]*\d\.?)(k|mn?|bn?|萬|億)", re.IGNORECASE)
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


class AmountField(forms.DecimalField):
    """A figure as people write it: 1,250,000.50, also with spaces between thousands or in full-width digits.

    A comma that is not between thousands is refused, since "1,25" would be read as 125 here and as 1¼ elsewhere.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = "".join(unicodedata.normalize("NFKC", value).split())
            if "," in value:
                if not GROUPED.fullmatch(value):
                    raise ValidationError(_("Write thousands as 1,250,000 and decimals after a point."), code="invalid")
                value = value.replace(",", "")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        plain = format(value, "f")
        if "." in plain:
            plain = plain.rstrip("0").rstrip(".")
        return plain if isinstance(self.widget, forms.NumberInput) else f"{Decimal(plain):,f}"

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.to_python(initial) if isinstance(initial, str) else initial, data)

    def to_figure(self, value: Any) -> Decimal | None:
        """The figure as typed, without asking whether the field would take it. None where it is none."""
        try:
            return self.to_python(value)
        except ValidationError:
            return None


class BriefAmountField(AmountField):
    """An amount that may also be written as people say it: 50m, 1.5bn, 500k, 5e7, 3億. It is echoed in full."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            plain = "".join(unicodedata.normalize("NFKC", value).split())
            brief = BRIEF.fullmatch(plain)
            if brief is not None:
                figure = super().to_python(brief[1])
                return None if figure is None else figure.scaleb(ZEROS[brief[2].lower()])
        return super().to_python(value)


class WebAddressField(forms.URLField):
    """An address on the web; https is meant where no scheme is typed. For a form's `field_classes`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https", **kwargs})


class ActForm(forms.Form):
    """Carries the version of the row that the user saw. In a view: `if form.saves(lambda: policies.bind(...)):`."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = row.version
        self.use_required_attribute = False

    def saves(self, act: Callable[[], Any]) -> bool:
        """Validates, calls the service, and says whether it worked. If not, the form holds why."""
        if not self.is_valid():
            return False
        try:
            act()
        except StaleVersion:
            self.add_error(None, _("Somebody changed it meanwhile: look at it again first."))
        except WrongState as wrong:
            self.add_error(None, str(wrong))
        except ValidationError as error:
            for name, words in error.message_dict.items():
                self.add_error(name if name in self.fields and name != NON_FIELD_ERRORS else None, list(words))
        return not self.errors
