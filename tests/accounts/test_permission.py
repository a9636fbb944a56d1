"""Who sees and changes which rows: decided by the portfolio, asked of the querysets."""

import pytest

from accounts.models import Portfolio, User
from profiles.models import Customer
from tests.factories import CustomerFactory, PortfolioFactory, UserFactory


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio)


def sees(user, customer):
    return Customer.objects.visible_to(user).filter(pk=customer.pk).exists()


def edits(user, customer):
    return Customer.objects.editable_by(user).filter(pk=customer.pk).exists()


def test_owner_sees_and_changes_her_customers(people, customer):
    assert sees(people.owner, customer)
    assert edits(people.owner, customer)


def test_colleague_of_the_team_sees_but_does_not_change(people, customer):
    assert sees(people.colleague, customer)
    assert not edits(people.colleague, customer)


def test_assistant_of_the_portfolio_changes_it(people, customer):
    people.portfolio.assistants.add(people.colleague)
    assert edits(User.objects.get(pk=people.colleague.pk), customer)


def test_supervisor_changes_the_portfolios_of_supervised_teams(people, customer):
    assert sees(people.supervisor, customer)
    assert edits(people.supervisor, customer)


def test_supervisor_of_another_team_is_a_stranger(people, customer):
    people.stranger.role = "SUPERVISOR"
    people.stranger.save()
    people.stranger.team.supervisors.add(people.stranger)
    assert not sees(people.stranger, customer)


def test_stranger_sees_nothing_of_it(people, customer):
    assert not sees(people.stranger, customer)
    assert not edits(people.stranger, customer)


@pytest.mark.parametrize("role", ["compliance", "administrator"])
def test_compliance_and_administrators_see_all_and_change_no_customer(people, customer, role):
    user = getattr(people, role)
    assert sees(user, customer)
    assert not edits(user, customer)


def test_a_service_user_reaches_only_portfolios_it_is_put_on(people, customer):
    service = UserFactory(kind="SERVICE", team=people.owner.team)
    assert not sees(service, customer)
    people.portfolio.assistants.add(service)
    assert edits(User.objects.get(pk=service.pk), customer)


def test_someone_who_left_sees_nothing(people, customer):
    people.owner.is_active = False
    people.owner.save()
    assert not sees(User.objects.get(pk=people.owner.pk), customer)


def test_the_reach_of_a_user_costs_one_query(people, django_assert_num_queries):
    PortfolioFactory.create_batch(5, manager=people.owner)
    user = User.objects.get(pk=people.owner.pk)
    with django_assert_num_queries(1):
        assert len(user.reach.visible) == 6
        assert len(user.reach.editable) == 6


def test_reference_data_is_changed_by_supervisors_and_administrators_only(people):
    changes = {name: getattr(people, name).reach.changes_reference_data for name in vars(people) if name != "portfolio"}
    assert changes == {
        "owner": False,
        "colleague": False,
        "stranger": False,
        "supervisor": True,
        "compliance": False,
        "administrator": True,
    }


def test_portfolios_offered_are_those_one_may_change(people):
    assert list(Portfolio.objects.editable_by(people.owner)) == [people.portfolio]
    assert not Portfolio.objects.editable_by(people.colleague).exists()
