"""No address of the product is unguarded: each names a row of somebody else's, and a stranger gets 404 for it.

A new address fails here until it stands in one of the tables below. Those without a customer's row give a reason.
"""

from collections.abc import Callable, Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from common.ids import uuid7
from market.models import ClassOfBusiness
from risk.models import RiskCategory
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
    "programmes:cover": lambda people: {"customer_pk": customer(people).pk},
    "programmes:programme": lambda people: {"customer_pk": customer(people).pk},
    "programmes:schedule": lambda people: {"customer_pk": customer(people).pk},
    "programmes:policy-add": lambda people: {"customer_pk": customer(people).pk},
    "programmes:policy": lambda people: {"pk": policy(people).pk},
    "programmes:policy-history": lambda people: {"pk": policy(people).pk},
    "programmes:policy-change": lambda people: {"pk": policy(people).pk},
    "programmes:policy-bind": lambda people: {"pk": policy(people).pk},
    "programmes:policy-cancel": lambda people: {"pk": policy(people).pk},
    "programmes:policy-reinstate": lambda people: {"pk": policy(people).pk},
    "programmes:policy-review": lambda people: {"pk": policy(people).pk},
    "programmes:policy-under": lambda people: {"pk": policy(people).pk},
    "programmes:insureds": lambda people: {"pk": policy(people).pk},
    "programmes:insured-remove": lambda people: {"pk": factories.PolicyInsuredFactory(policy=policy(people)).pk},
    "programmes:premium": lambda people: {"pk": policy(people).pk},
    "programmes:charge": lambda people: {"pk": policy(people).pk},
    "programmes:split": lambda people: {"pk": policy(people).pk},
    "programmes:conditions": lambda people: {"pk": policy(people).pk},
    "programmes:condition-add": lambda people: {"pk": policy(people).pk},
    "programmes:declaration-add": lambda people: {"pk": policy(people).pk},
    "programmes:part-change": lambda people: {"pk": factories.PremiumPartFactory(policy=policy(people)).pk},
    "programmes:part-remove": lambda people: {"pk": factories.PremiumPartFactory(policy=policy(people)).pk},
    "programmes:instalment-change": lambda people: {"pk": factories.InstalmentFactory(policy=policy(people)).pk},
    "programmes:instalment-pay": lambda people: {"pk": factories.InstalmentFactory(policy=policy(people)).pk},
    "programmes:condition-change": lambda people: {"pk": factories.PolicyConditionFactory(policy=policy(people)).pk},
    "programmes:condition-settle": lambda people: {"pk": factories.PolicyConditionFactory(policy=policy(people)).pk},
    "programmes:declaration-change": lambda people: {"pk": factories.DeclarationFactory(policy=policy(people)).pk},
    "programmes:declare": lambda people: {"pk": factories.DeclarationFactory(policy=policy(people)).pk},
    "programmes:adjust": lambda people: {"pk": factories.DeclarationFactory(policy=policy(people)).pk},
    "programmes:section-end": lambda people: {"pk": factories.SectionFactory(policy=policy(people)).pk},
    "programmes:section-resume": lambda people: {"pk": factories.SectionFactory(policy=policy(people)).pk},
    "programmes:tower": lambda people: {"pk": policy(people).pk},
    "programmes:tower-preview": lambda people: {"pk": policy(people).pk},
    "programmes:adequacy": lambda people: {"customer_pk": customer(people).pk},
    "programmes:adequacy-summary": lambda people: {"customer_pk": customer(people).pk},
    "programmes:risk-cover": lambda people: {"pk": risk(people).pk},
    "programmes:loss-walk": lambda people: {"pk": risk(people).pk},
    "programmes:sign-down": lambda people: {"pk": factories.TermsFactory(section__policy=policy(people)).pk},
    "programmes:section-add": lambda people: {"pk": policy(people).pk},
    "programmes:section-change": lambda people: {"pk": factories.SectionFactory(policy=policy(people)).pk},
    "programmes:endorse": lambda people: {"pk": factories.SectionFactory(policy=policy(people)).pk},
    "programmes:correct": lambda people: {"pk": factories.TermsFactory(section__policy=policy(people)).pk},
    "programmes:withdraw": lambda people: {"pk": factories.TermsFactory(section__policy=policy(people)).pk},
    "programmes:update-draft": lambda people: {"customer_pk": customer(people).pk},
    "programmes:update-refresh": lambda people: {"pk": factories.UpdateFactory(customer=customer(people)).pk},
    "programmes:customer-claims": lambda people: {"customer_pk": customer(people).pk},
    "programmes:customer-experience": lambda people: {"customer_pk": customer(people).pk},
    "programmes:claim-add": lambda people: {"customer_pk": customer(people).pk},
    "programmes:claim": lambda people: {"pk": claim(people).pk},
    "programmes:claim-change": lambda people: {"pk": claim(people).pk},
    "programmes:claim-close": lambda people: {"pk": claim(people).pk},
    "programmes:claim-reopen": lambda people: {"pk": claim(people).pk},
    "programmes:figures-add": lambda people: {"pk": claim(people).pk},
    "programmes:figures-correct": lambda people: {"pk": factories.ClaimMovementFactory(claim=claim(people)).pk},
    "programmes:figures-remove": lambda people: {"pk": factories.ClaimMovementFactory(claim=claim(people)).pk},
    "desk:customer": lambda people: {"pk": customer(people).pk},
    "desk:start-renewal": lambda people: {"pk": factories.PolicyFactory(customer=customer(people)).pk},
    "desk:review-profile": lambda people: {"pk": customer(people).pk},
    "monitoring:finding": lambda people: {"pk": factories.FindingFactory(customer=customer(people)).pk},
    "monitoring:finding-decide": lambda people: {"pk": factories.FindingFactory(customer=customer(people)).pk},
    "monitoring:decision": lambda people: {"pk": acceptance(people).pk},
    "monitoring:decision-answer": lambda people: {"pk": acceptance(people).pk},
    "monitoring:decision-withdraw": lambda people: {"pk": acceptance(people).pk},
    "programmes:renewal": lambda people: {"pk": factories.RenewalFactory(customer=customer(people)).pk},
    "programmes:renewal-settle": lambda people: {"pk": factories.RenewalFactory(customer=customer(people)).pk},
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
    "risk:values": lambda people: {"pk": customer(people).pk},
    "risk:values-grid": lambda people: {"pk": customer(people).pk},
    "risk:values-import": lambda people: {"pk": customer(people).pk},
    "risk:values-export": lambda people: {"pk": customer(people).pk, "form": "xlsx"},
    "risk:values-changes": lambda people: {"pk": customer(people).pk},
    "risk:values-history": lambda people: {"pk": customer(people).pk},
    "risk:draft": lambda people: {"pk": factories.StatementDraftFactory(customer=customer(people)).pk},
    "risk:draft-save": lambda people: {"pk": factories.StatementDraftFactory(customer=customer(people)).pk},
    "risk:draft-give-up": lambda people: {"pk": factories.StatementDraftFactory(customer=customer(people)).pk},
    "risk:exposure-add": lambda people: {"pk": customer(people).pk},
    "risk:exposure-add-at": lambda people: {"pk": factories.LocationFactory(customer=customer(people)).pk},
    "risk:exposure": lambda people: {"pk": exposure(people).pk},
    "risk:exposure-change": lambda people: {"pk": exposure(people).pk},
    "risk:value-add": lambda people: {"pk": exposure(people).pk},
    "risk:value-correct": lambda people: {"pk": factories.ExposureValueFactory(exposure=exposure(people)).pk},
    "risk:risk-profile": lambda people: {"pk": customer(people).pk},
    "risk:risk-profile-add": lambda people: {"pk": customer(people).pk},
    "risk:risk-profile-version": lambda people: {"pk": drafted(people).pk},
    "risk:risk-profile-change": lambda people: {"pk": drafted(people).pk},
    "risk:risk-profile-sign-off": lambda people: {"pk": drafted(people).pk},
    "risk:risk-profile-withdraw": lambda people: {"pk": drafted(people).pk},
    "risk:scales": lambda people: {"pk": customer(people).pk},
    "risk:register": lambda people: {"pk": customer(people).pk},
    "risk:risk": lambda people: {"pk": risk(people).pk},
    "risk:risk-add": lambda people: {"pk": customer(people).pk},
    "risk:register-begin": lambda people: {"pk": customer(people).pk},
    "risk:risk-change": lambda people: {"pk": risk(people).pk},
    "risk:risk-close": lambda people: {"pk": risk(people).pk},
    "risk:risk-reopen": lambda people: {"pk": risk(people).pk},
    "risk:control-add": lambda people: {"pk": risk(people).pk},
    "risk:control-change": lambda people: {"pk": factories.ControlFactory(risk=risk(people)).pk},
    "risk:control-finish": lambda people: {"pk": factories.ControlFactory(risk=risk(people)).pk},
    "risk:control-open-again": lambda people: {"pk": factories.ControlFactory(risk=risk(people)).pk},
    "risk:control-remove": lambda people: {"pk": factories.ControlFactory(risk=risk(people)).pk},
    "risk:value-verify": lambda people: {"pk": factories.ExposureValueFactory(exposure=exposure(people)).pk},
}

