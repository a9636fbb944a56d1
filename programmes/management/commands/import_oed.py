"""Brings Open Exposure Data files into the book, all or nothing."""

import time
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Portfolio, User
from common.dates import today
from common.files import UnreadableFile
from programmes.oed import columns
from programmes.oed.plan import Choices, Plan, ShareMeaning
from programmes.oed.planning import UnusableChoice
from programmes.oed.reading import OedFile
from programmes.services import oed_imports

SECONDS_BETWEEN_LINES = 2


class Command(BaseCommand):
    help = "Imports Open Exposure Data files (locations, accounts or both), all or nothing, and prints what it did."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", required=True, help="Where the files come from; part of each key.")
        parser.add_argument("--locations", type=Path, help="The locations file, CSV.")
        parser.add_argument("--accounts", type=Path, help="The accounts file, CSV.")
        parser.add_argument(
            "--customer-field",
            default=columns.CUSTOMER_FIELDS[0],
            help=f"What tells customers apart: {', '.join(columns.CUSTOMER_FIELDS)}. Default: %(default)s.",
        )
        parser.add_argument(
            "--share",
            default="",
            choices=ShareMeaning.values,
            help="What LayerParticipation means. Needed where a share differs from 1.",
        )
        parser.add_argument(
            "--portfolio", help="The portfolio of new customers, by name. Default: the first there was."
        )
        parser.add_argument("--as", dest="user", metavar="EMAIL", help="Who imports. Default: the product itself.")

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["source"].strip()
        if not 0 < len(source) <= 40:
            raise CommandError("--source needs 1 to 40 characters.")
        by = user_of(options["user"])
        portfolio = portfolio_of(options["portfolio"], by)
        choices = Choices(source=source, customer_field=options["customer_field"], share=options["share"])
        try:
            with ExitStack() as stack:
                plan = oed_imports.import_now(
                    portfolio=portfolio,
                    locations=opened(options["locations"], stack),
                    accounts=opened(options["accounts"], stack),
                    choices=choices,
                    by=by,
                    on=today(),
                    progress=Progress(self),
                )
        except UnreadableFile as error:
            raise CommandError(f"{OedFile(error.place).label}: {error}" if error.place else str(error)) from error
        except UnusableChoice as error:
            raise CommandError(str(error)) from error
        except oed_imports.CannotLoad as error:
            self.tell_problems(error.plan)
            raise CommandError(sentence_of(error.plan)) from error
        self.tell(plan, portfolio)

    def tell_problems(self, plan: Plan) -> None:
        for problem in plan.problems:
            value = f" [{problem.value}]" if problem.value else ""
            self.stderr.write(f"{problem}{value}")

    def tell(self, plan: Plan, portfolio: Portfolio) -> None:
        """What was done, in counts, and the sums by currency and kind that tie to the file."""
        for things, counts in plan.counts.items():
            said = ", ".join(f"{number} {WORDS[what]}" for what, number in counts.items())
            self.stdout.write(f"{things}: {said}")
        for currency, kinds in sorted(plan.sums.items()):
            for kind, amount in kinds.items():
                self.stdout.write(f"{kind.lower().replace('_', ' ')}: {currency} {amount:,.2f}")
            self.stdout.write(f"together: {currency} {sum(kinds.values()):,.2f}")
        if plan.without_value:
            self.stdout.write(f"without any value, so unknown: {plan.without_value} locations")
        if plan.missing:
            self.stdout.write(f"not in the file, left as they are: {len(plan.missing)} locations")
            for missing in plan.missing:
                self.stdout.write(f"  {missing['reference']} {missing['name']}")
        if plan.not_used:
            self.stdout.write("kept and not used in sums:")
            for column in plan.not_used:
                rows = "1 row" if column["rows"] == 1 else f"{column['rows']:,} rows"
                self.stdout.write(f"  {column['column']} ({rows})")
        if any(step.is_new for step in plan.customers):
            self.stdout.write(f"new customers are in the portfolio {portfolio.name}")
        if not plan.changes_something:
            self.stdout.write("nothing changed")


WORDS = {"create": "added", "update": "changed", "unchanged": "unchanged"}


class Progress:
    """Prints the rows done every few seconds, so that a long import does not look dead."""

    def __init__(self, command: BaseCommand) -> None:
        self.command = command
        self.told_at = time.monotonic()

    def __call__(self, rows: int) -> None:
        if time.monotonic() - self.told_at >= SECONDS_BETWEEN_LINES:
            self.told_at = time.monotonic()
            self.command.stderr.write(f"{rows} rows written")


def opened(path: Path | None, stack: ExitStack) -> File | None:
    """The file, closed with the stack. Raises CommandError where it cannot be read."""
    if path is None:
        return None
    try:
        return File(stack.enter_context(path.open("rb")), name=path.name)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def user_of(email: str | None) -> User:
    if email is None:
        return User.objects.system()
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        raise CommandError(f"There is nobody with the address {email}.")
    return user


def portfolio_of(name: str | None, by: User) -> Portfolio:
    """The portfolio that takes new customers: the one named, else the one that was there first."""
    portfolios = Portfolio.objects.editable_by(by).select_related("team").order_by("created_at", "pk")
    found = [p for p in portfolios if name in (None, p.name, f"{p.team.name} / {p.name}")]
    if not found:
        known = ", ".join(f"{p.team.name} / {p.name}" for p in portfolios)
        raise CommandError(
            f"There is no portfolio {name} that {by.name} may change. There are: {known}."
            if known
            else f"There is no portfolio yet that {by.name} may change: customers need one."
        )
    if name is not None and len(found) > 1:
        known = ", ".join(f"{p.team.name} / {p.name}" for p in found)
        raise CommandError(f"Several portfolios are called {name}: say which, as in --portfolio “{known}”.")
    return found[0]


def sentence_of(plan: Plan) -> str:
    if plan.problems:
        rows = plan.refused_rows
        return ngettext(
            "Nothing was imported: %(rows)d row is refused.", "Nothing was imported: %(rows)d rows are refused.", rows
        ) % {"rows": rows}
    return _(
        "Nothing was imported: LayerParticipation is %(share)s. Say with --share whole that this is all that is placed"
        " of the layer, or with --share one-insurer that it is one insurer's line and the rest is placed elsewhere."
    ) % {"share": plan.share_example}
