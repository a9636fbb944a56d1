"""The record of what was done: written with the act or not at all, and beyond the application's reach."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.acting import acting_as
from accounts.models import AuditEntry, CustomerCheck
from accounts.services import audit
from common.exceptions import StaleVersion
from profiles.models import Customer
from profiles.services import contacts, customers
from tests.factories import ContactFactory, CustomerFactory


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio)


def renamed(customer, name, by):
    customer.name = name
    return customers.change(customer=customer, by=by, version=customer.version)


def test_a_change_is_recorded_with_who_what_before_and_after(people, customer):
    was = customer.name
    renamed(customer, "Pearl Estuary Logistics Ltd", people.owner)
    entry = AuditEntry.objects.get(action="customer.changed")
    assert (entry.actor_id, entry.actor_name, entry.customer_id) == (people.owner.pk, "Alice Owner", customer.pk)
    assert entry.before == {"name": was}
    assert entry.after == {"name": "Pearl Estuary Logistics Ltd"}


def test_a_change_of_nothing_leaves_no_entry_and_no_new_version(people, customer):
    customers.change(customer=customer, by=people.owner, version=1)
    assert not AuditEntry.objects.exists()
    assert Customer.objects.get().version == 1


def test_a_failed_act_leaves_no_entry(people, customer):
    with pytest.raises(RuntimeError), transaction.atomic():
        renamed(customer, "Pearl Estuary Logistics Ltd", people.owner)
        raise RuntimeError("something after the act fails")
    assert not AuditEntry.objects.exists()


def test_the_second_editor_is_told_and_nothing_is_overwritten(people, customer):
    stale = Customer.objects.get(pk=customer.pk)
    renamed(customer, "First Ltd", people.owner)
    stale.name = "Second Ltd"
    with pytest.raises(StaleVersion) as told:
        customers.change(customer=stale, by=people.supervisor, version=1)
    assert told.value.current.name == "First Ltd"
    assert Customer.objects.get().name == "First Ltd"


def test_what_is_removed_stays_in_the_record(people, customer):
    contact = ContactFactory(customer=customer, name="Wong Siu Ming")
    contacts.remove(contact=contact, by=people.owner, version=1)
    entry = AuditEntry.objects.get(action="contact.removed")
    assert entry.object_label == "Wong Siu Ming"
    assert entry.before["name"] == "Wong Siu Ming"


def test_an_act_asks_for_the_customer_to_be_checked_again(people, customer):
    renamed(customer, "Pearl Estuary Logistics Ltd", people.owner)
    assert CustomerCheck.objects.get().customer_id == customer.pk


@pytest.mark.django_db(transaction=True)
def test_record_refuses_to_write_outside_the_transaction_of_its_act(people, customer):
    with pytest.raises(RuntimeError, match="inside the transaction"):
        audit.record(customers.CHANGED, customer, by=people.owner)


@pytest.mark.parametrize(
    "statement",
    [
        "update accounts_auditentry set note = 'forged'",
        "delete from accounts_auditentry",
        "insert into accounts_auditentry (actor_id, actor_name, action, object_type, object_id, object_label, note)"
        " values (uuidv7(), 'x', 'x', 'x', uuidv7(), 'x', 'x')",
        "alter table accounts_auditentry disable trigger all",
        "drop table accounts_auditentry",
        "update profiles_customerhistoryrow set name = 'forged'",
        "delete from profiles_customerhistoryrow",
        "insert into profiles_customerhistoryrow select * from profiles_customerhistoryrow",
    ],
)
def test_the_application_cannot_change_the_record(people, customer, statement):
    renamed(customer, "Pearl Estuary Logistics Ltd", people.owner)
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
        connection.cursor().execute(statement)
    assert AuditEntry.objects.count() == 1


def test_the_application_cannot_switch_the_history_off(people, customer):
    states = customer.events.count()
    with connection.cursor() as cursor:
        cursor.execute("select set_config('pgtrigger.ignore', '{profiles_customer:update_update}', true)")
    Customer.objects.filter(pk=customer.pk).update(website="https://example.com")
    assert customer.events.count() == states + 1


def test_bulk_changes_are_kept_in_the_history_with_their_actor(people, customer):
    with acting_as(people.owner):
        Customer.objects.filter(pk=customer.pk).update(name="In bulk")
    last = customer.events.order_by("pgh_id").last()
    assert last.name == "In bulk"
    assert last.pgh_context["actor_name"] == "Alice Owner"


def test_passwords_are_not_kept_in_the_history(people):
    names = {field.name for field in people.owner.events.model._meta.get_fields()}
    assert "email" in names
    assert not names & {"password", "last_login"}
