"""Brings one file into the book, all or nothing."""

from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q

from accounts.acting import acting_as
from accounts.models import User
from common.dates import today
from common.files import RefusedRows, UnreadableFile
from desk.services.files import KINDS, Options
from profiles.models import Customer


class Command(BaseCommand):
    help = "Imports a file of one kind (CSV or, where the kind takes it, XLSX), all or nothing, and prints what it did."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS), help="What the file holds: %(choices)s.")
        parser.add_argument("file", type=Path, help="The file.")
        parser.add_argument(
            "--customer", help="The customer it is about, where it is about one: id, source:external id, or legal name."
        )
        parser.add_argument("--as", dest="user", metavar="EMAIL", help="Who imports. Default: the product itself.")

    def handle(self, *args: Any, **options: Any) -> None:
        by = user_of(options["user"])
        customer = customer_of(options["customer"], by) if options["customer"] else None
        try:
            with options["file"].open("rb") as file, acting_as(by), transaction.atomic():
                counts = KINDS[options["kind"]](file, Options(by=by, on=today(), customer=customer))
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except RefusedRows as error:
            for row in error.rows:
                self.stderr.write(str(row))
            raise CommandError(f"Nothing was imported: {error}") from error
        except UnreadableFile as error:
            raise CommandError(f"Nothing was imported: {error}") from error
        except ValidationError as error:
            raise CommandError(f"Nothing was imported: {' '.join(error.messages)}") from error
        except PermissionDenied as error:
            raise CommandError(f"Nothing was imported: {by.name} may not change that.") from error
        for words, count in counts.items():
            self.stdout.write(f"{words}: {count}")


def user_of(email: str | None) -> User:
    """The user of that address, the system's own without one. Raises CommandError."""
    if email is None:
        return User.objects.system()
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise CommandError(f"There is nobody with the address {email}.")
    return user


def customer_of(named: str, by: User) -> Customer:
    """The one customer of that id, key elsewhere or name that the user may change. Raises CommandError."""
    meant = Q(name=named)
    source, colon, external_id = named.partition(":")
    if colon:
        meant |= Q(source=source, external_id=external_id)
    with suppress(ValueError):  # no id, so a name or a key elsewhere
        meant |= Q(pk=UUID(named))
    found = list(Customer.objects.editable_by(by).filter(meant)[:2])
    if not found:
        raise CommandError(f"There is no customer {named} that {by.name} may change.")
    if len(found) > 1:
        raise CommandError(f"Several customers are called {named}: give the id of the one that is meant.")
    return found[0]
