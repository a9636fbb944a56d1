from risk.forms.categories import CategoryForm
from risk.forms.dates import AsAtForm
from risk.forms.exposures import ExposureForm, FirstValueForm, ValueForm

__all__ = ["AsAtForm", "CategoryForm", "ExposureForm", "FirstValueForm", "ValueForm"]
