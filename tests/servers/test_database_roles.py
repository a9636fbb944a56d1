"""The application's role can neither change nor forge the record of what was done, nor switch it off."""

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction

from accounts.models import AuditEntry, Office
from broker_crm import database_roles

pytestmark = pytest.mark.django_db


def run(statement, *values):
    """What the first row of the answer says, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None


def refused(statement, *values):
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
        run(statement, *values)


def rights_on(table):
    wanted = ("select", "insert", "update", "delete")
    return {right for right in wanted if run("select has_table_privilege(current_user, %s, %s)", table, right)[0]}


def test_tests_are_the_application():
    assert run("select current_user, session_user") == (settings.DATABASES["default"]["USER"],) * 2
    assert settings.DATABASES["default"]["USER"] != settings.OWNER_DATABASE["USER"]


def test_the_application_changes_what_it_works_on():
    assert rights_on(Office._meta.db_table) == {"select", "insert", "update", "delete"}


def test_the_application_only_reads_the_record():
    tables = database_roles.read_only_tables()

    assert AuditEntry._meta.db_table in tables
    assert Office.events.rel.related_model._meta.db_table in tables
    assert {table: rights_on(table) for table in tables} == {table: {"select"} for table in tables}


@pytest.mark.parametrize("statement", ["update {} set actor_name = 'nobody'", "delete from {}", "drop table {}"])
def test_the_application_cannot_touch_an_audit_entry(statement):
    refused(statement.format(AuditEntry._meta.db_table))


def test_the_application_cannot_write_an_audit_entry_itself():
    refused(f"insert into {AuditEntry._meta.db_table} (action) values ('forged')")


def test_a_change_leaves_history_that_the_application_cannot_forge():
    office = Office.objects.create(name="Central")
    Office.objects.filter(pk=office.pk).update(name="Kowloon")

    assert list(office.events.order_by("pgh_id").values_list("name", flat=True)) == ["Central", "Kowloon"]
    table = Office.events.rel.related_model._meta.db_table
    refused(f"insert into {table} select * from {table}")
    refused(f"update {table} set name = 'Central'")


def test_the_application_cannot_switch_history_off():
    names = run("select array_agg(tgname::text) from pg_trigger where not tgisinternal")[0]
    run("select set_config('pgtrigger.ignore', %s, false)", "{" + ",".join(names) + "}")

    office = Office.objects.create(name="Unrecorded")

    run("select set_config('pgtrigger.ignore', '', false)")
    assert office.events.count() == 1
    refused(f"alter table {Office._meta.db_table} disable trigger all")


def test_the_application_makes_no_functions_or_tables_of_its_own():
    refused("create function public.mine() returns int language sql as 'select 1'")
    refused("create table public.mine (id int)")
