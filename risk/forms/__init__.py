from risk.forms.categories import CategoryForm
from risk.forms.dates import AsAtForm
from risk.forms.exposures import ExposureForm, FirstValueForm, ValueForm
from risk.forms.grid import PostedGrid
from risk.forms.statements import SinceForm, StatementForm

__all__ = [
    "AsAtForm",
    "CategoryForm",
    "ExposureForm",
    "FirstValueForm",
    "PostedGrid",
    "SinceForm",
    "StatementForm",
    "ValueForm",
]
