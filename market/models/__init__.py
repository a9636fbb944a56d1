from market.models.authorisations import Authorisation
from market.models.classes import ClassMode, ClassOfBusiness
from market.models.indices import ValueIndex, ValueIndexFigure
from market.models.insurer_contacts import InsurerContact
from market.models.insurers import Insurer, InsurerGroup
from market.models.rates import ExchangeRate
from market.models.ratings import InsurerRating, Outlook, RatingAgency, RatingGrade

__all__ = [
    "Authorisation",
    "ClassMode",
    "ClassOfBusiness",
    "ExchangeRate",
    "Insurer",
    "InsurerContact",
    "InsurerGroup",
    "InsurerRating",
    "Outlook",
    "RatingAgency",
    "RatingGrade",
    "ValueIndex",
    "ValueIndexFigure",
]
