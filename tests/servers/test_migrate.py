"""`migrate` works as the owner of the tables, and leaves the application its rights and no more."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from broker_crm.servers import postgres
from tests import cluster

APPLICATION = settings.DATABASES["default"]["USER"]
OWNER = settings.OWNER_DATABASE["USER"]


@pytest.fixture
def database(request, django_db_setup, django_db_blocker, monkeypatch):
    """A database of the test's own, as it stands after the first migration."""
    name = f"{connection.settings_dict['NAME']}_{request.node.name}"[:60]
    postgres.make_database(cluster.place(), name, template=cluster.TEMPLATE)
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "NAME", name)
    monkeypatch.setitem(settings.OWNER_DATABASE, "NAME", name)
    with django_db_blocker.unblock():
        yield
        connection.close()


def rows(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def rights_and_functions():
    return (
        rows(
            "select relname, acl from pg_class, lateral (select array_agg(acl::text order by acl::text) as acl"
            " from unnest(relacl) acl) of_it where relnamespace = 'public'::regnamespace order by relname"
        ),
        rows(
            "select proname, prosecdef, proconfig, proacl::text, prosrc from pg_proc"
            " where pronamespace = 'public'::regnamespace order by oid"
        ),
    )


def test_migrating_again_changes_neither_rights_nor_functions(database):
    call_command("migrate", verbosity=0)
    once = rights_and_functions()

    call_command("migrate", verbosity=0)

    assert rights_and_functions() == once
    assert rows("select current_user") == [(APPLICATION,)]


def test_the_locks_are_put_back_after_a_trigger_was_made_anew(database):
    trigger = rows("select min(oid::regprocedure::text) from pg_proc where proname like 'pgtrigger\\_%%'")[0][0]
    owner = postgres.connect(cluster.place(), role=OWNER, database=connection.settings_dict["NAME"])
    with owner.cursor() as cursor:
        cursor.execute(f"alter function {trigger} security invoker reset search_path")
        cursor.execute(f"grant truncate on accounts_auditentry to {APPLICATION}")
    owner.close()

    call_command("migrate", verbosity=0)

    assert rows(f"select prosecdef from pg_proc where oid = '{trigger}'::regprocedure") == [(True,)]
    assert rows("select has_table_privilege('accounts_auditentry', 'truncate')") == [(False,)]


def test_looking_at_the_plan_changes_nothing(database, capsys):
    before = rights_and_functions()

    call_command("migrate", plan=True)

    assert rights_and_functions() == before
    assert "No planned migration operations" in capsys.readouterr().out


def test_one_role_for_all_is_said_to_protect_nothing(database, monkeypatch, capsys):
    monkeypatch.setitem(connection.settings_dict, "USER", OWNER)

    call_command("migrate", verbosity=0)

    assert "the database does not protect its records" in capsys.readouterr().err