# Rows of the house, which everybody sees; what changes them answers 403 to a stranger who may not.
REFERENCE: dict[str, Callable[[factories.People], dict]] = {
    "market:insurer": lambda people: {"pk": factories.InsurerFactory().pk},
    "market:insurer-change": lambda people: {"pk": factories.InsurerFactory().pk},
    "market:insurer-group-change": lambda people: {"pk": factories.InsurerGroupFactory().pk},
    "market:rating-add": lambda people: {"pk": factories.InsurerFactory().pk},
    "market:rating-withdraw": lambda people: {"pk": factories.InsurerFactory().pk},
    "market:rating-correct": lambda people: {"pk": factories.InsurerRatingFactory().pk},
    "market:rating-remove": lambda people: {"pk": factories.InsurerRatingFactory().pk},
    "market:authorisation-add": lambda people: {"pk": factories.InsurerFactory().pk},
    "market:authorisation-change": lambda people: {"pk": factories.AuthorisationFactory().pk},
    "market:authorisation-remove": lambda people: {"pk": factories.AuthorisationFactory().pk},
    "market:insurer-contact-add": lambda people: {"pk": factories.InsurerFactory().pk},
    "market:insurer-contact-change": lambda people: {"pk": factories.InsurerContactFactory().pk},
    "market:insurer-contact-remove": lambda people: {"pk": factories.InsurerContactFactory().pk},
    "market:index": lambda people: {"pk": factories.ValueIndexFactory().pk},
    "market:index-change": lambda people: {"pk": factories.ValueIndexFactory().pk},
    "market:index-figure-add": lambda people: {"pk": factories.ValueIndexFactory().pk},
    "market:index-figure-correct": lambda people: {"pk": factories.ValueIndexFigureFactory().pk},
    "market:index-figure-remove": lambda people: {"pk": factories.ValueIndexFigureFactory().pk},
    "market:exchange-rates-import-look": lambda people: {"token": uuid7()},
    "market:value-indices-import-look": lambda people: {"token": uuid7()},
    "programmes:insurer-business": lambda people: {"pk": factories.InsurerFactory().pk},
    "programmes:insurer-group": lambda people: {"pk": factories.InsurerGroupFactory().pk},
    "market:class-change": lambda people: {"pk": ClassOfBusiness.objects.get(code="CYBER").pk},
    "market:rates-of": lambda people: {"currency": factories.ExchangeRateFactory().currency},
    "market:rate-correct": lambda people: {"pk": factories.ExchangeRateFactory().pk},
    "risk:category-change": lambda people: {"pk": RiskCategory.objects.get(code="FLOOD").pk},
}

