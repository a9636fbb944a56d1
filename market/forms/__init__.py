from market.forms.authorisations import AuthorisationForm, AuthorisationQuestionForm
from market.forms.classes import ClassForm
from market.forms.indices import ValueIndexFigureForm, ValueIndexForm
from market.forms.insurer_contacts import InsurerContactForm
from market.forms.insurers import InsurerForm, InsurerGroupForm
from market.forms.rates import RateForm
from market.forms.ratings import RatingForm, WithdrawalCorrectionForm, WithdrawalForm
from market.forms.series import SeriesFileForm

__all__ = [
    "AuthorisationForm",
    "AuthorisationQuestionForm",
    "ClassForm",
    "InsurerContactForm",
    "InsurerForm",
    "InsurerGroupForm",
    "RateForm",
    "RatingForm",
    "SeriesFileForm",
    "ValueIndexFigureForm",
    "ValueIndexForm",
    "WithdrawalCorrectionForm",
    "WithdrawalForm",
]
