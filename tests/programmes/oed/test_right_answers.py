"""The real files of the standard come in with the figures that a person worked out for them."""

import datetime
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Sum

from accounts.models import AuditEntry, CustomerCheck
from profiles.models import Customer, ImportRow, ImportRun, Location
from programmes.models import Policy, Section, Terms
from risk.models import Exposure, ExposureValue
from tests.programmes.oed.conftest import CUTS, FULL, whole_book

LOCATIONS = FULL / "piwind" / "SourceLocOEDPiWind.csv"
needs_full_files = pytest.mark.skipif(
    not LOCATIONS.exists(),
    reason="needs ../shared/data/oed beside the checkout: the full PiWind file is not copied here",
)


def sums(currency="GBP"):
    values = ExposureValue.objects.filter(currency=currency).values_list("exposure__kind")
    return dict(values.annotate(sum=Sum("amount")))


@needs_full_files
def test_piwind_whole(import_oed):
    said = import_oed(locations=LOCATIONS, accounts=CUTS / "SourceAccOEDPiWind.csv", share="one-insurer")

    assert "locations: 12598 added, 0 changed, 0 unchanged" in said
    assert "together: GBP 2,331,281,250.00" in said
    assert Location.objects.count() == 12_598
    assert sums() == {
        "BUILDINGS": Decimal("1726875000"),
        "CONTENTS": Decimal("431718750"),
        "BUSINESS_INTERRUPTION": Decimal("172687500"),
    }
    customer = Customer.objects.get()
    assert (customer.source, customer.external_id, customer.name) == ("piwind", "1/A11111", "A11111")
    assert (customer.currency, customer.country.code, customer.is_onboarding) == ("GBP", "GB", True)
    assert set(ExposureValue.objects.values_list("valued_on", "verified_on").distinct()) == {
        (datetime.date(2018, 1, 1), None)
    }
    assert AuditEntry.objects.filter(customer_id=customer.pk).count() == 1, "one entry, not one for each row"
    assert CustomerCheck.objects.filter(customer_id=customer.pk).exists()

    before = whole_book()
    again = import_oed(locations=LOCATIONS, accounts=CUTS / "SourceAccOEDPiWind.csv", share="one-insurer")
    assert "locations: 0 added, 0 changed, 12598 unchanged" in again
    assert "nothing changed" in again
    assert whole_book() == before


def test_piwind_layers(import_oed):
    import_oed(
        locations=CUTS / "SourceLocOEDPiWind10.csv", accounts=CUTS / "SourceAccOEDPiWind.csv", share="one-insurer"
    )

    first, second = Terms.objects.order_by("attachment_point")
    assert (first.limit, first.attachment_point) == (5_000_000, 500_000)
    assert (second.limit, second.attachment_point) == (100_000_000, 5_500_000)
    for terms in (first, second):
        policy = terms.section.policy
        assert (policy.inception_date, policy.expiry_date) == (datetime.date(2018, 1, 1), datetime.date(2018, 12, 31))
        assert policy.bound_on == policy.inception_date
        assert policy.is_renewable
        assert policy.class_of_business.code == "PROPERTY"
        assert [line.signed_share for line in terms.participations.filter(insurer=None)] == [Decimal("0.3")]
        assert (terms.placed_elsewhere_share, terms.placed_share) == (Decimal("0.7"), None)
        assert {term.category.code for term in terms.cover_terms.all()} == {"TYPHOON", "WINTER_STORM", "STORM_SURGE"}
        assert terms.basis == "NAMED"


def test_a_share_that_is_the_whole_names_no_line(import_oed):
    import_oed(accounts=CUTS / "SourceAccOEDPiWind.csv", share="whole")
    for terms in Terms.objects.all():
        assert (terms.placed_share, terms.placed_elsewhere_share) == (Decimal("0.3"), 0)
        assert not terms.participations.exists()


def test_shares_other_than_one_must_be_explained(import_oed):
    before = whole_book()
    with pytest.raises(CommandError, match=r"LayerParticipation is 0\.3.*--share whole.*--share one-insurer"):
        import_oed(accounts=CUTS / "SourceAccOEDPiWind.csv")
    assert whole_book() == before


def test_several_currencies(import_oed):
    said = import_oed(locations=CUTS / "SourceLocOEDPiWind10Currency.csv")
    assert sums("GBP") == {"BUILDINGS": Decimal("2150000")}
    assert sums("EUR") == {"BUILDINGS": Decimal("850000")}
    assert sums("USD") == {"BUILDINGS": Decimal("400000")}
    assert "LocDed1Building (10 rows)" in said
    row = ImportRow.objects.get(number=2)
    assert row.extra["LocDed1Building"] == "1000"
    assert row.extra["OEDVersion"] == "latest version"