NO_ROW = {
    "programmes:insurers": "reference data, its business from visible_to, tested in tests/programmes",
    "programmes:insurer-groups": "reference data, its business from visible_to, tested in tests/programmes",
    "market:indices": "reference data, which everybody sees, tested in tests/market",
    "market:index-add": "a new row of reference data, tested in tests/market",
    "market:exchange-rates-import": "new rows of reference data, tested in tests/market",
    "market:value-indices-import": "new rows of reference data, tested in tests/market",
    "market:insurer-add": "a new row of reference data, tested in tests/market",
    "market:classes": "reference data, which everybody sees, tested in tests/market",
    "market:class-add": "a new row of reference data, tested in tests/market",
    "market:rates": "reference data, which everybody sees, tested in tests/market",
    "market:rate-add": "a new row of reference data, tested in tests/market",
    "risk:compulsory": "reference data, which everybody sees, tested in tests/risk",
    "risk:categories": "reference data, which everybody sees, tested in tests/risk",
    "risk:category-add": "a new row of reference data, tested in tests/risk",
    "accounts:profile": "the user's own",
    "accounts:theme": "the user's own",
    "communications:updates": "a list from visible_to, tested in tests/communications",
    "common:gallery": "components with made-up rows",
    "desk:customers": "a list from visible_to, tested in tests/desk",
    "desk:find": "a search from visible_to, tested in tests/desk",
    "desk:imports": "a list from visible_to, tested in tests/desk",
    "desk:worklist": "the findings in the user's hands, tested in tests/desk",
    "monitoring:decisions": "a list from visible_to, tested in tests/monitoring",
    "monitoring:monitors": "the catalogue; its counts from visible_to are tested in tests/monitoring",
    "programmes:renewals": "a list from visible_to, tested in tests/programmes",
    "desk:import-add": "a new row; needs a portfolio one may change, tested in tests/desk",
    "programmes:policies": "a list from visible_to, tested in tests/programmes",
    "programmes:claims": "a list from visible_to, tested in tests/programmes",
    "programmes:claims-export": "the same list as a file, tested in tests/programmes",
    "programmes:claims-import": "a file; needs a portfolio one may change, tested in tests/programmes",
    "programmes:claims-import-load": "the file looked at, sealed for the user, tested in tests/programmes",
    "programmes:experience": "sums from visible_to, tested in tests/programmes",
    "profiles:customer-add": "a new row; needs a portfolio one may change, tested in tests/profiles",
}

