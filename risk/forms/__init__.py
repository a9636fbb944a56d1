from risk.forms.categories import CategoryForm
from risk.forms.controls import ControlForm, FinishForm
from risk.forms.dates import AsAtForm
from risk.forms.exposures import ExposureForm, FirstValueForm, ValueForm
from risk.forms.grid import PostedGrid
from risk.forms.risks import CloseForm, ReopenForm, RiskForm, StartingForm
from risk.forms.statements import SinceForm, StatementForm

__all__ = [
    "AsAtForm",
    "CategoryForm",
    "CloseForm",
    "ControlForm",
    "ExposureForm",
    "FinishForm",
    "FirstValueForm",
    "PostedGrid",
    "ReopenForm",
    "RiskForm",
    "SinceForm",
    "StartingForm",
    "StatementForm",
    "ValueForm",
]
