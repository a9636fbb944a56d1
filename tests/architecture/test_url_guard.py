"""No address of the product is unguarded: each names a row of somebody else's, and a stranger gets 404 for it.

A new address fails here until it stands in one of the tables below. Those without a customer's row give a reason.
"""

from collections.abc import Callable, Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import factories

# The owner's row that a stranger asks for: what its address takes.
ROWS: dict[str, Callable[[factories.People], dict]] = {
    "communications:customer-messages": lambda people: {"pk": customer(people).pk},
    "communications:plan": lambda people: {"pk": customer(people).pk},
    "communications:update-detail": lambda people: {"pk": factories.UpdateFactory(customer=customer(people)).pk},
    "communications:update-edit": lambda people: {"pk": factories.UpdateFactory(customer=customer(people)).pk},
    "communications:update-letter": lambda people: {"pk": factories.UpdateFactory(customer=customer(people)).pk},
    "communications:update-release": lambda people: {"pk": factories.UpdateFactory(customer=customer(people)).pk},
    "communications:update-discard": lambda people: {"pk": factories.UpdateFactory(customer=customer(people)).pk},
    "communications:message-detail": lambda people: {"pk": factories.MessageFactory(customer=customer(people)).pk},
    "communications:message-letter": lambda people: {"pk": factories.MessageFactory(customer=customer(people)).pk},
    "communications:message-send-again": lambda people: {"pk": factories.MessageFactory(customer=customer(people)).pk},
    "programmes:update-draft": lambda people: {"customer_pk": customer(people).pk},
    "programmes:update-refresh": lambda people: {"pk": factories.UpdateFactory(customer=customer(people)).pk},
    "desk:import": lambda people: {"pk": factories.ImportRunFactory(portfolio=people.portfolio).pk},
    "desk:import-choose": lambda people: {"pk": factories.ImportRunFactory(portfolio=people.portfolio).pk},
    "desk:import-load": lambda people: {"pk": factories.ImportRunFactory(portfolio=people.portfolio).pk},
    "desk:import-cancel": lambda people: {"pk": factories.ImportRunFactory(portfolio=people.portfolio).pk},
    "desk:import-progress": lambda people: {"pk": factories.ImportRunFactory(portfolio=people.portfolio).pk},
    "desk:import-bad-rows": lambda people: {
        "pk": factories.ImportRunFactory(portfolio=people.portfolio).pk,
        "file": "ACCOUNTS",
    },
    "profiles:customer-profile": lambda people: {"pk": customer(people).pk},
    "profiles:customer-change": lambda people: {"pk": customer(people).pk},
    "profiles:customer-reviewed": lambda people: {"pk": customer(people).pk},
    "profiles:customer-take-into-care": lambda people: {"pk": customer(people).pk},
    "profiles:customer-history": lambda people: {"pk": customer(people).pk},
    "profiles:contact-add": lambda people: {"customer_pk": customer(people).pk},
    "profiles:contact-change": lambda people: {"pk": factories.ContactFactory(customer=customer(people)).pk},
    "profiles:contact-remove": lambda people: {"pk": factories.ContactFactory(customer=customer(people)).pk},
    "profiles:locations": lambda people: {"customer_pk": customer(people).pk},
    "profiles:location-add": lambda people: {"customer_pk": customer(people).pk},
    "profiles:location-change": lambda people: {"pk": factories.LocationFactory(customer=customer(people)).pk},
}

NO_ROW = {
    "accounts:profile": "the user's own",
    "accounts:theme": "the user's own",
    "communications:updates": "a list from visible_to, tested in tests/communications",
    "common:gallery": "components with made-up rows",
    "desk:customers": "a list from visible_to, tested in tests/desk",
    "desk:find": "a search from visible_to, tested in tests/desk",
    "desk:imports": "a list from visible_to, tested in tests/desk",
    "desk:import-add": "a new row; needs a portfolio one may change, tested in tests/desk",
    "profiles:customer-add": "a new row; needs a portfolio one may change, tested in tests/profiles",
}

ALLAUTH = "account_"
"""Signing in and out and passwords: allauth's own, for people who are not signed in yet or for the user alone."""


def customer(people):
    return factories.CustomerFactory(portfolio=people.portfolio)


def named_patterns(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from named_patterns(pattern, inner)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            yield f"{space}{pattern.name}"


NAMES = sorted(name for name in named_patterns(get_resolver()) if not name.startswith(ALLAUTH))


@pytest.mark.parametrize("name", NAMES)
def test_every_address_stands_in_a_table(name):
    assert (name in ROWS) + (name in NO_ROW) == 1, f"{name}: give a row for it in ROWS, or a reason in NO_ROW"


def test_the_tables_name_no_address_that_is_gone():
    assert not (set(ROWS) | set(NO_ROW)) - set(NAMES)


@pytest.mark.parametrize("name", sorted(set(ROWS) & set(NAMES)))
def test_a_stranger_gets_404_for_the_row_of_another(client, people, name):
    url = reverse(name, kwargs=ROWS[name](people))
    client.force_login(people.stranger)
    answers = {method: getattr(client, method)(url).status_code for method in ("get", "post")}
    assert set(answers.values()) <= {404, 405}, answers
    assert 404 in answers.values()


@pytest.mark.parametrize("name", NAMES)
def test_nobody_who_is_not_signed_in_gets_an_answer(client, people, name):
    url = reverse(name, kwargs=ROWS[name](people) if name in ROWS else {})
    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 302, answer.status_code
        assert answer.url.startswith("/accounts/login/")


@pytest.mark.parametrize("name", sorted(set(NO_ROW) & set(NAMES)))
def test_an_address_without_a_row_works_for_a_stranger_or_says_no(client, people, name):
    client.force_login(people.stranger)
    assert client.get(reverse(name)).status_code in {200, 302, 403, 405}