ALLAUTH = "account_"
"""Signing in and out and passwords: allauth's own, for people who are not signed in yet or for the user alone."""


def customer(people):
    return factories.CustomerFactory(portfolio=people.portfolio)


def acceptance(people):
    return factories.AcceptanceFactory(finding__customer=customer(people), needs_approval=True)


def exposure(people):
    return factories.ExposureFactory(customer=customer(people))


def drafted(people):
    return factories.RiskProfileFactory(customer=customer(people), draft=True)


def risk(people):
    return factories.RiskFactory(customer=customer(people))


def claim(people):
    return factories.ClaimFactory(section__policy=policy(people))


def policy(people):
    return factories.PolicyFactory(customer=customer(people))


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
    tables = (name in ROWS) + (name in REFERENCE) + (name in NO_ROW)
    assert tables == 1, f"{name}: give a row for it in ROWS or REFERENCE, or a reason in NO_ROW"


def test_the_tables_name_no_address_that_is_gone():
    assert not (set(ROWS) | set(REFERENCE) | set(NO_ROW)) - set(NAMES)


@pytest.mark.parametrize("name", sorted(set(ROWS) & set(NAMES)))
def test_a_stranger_gets_404_for_the_row_of_another(client, people, name):
    url = reverse(name, kwargs=ROWS[name](people))
    client.force_login(people.stranger)
    answers = {method: getattr(client, method)(url).status_code for method in ("get", "post")}
    assert set(answers.values()) <= {404, 405}, answers
    assert 404 in answers.values()


@pytest.mark.parametrize("name", sorted(set(REFERENCE) & set(NAMES)))
def test_a_row_of_the_house_is_changed_by_nobody_who_may_not(client, people, name):
    url = reverse(name, kwargs=REFERENCE[name](people))
    client.force_login(people.stranger)
    looked_at, posted = client.get(url).status_code, client.post(url).status_code
    assert looked_at in {200, 403, 405}
    assert posted == (403 if looked_at == 405 else looked_at)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_who_is_not_signed_in_gets_an_answer(client, people, name):
    row = (ROWS | REFERENCE).get(name)
    url = reverse(name, kwargs=row(people) if row else {})
    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 302, answer.status_code
        assert answer.url.startswith("/accounts/login/")


@pytest.mark.parametrize("name", sorted(set(NO_ROW) & set(NAMES)))
def test_an_address_without_a_row_works_for_a_stranger_or_says_no(client, people, name):
    client.force_login(people.stranger)
    assert client.get(reverse(name)).status_code in {200, 302, 403, 405}
