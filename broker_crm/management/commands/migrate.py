"""`migrate`, as the role that owns the tables; then the rights of the role that the application runs as."""

from typing import Any

from django.conf import settings
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from broker_crm import database_roles
from broker_crm.servers.postgres import EXTENSIONS


class Command(migrate.Command):
    """Django's own command, with the connection changed to the owner's while it runs."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate; then, on the product's own database, apply the rights (broker_crm/database_roles.py)."""
        if options["database"] != DEFAULT_DB_ALIAS:
            super().handle(*args, **options)
            return
        connection = connections[DEFAULT_DB_ALIAS]
        application = connection.settings_dict
        owner = application | {"OPTIONS": {}} | settings.OWNER_DATABASE
        connection.close()
        connection.settings_dict = owner
        only_looks = options["plan"] or options["check_unapplied"]
        try:
            if not only_looks:
                self._make_extensions()
            super().handle(*args, **options)
            if not only_looks:
                self._apply_rights(owner=owner["USER"], app=application["USER"], verbosity=options["verbosity"])
        finally:
            connection.close()
            connection.settings_dict = application

    def _make_extensions(self) -> None:
        """Make the extensions that are missing. PostgreSQL trusts the database's owner with all of these."""
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            for name in EXTENSIONS:
                cursor.execute(f"create extension if not exists {name}")

    def _apply_rights(self, *, owner: str, app: str, verbosity: int) -> None:
        if owner == app:
            self.stderr.write(
                "Warning: the application connects as the owner of the tables, so the database does not protect its"
                " records of what was done. Give DATABASE_URL a role of its own (docs/deploy.md)."
            )
            return
        with transaction.atomic(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            database_roles.apply(cursor, owner=owner, app=app)
        if verbosity >= 1:
            self.stdout.write(f"Rights of {app} applied.")
