from market.forms.classes import ClassForm
from market.forms.insurers import InsurerForm, InsurerGroupForm
from market.forms.rates import RateForm

__all__ = ["ClassForm", "InsurerForm", "InsurerGroupForm", "RateForm"]
