from market.models.classes import ClassMode, ClassOfBusiness
from market.models.insurers import Insurer, InsurerGroup
from market.models.rates import ExchangeRate

__all__ = ["ClassMode", "ClassOfBusiness", "ExchangeRate", "Insurer", "InsurerGroup"]
