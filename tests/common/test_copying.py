"""Rows by COPY are what the ORM would have made of them, whatever the text holds."""

import datetime

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from common.copying import copy_rows
from profiles.models import ImportRow, Location
from risk.models import ExposureValue
from tests import factories

pytestmark = pytest.mark.django_db

AWKWARD = ["a\tb", "a\nb", "a\r\nb", "\\N", "\\", "\\.", "'; drop table x; --", "德輔道中 👷", '"quoted"', ""]


@pytest.mark.parametrize("text", AWKWARD)
def test_text_comes_back_as_it_was(text):
    customer = factories.CustomerFactory()
    copy_rows(Location, ["customer_id", "name", "country"], [[customer.pk, text, "HK"]])
    location = Location.objects.get()
    assert location.name == text
    assert (location.address, location.latitude, location.version) == ("", None, 1)
    assert location.created_at


def test_days_numbers_nothing_and_json():
    exposure = factories.ExposureFactory()
    row = [exposure.customer_id, exposure.pk, "12.50", "HKD", datetime.date(2026, 4, 1), None]
    copy_rows(ExposureValue, ["customer_id", "exposure_id", "amount", "currency", "valued_on", "indemnity_days"], [row])
    value = ExposureValue.objects.get()
    assert (str(value.amount), value.valued_on, value.indemnity_days) == ("12.50", datetime.date(2026, 4, 1), None)

    run = factories.ImportRunFactory()
    copy_rows(ImportRow, ["run_id", "file", "number", "extra"], [[run.pk, "ACCOUNTS", 2, {"a\tb": "c\\d\n"}]])
    assert ImportRow.objects.get().extra == {"a\tb": "c\\d\n"}


def test_no_rows_write_nothing_and_constraints_hold():
    copy_rows(Location, ["customer_id"], [])
    assert not Location.objects.exists()
    customer = factories.CustomerFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_rows(Location, ["customer_id", "latitude"], [[customer.pk, "1"]])


def test_mistakes_of_ours_are_told():
    with pytest.raises(ValueError, match="has no colour"):
        copy_rows(Location, ["colour"], [])
    with pytest.raises(TypeError, match="takes no lists"):
        copy_rows(Location, ["name"], [[["a"]]])


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_refuses():
    with pytest.raises(RuntimeError, match="inside a transaction"):
        copy_rows(Location, ["name"], [])
