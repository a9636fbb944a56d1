"""Adds a person, so that someone can sign in to a new installation."""

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Role, User
from accounts.services import staff


class Command(BaseCommand):
    help = "Adds a person who can sign in. The password is asked for, or taken from BROKER_PASSWORD."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", choices=Role.values, default=Role.ADMINISTRATOR)
        parser.add_argument("--office", default="Head office")
        parser.add_argument("--team", default="Team 1")
        parser.add_argument("--portfolio", default="", help="a portfolio of that name, which the person manages")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("BROKER_PASSWORD") or getpass.getpass("Password: ")
        try:
            validate_password(password)
            person = staff.add(
                **{key: options[key] for key in ("email", "name", "role", "office", "team", "portfolio")},
                password=password,
                by=User.objects.system(),
            )
        except ValidationError as error:
            said = error.message_dict if hasattr(error, "error_dict") else {"password": error.messages}
            raise CommandError("; ".join(f"{field}: {' '.join(words)}" for field, words in said.items())) from error
        self.stdout.write(f"Added {person.name} <{person.email}>, {person.get_role_display()}.")