def test_a_deductible_as_a_share_of_the_value(import_oed):
    import_oed(
        locations=CUTS / "SourceLocOEDPiWind10Type2Ded.csv",
        accounts=CUTS / "SourceAccOEDPiWindType2Ded.csv",
        share="whole",
    )
    for section in Section.objects.all():
        terms = section.versions.get()
        assert (terms.deductible_percent, terms.deductible_percent_of) == (Decimal("0.01"), "VALUE")
        assert (terms.deductible_min, terms.deductible_max, terms.deductible_amount) == (None, None, None)
        assert "CondDed6All: 0.01 (CondDedType6All: 2)" in section.not_in_sums
        assert "LocDed6All × 10" in section.not_in_sums


def test_a_limit_as_a_share_of_the_value(import_oed):
    import_oed(
        locations=CUTS / "SourceLocOEDPiWind10Type2Lim.csv",
        accounts=CUTS / "SourceAccOEDPiWindType2Lim.csv",
        share="whole",
    )
    assert {terms.sum_insured for terms in Terms.objects.all()} == {Decimal("80000000")}
    assert {terms.limit for terms in Terms.objects.all()} == {5_000_000, 100_000_000}


def test_marine_cargo(import_oed):
    import_oed(locations=CUTS / "marinecargo_location.csv", accounts=CUTS / "marinecargo_account.csv")
    terms = Terms.objects.get()
    assert terms.section.policy.class_of_business.code == "MARINE_CARGO"
    assert terms.section.reference == "1", "a blank layer number is 1"
    assert (terms.basis, terms.limit, terms.attachment_point) == ("ALL_RISKS", 10_000_000, 0)
    assert (terms.deductible_amount, terms.placed_share) == (500_000, 1)
    assert not terms.cover_terms.exists()
    rounded = ExposureValue.objects.get(exposure__kind="BUILDINGS", exposure__location__reference="L4")
    assert (rounded.amount, rounded.currency) == (Decimal("7975880.61"), "AUD")
    assert Customer.objects.get().external_id == "Marine Cargo/MC1"


def test_liability(import_oed):
    import_oed(accounts=CUTS / "liability_account.csv")
    found = {
        terms.section.policy.number: (
            terms.section.policy.class_of_business.code,
            terms.coverage_trigger,
            terms.section.policy.insured_name,
            terms.section.policy.premium,
        )
        for terms in Terms.objects.select_related("section__policy__class_of_business")
    }
    assert found == {
        "51957769DO20240101-1": ("MANAGEMENT", "OCCURRENCE_REPORTED", "InsuredCo1 plc", 85_000),
        "56584947DO20240101-1": ("MANAGEMENT", "CLAIMS_MADE", "InsuredCo2 plc", 45_000),
        "52843823DO20240101-1": ("PUBLIC_LIABILITY", "LOSSES_OCCURRING", "InsuredCo3 plc", 10_000),
    }
    assert {customer.name for customer in Customer.objects.all()} == {f"InsuredCo{n} plc" for n in (1, 2, 3)}


def test_cyber(import_oed):
    import_oed(accounts=CUTS / "cyber_account.csv", share="one-insurer")
    section = Section.objects.get()
    assert section.policy.class_of_business.code == "CYBER"
    assert "PolLimitNPBI: 2000000" in section.not_in_sums
    assert "PolDed: 50000" in section.not_in_sums
    assert Customer.objects.get().name == "Walmart Inc."


def test_locations_without_values_are_unknown_and_not_nought(import_oed):
    said = import_oed(locations=CUTS / "property_location_3.csv")
    assert "without any value, so unknown: 3 locations" in said
    assert Location.objects.count() == 3
    assert not Exposure.objects.exists()


@needs_full_files
def test_five_hundred_wide_rows(import_oed):
    import_oed(locations=FULL / "examples" / "property_location.csv")
    assert Location.objects.count() == 500
    assert not Exposure.objects.exists()


def test_accounts_without_dates_are_refused_by_field(import_oed, capsys):
    before = whole_book()
    with pytest.raises(CommandError, match="2 rows are refused"):
        import_oed(accounts=CUTS / "property_account.csv", share="whole")
    assert whole_book() == before


def test_each_problem_is_told_by_row_and_column(portfolio, capsys):
    with pytest.raises(CommandError):
        call_command("import_oed", source="piwind", accounts=CUTS / "property_account.csv")
    told = capsys.readouterr().err
    for row in (2, 3):
        for column in ("PolInceptionDate", "PolExpiryDate"):
            assert f"Accounts file, row {row}, {column}: It is empty and must be given." in told


def test_the_run_keeps_the_files_and_what_was_done(import_oed):
    import_oed(locations=CUTS / "SourceLocOEDPiWind10.csv")
    run = ImportRun.objects.get()
    assert run.state == "DONE"
    assert run.counts["things"]["locations"] == {"create": 10, "update": 0, "unchanged": 0}
    assert run.locations_file.open("rb").read() == (CUTS / "SourceLocOEDPiWind10.csv").read_bytes()
    assert ImportRow.objects.filter(run=run).count() == 10


def test_the_renewal_of_piwind_is_in_reach_of_a_dry_run(import_oed):
    import_oed(accounts=CUTS / "SourceAccOEDPiWind.csv", share="whole")
    assert Policy.objects.in_force(datetime.date(2018, 10, 1)).filter(is_renewable=True).count() == 2
