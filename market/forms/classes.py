"""A class of business, as entered."""

from typing import Any

from accounts.forms import RecordForm
from market.models import ClassOfBusiness


class ClassForm(RecordForm):
    """The code is given once: files and other systems know the class by it."""

    class Meta:
        model = ClassOfBusiness
        fields = ["code", "name", "name_zh", "group", "mode", "renewal_days", "rank"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["code"]
        self.fields["group"].widget.attrs["list"] = "groups"
