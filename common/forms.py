"""Fields that forms of every app share."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext_lazy as _

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


class PercentField(AmountField):
    """A share of 1 that people enter and read as a percentage: 60, or 60%, is 0.60."""

    default_validators = [
        MinValueValidator(0, _("A share must not be negative.")),
        MaxValueValidator(100, _("A share is at most 100%%.")),
    ]

    def __init__(self, **kwargs: Any) -> None:
        # Of 100, so two decimals fewer than the share that is kept.
        super().__init__(**(kwargs | {"max_digits": None, "decimal_places": 4}))

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs know integers only
        if isinstance(value, str):
            value = value.strip().removesuffix("%")
        return super().to_python(value)

    def clean(self, value: Any) -> Decimal | None:
        percentage = super().clean(value)
        return None if percentage is None else percentage / 100

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value * 100 if isinstance(value, Decimal) else value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial * 100 if isinstance(initial, Decimal) else initial, data)


class PickField(forms.TypedChoiceField):
    """A choice among rows that were fetched once for all forms of a page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=self._row, empty_value=None, **kwargs)
        self.rows: dict[str, models.Model] = {}

    def offer(self, rows: Iterable[models.Model], *, empty: Any, group: Callable[[Any], str] | None = None) -> None:
        """Sets the rows to choose from, the words for choosing none, and under which heading a row stands."""
        self.rows = {str(row.pk): row for row in rows}
        choices: list[Any] = [("", empty)]
        headings: dict[str, list[tuple[str, str]]] = {}
        for key, row in self.rows.items():
            if group is None:
                choices.append((key, str(row)))
            else:
                headings.setdefault(group(row), []).append((key, str(row)))
        self.choices = choices + list(headings.items())

    def _row(self, key: Any) -> models.Model:
        return self.rows[str(key)]

    def __deepcopy__(self, memo: Any) -> "PickField":
        copied = super().__deepcopy__(memo)
        copied.coerce = copied._row
        return copied


class WebAddressField(forms.URLField):
    """An address on the web; https is meant where no scheme is typed. For a form's `field_classes`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https", **kwargs})


class RowForm(forms.ModelForm):
    """A row of a list on the page. One left empty says nothing and is skipped, also where it was filled before."""

    key: str
    """The field that names what the row is about."""
    twice: Any
    """What is said of a row about something that an earlier row is about: `%(row)s` is its name."""
    telling: tuple[str, ...]
    """Fields of which at least one is filled where the row says something."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"empty_permitted": True, "use_required_attribute": False}))

    def has_changed(self) -> bool:
        return any(self[name].value() not in (None, "") for name in self.telling)


class RowFormSet(BaseFormSet):
    """Rows of a list on the page, each about another thing."""

    def clean(self) -> None:
        seen: set[Any] = set()
        for form in self.kept():
            thing = form.cleaned_data.get(form.key)
            if thing is not None and thing in seen:
                form.add_error(form.key, form.twice % {"row": thing})
            seen.add(thing)

    def kept(self) -> list[Any]:
        """The rows that say something and are not to be removed."""
        return [form for form in self.forms if form.has_changed() and not form.cleaned_data.get("DELETE")]

    def rows(self) -> list[Any]:
        """The entered rows, unsaved."""
        return [form.instance for form in self.kept()]
