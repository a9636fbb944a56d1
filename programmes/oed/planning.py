"""Compares files with the book: makes the plan that the dry run shows and the load carries out."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from common.files import UnreadableFile
from common.ids import uuid7
from profiles.models import Customer
from programmes.oed import columns
from programmes.oed.accounts import AccountNames, SectionRow, names_of, section_of
from programmes.oed.classes import kind_of_files
from programmes.oed.keys import AccountKey, joined
from programmes.oed.locations import VALUE_COLUMNS, LocationRow, location_of
from programmes.oed.plan import Choices, CustomerStep, Plan, ShareMeaning
from programmes.oed.plan_locations import plan_locations
from programmes.oed.plan_policies import plan_policies
from programmes.oed.reading import FileReader, FileRow, OedFile, Problem, open_file


class UnusableChoice(ValueError):
    """A choice that makes no sense with these files. The text is a sentence."""


class Files:
    """What the two files say, row by row, with the rows that cannot be read as problems."""

    def __init__(self, locations: IO[bytes] | None, accounts: IO[bytes] | None) -> None:
        self.problems: list[Problem] = []
        self.rows: Counter[str] = Counter()
        self.names: dict[AccountKey, list[AccountNames]] = defaultdict(list)
        self.sections: list[SectionRow] = []
        self.locations: list[LocationRow] = []
        self.readers: list[FileReader] = []
        if locations is None and accounts is None:
            raise UnreadableFile(_("Give a locations file, an accounts file, or both."))
        if accounts is not None:
            self._read(accounts, OedFile.ACCOUNTS, self._read_account)
        if locations is not None:
            self._read(locations, OedFile.LOCATIONS, self._read_location)

    @property
    def kind(self) -> str:
        by_file = {reader.file: reader.columns for reader in self.readers}
        return kind_of_files(by_file.get(OedFile.LOCATIONS, ()), by_file.get(OedFile.ACCOUNTS, ()))

    @property
    def has_accounts(self) -> bool:
        return any(reader.file == OedFile.ACCOUNTS for reader in self.readers)

    def refuse(self, file: OedFile, row: int, column: str, value: object, text: str) -> None:
        self.problems.append(Problem(file, row, column, str(value)[:200], text))

    def _read(self, content: IO[bytes], file: OedFile, read_row: Callable[[FileReader, FileRow], None]) -> None:
        try:
            reader = open_file(content, file)
            self.readers.append(reader)
            for row in reader.rows:
                self.rows[file] += 1
                read_row(reader, row)
            if not self.rows[file]:
                raise UnreadableFile(_("The file names columns and has no rows."))
        except UnreadableFile as error:
            error.place = file
            raise

    def _read_account(self, reader: FileReader, row: FileRow) -> None:
        names = names_of(row)
        if names is not None:
            self.names[names.account].append(names)
        section, problems = section_of(reader, row)
        self.problems += problems
        if section is not None:
            self.sections.append(section)

    def _read_location(self, reader: FileReader, row: FileRow) -> None:
        location, problems = location_of(reader, row)
        self.problems += problems
        if location is not None:
            self.locations.append(location)


def plan_import(
    *,
    locations: IO[bytes] | None,
    accounts: IO[bytes] | None,
    choices: Choices,
    by: User,
    on: datetime.date,
    locks: bool = False,
) -> Plan:
    """What importing the files would do on the day `on`, in the hands of `by`.

    `locks` holds the rows it compares with until the transaction ends, so that what is loaded is what was compared.
    Raises UnreadableFile where a file is no table of that kind, UnusableChoice where a choice does not fit the files.
    """
    if choices.customer_field not in columns.CUSTOMER_FIELDS:
        raise UnusableChoice(
            _("A customer is told by one of %(fields)s, not by %(field)s.")
            % {"fields": ", ".join(columns.CUSTOMER_FIELDS), "field": choices.customer_field}
        )
    if choices.share and choices.share not in ShareMeaning.values:
        raise UnusableChoice(_("The share is “whole” or “one-insurer”."))
    files = Files(locations, accounts)
    if choices.customer_field in ("InsuredName", "AccName") and not files.has_accounts:
        raise UnusableChoice(
            _("%(field)s stands in the accounts file: give that too, or tell customers by AccNumber.")
            % {"field": choices.customer_field}
        )
    plan = Plan(choices=choices, on=on, kind=files.kind, rows=files.rows, problems=files.problems)
    customers = CustomersOfFiles(files, plan, by, locks)
    plan_locations(plan, files, customers, locks=locks)
    plan_policies(plan, files, customers, locks=locks)
    plan.customers = customers.needed()
    for step in plan.customers:
        plan.count("customers", "create" if step.is_new else "unchanged")
    plan.not_used = [
        {
            "file": reader.file,
            "column": column,
            "rows": unused.rows,
            "example": unused.example,
            "changes_cover": unused.changes_cover,
        }
        for reader in files.readers
        for column, unused in sorted(reader.unused.items(), key=lambda item: reader.columns.index(item[0]))
    ]
    plan.sums = sums_of(plan)
    plan.problems.sort(key=lambda problem: (problem.file, problem.row))
    return plan


def sums_of(plan: Plan) -> dict[str, dict[str, Decimal]]:
    """What the accepted locations are worth together, by currency and kind of exposure."""
    sums: dict[str, dict[str, Decimal]] = {}
    for step in plan.locations:
        for kind, amount in step.row.values.items():
            if step.row.currency:
                kinds = sums.setdefault(step.row.currency, {str(kind): Decimal(0) for kind in VALUE_COLUMNS.values()})
                kinds[kind] += amount
    return sums


class CustomersOfFiles:
    """The customers that the accounts of the files belong to, there already or to be added."""

    def __init__(self, files: Files, plan: Plan, by: User, locks: bool) -> None:
        self.files = files
        self.choices = plan.choices
        self.steps: dict[str, CustomerStep] = {}
        self.used: set[str] = set()
        self.keys: dict[AccountKey, str] = {}
        self.refusals: dict[AccountKey, tuple[str, str]] = {}
        countries: dict[AccountKey, Counter[str]] = defaultdict(Counter)
        currencies: dict[AccountKey, Counter[str]] = defaultdict(Counter)
        for row in files.locations:
            countries[row.account][row.fields["country"]] += 1
            currencies[row.account][row.currency] += 1
        named: dict[str, tuple[str, AccountKey]] = {}
        for account in dict.fromkeys([*files.names, *countries]):
            self._identify(account, named)
        there = self._there(named, locks)
        for external_id, (name, account) in named.items():
            known = there.get(external_id)
            if known is not None:
                if not by.reach.may_edit(known.portfolio_id):
                    self._refuse_customer(external_id)
                    continue
                self.steps[external_id] = CustomerStep(known.pk, external_id, False, known.name, {})
                continue
            first = files.names.get(account, [None])[0]
            country = (first.country if first else "") or most_common(countries[account])
            currency = (first.currency if first else "") or most_common(currencies[account])
            chosen = " ".join(self.choices.names.get(external_id, "").split())
            self.steps[external_id] = CustomerStep(
                uuid7(),
                external_id,
                True,
                chosen or name,
                {"country": country or "HK", "currency": currency or settings.HOUSE_CURRENCY},
            )

    def _identify(self, account: AccountKey, named: dict[str, tuple[str, AccountKey]]) -> None:
        """Finds the key and the name of the account's customer, or why it has none."""
        rows = self.files.names.get(account, [])
        insured = next((row.insured_name for row in rows if row.insured_name), "")
        name = insured or next((row.account_name for row in rows if row.account_name), "") or account.account
        match self.choices.customer_field:
            case "AccNumber":
                key = joined(*account)
            case "PortNumber":
                key = f"PortNumber={joined(account.port)}"
                name = next((row.port_name for row in rows if row.port_name), "") or account.port
            case field:
                given = {row.insured_name if field == "InsuredName" else row.account_name for row in rows}
                name = max(given, default="")
                if len(given) != 1 or not name:
                    self.refusals[account] = (
                        str(field),
                        _("Its account has no %(field)s in the accounts file, or more than one.") % {"field": field},
                    )
                    return
                key = f"{field}={joined(name)}"
        if len(key) > 120:
            self.refusals[account] = ("AccNumber", _("What the customer is told by is too long."))
            return
        self.keys[account] = key
        named.setdefault(key, (name, account))

    def _there(self, named: dict[str, tuple[str, AccountKey]], locks: bool) -> dict[str, Customer]:
        found: QuerySet[Customer] = Customer.objects.filter(source=self.choices.source, external_id__in=list(named))
        if locks:
            found = found.order_by("pk").select_for_update(of=("self",))
        return {customer.external_id: customer for customer in found}

    def _refuse_customer(self, external_id: str) -> None:
        for account, key in list(self.keys.items()):
            if key == external_id:
                del self.keys[account]
                self.refusals[account] = ("AccNumber", _("Its customer is not in a portfolio that you may change."))

    def of(self, account: AccountKey) -> CustomerStep | None:
        """The customer of an account; None where the account is refused."""
        key = self.keys.get(account)
        if key is None:
            return None
        self.used.add(key)
        return self.steps[key]

    def refusal(self, account: AccountKey) -> tuple[str, str]:
        """Why an account has no customer: the column, and a sentence."""
        return self.refusals[account]

    def there(self) -> list[UUID]:
        return [step.id for step in self.steps.values() if not step.is_new]

    def needed(self) -> list[CustomerStep]:
        """Customers that at least one good row belongs to."""
        return [step for key, step in self.steps.items() if key in self.used]


def most_common(counts: Counter[str]) -> str:
    return counts.most_common(1)[0][0] if counts else ""
