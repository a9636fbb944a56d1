"""`first_start`: what `make run` does between migrating and opening the doors. Later starts find most of it done."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import Role, User, UserKind
from broker_crm.demo import loading
from broker_crm.demo.people import sign_in_hint


class Command(BaseCommand):
    """Loads the demo book into an empty database and runs the nightly jobs; prints who can sign in."""

    help = "Load the demo book into an empty database, run the nightly jobs, say who can sign in."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Progress goes to standard error; standard output has only the lines to be shown when all is up."""
        if settings.DEMO and not loading.in_the_way():
            self.stderr.write("First start: loading the demo book")
            call_command("load_demo", stdout=self.stderr)
        call_command("nightly", stdout=self.stderr)
        self.stdout.write("\n".join(self._who_can_sign_in()))

    def _who_can_sign_in(self) -> list[str]:
        """The demo's people, one for each role, or how to add the first person."""
        present = set(User.objects.filter(kind=UserKind.PERSON, is_active=True).values_list("email", flat=True))
        if not present:
            return ["Nobody can sign in yet: python manage.py add_user you@example.com --name 'Your Name'"]
        people, password = sign_in_hint()
        by_role = {role: email for _name, role, email in reversed(people) if email in present}
        if not settings.DEMO or not by_role:
            return []
        lines = [f"  {by_role[role.value]:<32}{role.label}" for role in Role if role.value in by_role]
        return [f"Sign in with the password {password} as", *lines]
