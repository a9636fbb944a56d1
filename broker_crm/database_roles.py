"""What the application's database role may do, and the locks that keep history from being forged or switched off.

`migrate` applies it all after every migration, as the owner. Each part can be applied again without harm, and has
to be: a migration that touches a trigger writes its function anew, without the locks.
"""

from collections.abc import Iterator

import pghistory.models
from django.apps import apps
from django.db import models
from django.db.backends.utils import CursorWrapper
from psycopg2 import sql

READ_ONLY_TABLES = {"accounts_auditentry", "django_migrations"}
"""Tables that the application may only read, beside all tables of history."""


def read_only_tables() -> set[str]:
    """The tables that the application adds to by the owner's triggers and functions alone, and never changes."""
    return READ_ONLY_TABLES | {model._meta.db_table for model in _history_models()}


def apply(cursor: CursorWrapper, *, owner: str, app: str) -> None:
    """Give `app` its rights on everything in the schema and lock history. Run it as `owner`, in one transaction."""
    _grant(cursor, owner=owner, app=app)
    _lock_history(cursor, owner=owner)


def _history_models() -> Iterator[type[models.Model]]:
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, pghistory.models.Event) and model._meta.managed and not model._meta.proxy:
            yield model


def _grant(cursor: CursorWrapper, *, owner: str, app: str) -> None:
    role = sql.Identifier(app)
    cursor.execute(sql.SQL("grant usage on schema public to {}").format(role))
    cursor.execute(
        "select relname, relkind from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind in ('r', 'p', 'v', 'm', 'S') and pg_get_userbyid(relowner) = %s order by relname",
        [owner],
    )
    read_only = read_only_tables()
    for name, kind in cursor.fetchall():
        if kind == "S":
            rights = "usage, select"
        elif name in read_only or kind in "vm":
            rights = "select"
        else:
            rights = "select, insert, update, delete"
        names = {"name": sql.Identifier("public", name), "app": role}
        what = "sequence" if kind == "S" else "table"
        cursor.execute(sql.SQL(f"revoke all on {what} {{name}} from public, {{app}}").format(**names))
        cursor.execute(sql.SQL(f"grant {rights} on {what} {{name}} to {{app}}").format(**names))
    for signature, _ in _functions(cursor, owner=owner, of_triggers=False):
        cursor.execute(sql.SQL(f"grant execute on function {signature} to {{}}").format(role))


def _lock_history(cursor: CursorWrapper, *, owner: str) -> None:
    """Triggers write history with the owner's rights, and only the owner can have them skipped.

    As pgtrigger ships them, they run with the rights of whoever changes a row, who then must be able to write history
    himself; and a setting of the session (`pgtrigger.ignore`) turns them off.
    """
    for signature, name in _functions(cursor, owner=owner, of_triggers=True):
        if name.startswith("pgtrigger_"):
            cursor.execute(f"alter function {signature} security definer set search_path = pg_catalog, public, pg_temp")
    cursor.execute(
        sql.SQL(
            "create or replace function public._pgtrigger_should_ignore(trigger_name name) returns boolean"
            " language sql stable as $$ select session_user = {owner} and coalesce("
            "trigger_name::text = any(nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false) $$"
        ).format(owner=sql.Literal(owner))
    )


def _functions(cursor: CursorWrapper, *, owner: str, of_triggers: bool) -> list[tuple[str, str]]:
    """Signature (quoted as SQL needs it) and name of the owner's own functions, those of extensions left out."""
    cursor.execute(
        "select oid::regprocedure::text, proname from pg_proc where pronamespace = 'public'::regnamespace"
        " and prokind = 'f' and pg_get_userbyid(proowner) = %s and (prorettype = 'trigger'::regtype) = %s"
        " and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e') order by 1",
        [owner, of_triggers],
    )
    return list(cursor.fetchall())
