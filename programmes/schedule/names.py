"""Names of customers, insurers and countries in the language of a schedule."""

from django.utils.translation import get_language
from django_countries import countries

from market.models import Insurer
from profiles.models import Customer


def is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def names_of(customer: Customer) -> str:
    """Both legal names, the one in the language of the schedule first."""
    names = [customer.name_local, customer.name] if is_chinese() else [customer.name, customer.name_local]
    return " ".join(name for name in names if name)


def insurer_name(insurer: Insurer) -> str:
    return insurer.name_local if is_chinese() and insurer.name_local else insurer.name


def countries_in_words(codes: list[str]) -> str:
    return ", ".join(str(countries.name(code)) or code for code in codes)
