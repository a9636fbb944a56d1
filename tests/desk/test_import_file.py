"""The command that brings one file in: what it prints, and that a failure leaves nothing behind."""

import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from common.files import RefusedRow, RefusedRows, UnreadableFile
from desk.services import files
from profiles.models import Customer
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "names.csv"
    path.write_bytes(b"name\nNew name\n")
    return path


def read_by(monkeypatch, reader):
    monkeypatch.setitem(files.KINDS, "names", reader)


def rename(file, options):
    options.customer.name = file.read().decode().splitlines()[1]
    options.customer.save()
    return {"names changed": 1}


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_file", *arguments, stdout=out, stderr=err)
    return out.getvalue()


@pytest.mark.parametrize("named", ["id", "key", "name"])
def test_a_file_goes_to_its_reader_with_the_customer_and_counts_are_printed(monkeypatch, file, named):
    customer = CustomerFactory(name="Harbour: Cold", source="pas", external_id="C-1")
    read_by(monkeypatch, rename)
    said = {"id": str(customer.pk), "key": "pas:C-1", "name": "Harbour: Cold"}[named]
    assert run("names", str(file), "--customer", said) == "names changed: 1\n"
    customer.refresh_from_db()
    assert customer.name == "New name"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RefusedRows([RefusedRow(2, "Name", "New name", "It is taken.")]), "1 rows are refused"),
        (UnreadableFile("The file is empty."), "The file is empty"),
        (ValidationError({"name": ["Not a name."]}), "Not a name"),
        (PermissionDenied(), "may not change"),
    ],
)
def test_a_failure_is_told_in_words_and_changes_nothing(monkeypatch, file, error, said):
    customer = CustomerFactory(name="As it was")

    def fails(opened, options):
        rename(opened, options)
        raise error

    read_by(monkeypatch, fails)
    with pytest.raises(CommandError, match=said):
        run("names", str(file), "--customer", str(customer.pk))
    assert Customer.objects.get(pk=customer.pk).name == "As it was"


def test_each_refused_row_is_named_with_its_column_and_reason(monkeypatch, file):
    def fails(opened, options):
        raise RefusedRows([RefusedRow(2, "Name", "New name", "It is taken.")])

    read_by(monkeypatch, fails)
    err = io.StringIO()
    with pytest.raises(CommandError):
        call_command("import_file", "names", str(file), stderr=err)
    assert "row 2, Name: It is taken. [New name]" in err.getvalue()


def test_what_cannot_be_meant_is_refused_before_the_file_is_read(monkeypatch, people, file):
    read_by(monkeypatch, rename)
    mine = CustomerFactory(portfolio=people.portfolio, name="Twice")
    with pytest.raises(CommandError, match="may change"):
        run("names", str(file), "--customer", str(mine.pk), "--as", people.stranger.email)
    CustomerFactory(name="Twice")
    with pytest.raises(CommandError, match="Several customers"):
        run("names", str(file), "--customer", "Twice")
    with pytest.raises(CommandError, match="nobody"):
        run("names", str(file), "--as", "nobody@broker.example")
    with pytest.raises(CommandError, match="cannot be read"):
        run("names", str(file.parent / "gone.csv"), "--customer", str(mine.pk))
    with pytest.raises(CommandError, match="invalid choice"):
        run("dreams", str(file))
