"""Names of customers, insurers and countries in the language of a schedule."""

from django.utils.translation import get_language
from django_countries import countries

from market.models import Insurer
from profiles.models import Customer


def is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def names_of(customer: Customer) -> str:
    """Both legal names, the one in the language of the schedule first."""
    return both_names(customer.name, customer.name_local)


def both_names(name: str, name_local: str) -> str:
    names = [name_local, name] if is_chinese() else [name, name_local]
    return " ".join(each for each in names if each)


def insurer_name(insurer: Insurer) -> str:
    return insurer.name_local if is_chinese() and insurer.name_local else insurer.name


def countries_in_words(codes: list[str]) -> str:
    return ", ".join(str(countries.name(code)) or code for code in codes)
