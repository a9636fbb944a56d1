"""The pages of adequacy: who sees them, what they say of a risk, and what an option would change."""

import datetime
import html
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from programmes.models import Participation, Terms
from risk.models import Risk, RiskExposure
from tests.factories import TODAY, CustomerFactory, LocationFactory, RiskFactory
from tests.programmes.adequacy.cold_store import M, category, exposure, layer, towered

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def scene(people):
    return towered(people.portfolio)


def matrix_of(client, scene, **query):
    return client.get(reverse("programmes:adequacy", args=[scene["customer"].pk]), query)


def cover_of(client, risk, **query):
    return client.get(reverse("programmes:risk-cover", args=[risk.pk]), query)


def walk_of(client, risk, *, htmx=False, **query):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.get(reverse("programmes:loss-walk", args=[risk.pk]), query, headers=headers)


def said(answer):
    """The words of a page, with one space for any stretch of blanks."""
    assert answer.status_code == 200
    return " ".join(html.unescape(strip_tags(answer.text)).split())


PAGES = [
    matrix_of,
    lambda client, scene: client.get(reverse("programmes:adequacy-summary", args=[scene["customer"].pk])),
    lambda client, scene: cover_of(client, scene["fire"]),
    lambda client, scene: walk_of(client, scene["fire"]),
]


@pytest.mark.parametrize("page", PAGES, ids=["matrix", "summary", "cover", "walk"])
def test_everyone_who_sees_the_customer_sees_how_it_is_protected_and_a_stranger_does_not(client, people, scene, page):
    for name in ("owner", "colleague", "supervisor", "compliance"):
        client.force_login(getattr(people, name))
        assert page(client, scene).status_code == 200, name
    client.force_login(people.stranger)
    assert page(client, scene).status_code == 404


class TestMatrix:
    def test_each_class_says_what_it_does_for_each_risk(self, client, people, scene):
        client.force_login(people.owner)
        cells = {
            (str(row.adequacy.risk.category.code), business.code): cell.kind
            for matrix in [matrix_of(client, scene).context["matrix"]]
            for row in matrix.rows
            for business, cell in zip(matrix.classes, row.cells)
        }
        assert cells == {
            ("FIRE", "PROPERTY"): "PAYS",
            ("FIRE", "PUBLIC_LIABILITY"): "NONE",
            # The primary policy excludes earthquake; the excess one answers it above 50 million.
            ("EARTHQUAKE", "PROPERTY"): "PAYS",
            ("EARTHQUAKE", "PUBLIC_LIABILITY"): "NONE",
        }

    def test_it_says_the_figures_of_each_risk(self, client, people, scene):
        client.force_login(people.owner)
        words = said(matrix_of(client, scene))
        assert "80,000,000 67,940,000 12,060,000 1,000,000" in words

    def test_the_worst_stand_first_and_a_status_can_be_chosen(self, client, people, scene):
        client.force_login(people.owner)
        matrix = matrix_of(client, scene).context["matrix"]
        order = [row.status.value for row in matrix.rows]
        assert order == sorted(order, key=list(type(matrix.rows[0].status)).index)
        one = matrix.counts[0].status
        chosen = matrix_of(client, scene, status=one.value).context["matrix"]
        assert {row.status for row in chosen.rows} == {one}
        assert chosen.total == matrix.total

    def test_a_status_that_does_not_exist_shows_all(self, client, people, scene):
        client.force_login(people.owner)
        assert len(matrix_of(client, scene, status="NONSENSE").context["matrix"].rows) == 2

    def test_each_row_opens_its_risk(self, client, people, scene):
        client.force_login(people.owner)
        here = reverse("programmes:risk-cover", args=[scene["fire"].pk])
        assert f'href="{here}"' in matrix_of(client, scene).text
        assert f'href="{here}?as_at=2026-10-01"' in matrix_of(client, scene, as_at="2026-10-01").text

    def test_as_at_a_day_before_the_cover_nothing_pays(self, client, people, scene):
        client.force_login(people.owner)
        matrix = matrix_of(client, scene, as_at="2020-01-01").context["matrix"]
        assert matrix.classes == ()
        assert "No policy that is judged against losses is in force" in said(
            matrix_of(client, scene, as_at="2020-01-01")
        )

    def test_without_a_risk_it_leads_to_the_register(self, client, people):
        customer = CustomerFactory(portfolio=people.portfolio)
        client.force_login(people.owner)
        answer = matrix_of(client, {"customer": customer})
        assert "No risk is in the register yet" in said(answer)
        assert reverse("risk:register", args=[customer.pk]) in answer.text

    def test_it_costs_the_same_for_three_risks_and_for_thirty(self, client, people, scene):
        client.force_login(people.owner)
        matrix_of(client, scene)
        with CaptureQueriesContext(connection) as few:
            matrix_of(client, scene)
        for _number in range(30):
            RiskFactory(customer=scene["customer"], maximum_loss=5 * M)
        with CaptureQueriesContext(connection) as many:
            matrix_of(client, scene)
        assert len(many) == len(few)

    def test_the_summary_counts_the_statuses_and_links_to_them(self, client, people, scene):
        client.force_login(people.owner)
        answer = PAGES[1](client, scene)
        assert sum(each.risks for each in answer.context["counts"]) == 2
        for each in answer.context["counts"]:
            assert f"?status={each.status.value}" in answer.text

    @pytest.mark.parametrize("name", ["desk:customer", "programmes:programme"])
    def test_other_pages_fetch_the_summary_only_when_it_comes_into_sight(self, client, people, scene, name):
        client.force_login(people.owner)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(reverse(name, args=[scene["customer"].pk]))
        summary = reverse("programmes:adequacy-summary", args=[scene["customer"].pk])
        assert f'hx-get="{summary}" hx-trigger="revealed"' in answer.text
        assert not any("adequacy_risk" in query["sql"] for query in captured)


class TestCoverOfARisk:
    def test_the_sum_can_be_followed_by_hand(self, client, people, scene):
        client.force_login(people.owner)
        words = said(cover_of(client, scene["fire"]))
        assert "Pays 100% of the loss from 100,000 to 50,100,000." in words
        assert "(50,100,000 − 100,000) × 100% = 50,000,000" in words
        assert "Pays 60% of the loss from 50,100,000 to 100,100,000." in words
        assert "(80,000,000 − 50,100,000) × 60% = 17,940,000" in words
        assert "80,000,000 − 67,940,000 = 12,060,000" in words

    def test_what_the_customer_bears_is_told_by_its_reasons(self, client, people, scene):
        client.force_login(people.owner)
        found = cover_of(client, scene["fire"]).context["found"]
        assert [(part.reason, part.amount) for part in found.borne] == [
            ("UNPLACED", Decimal("11960000")),
            ("DEDUCTIBLE", Decimal("100000")),
        ]

    def test_the_tower_shows_the_loss_the_deductible_and_the_open_share(self, client, people, scene):
        client.force_login(people.owner)
        [drawn] = cover_of(client, scene["fire"]).context["stacks"]
        kinds = {cell.kind for cell in drawn["picture"].wide.cells}
        assert kinds == {"share", "open", "kept"}
        assert drawn["picture"].wide.loss is not None

    def test_a_section_that_excludes_the_risk_and_those_that_do_not_answer_say_why(self, client, people, scene):
        client.force_login(people.owner)
        words = said(cover_of(client, scene["quake"]))
        assert "PAR 2026/118" in words
        assert "Excludes Earthquake." in words
        assert "Public liability does not answer Earthquake." in words

    @pytest.mark.parametrize(
        ("terms", "why"),
        [
            ({"basis": "NAMED", "cover_terms": True}, "It names what it covers, and Fire is not among it."),
            ({"territory": ["MO"]}, "It covers losses in Macao only."),
            ({"territory_excluded": ["HK"]}, "It does not cover losses in Hong Kong."),
            ({"insured_kinds": ["STOCK"]}, "It insures Stock only, which this risk does not strike."),
        ],
    )
    def test_each_reason_not_to_answer_has_its_words(self, client, people, scene, terms, why):
        if terms.pop("cover_terms", False):
            quiet = layer(scene["customer"], "Q 1", 5, **terms)
            quiet.cover_terms.create(customer=scene["customer"], category=category("FLOOD"), included=True)
        else:
            layer(scene["customer"], "Q 1", 5, **terms)
        client.force_login(people.owner)
        silent = {each.terms.section.policy.number: each.why for each in _silent(client, scene)}
        assert silent["Q 1"] == why

    def test_a_section_of_other_locations_says_so(self, client, people, scene):
        quiet = layer(scene["customer"], "Q 1", 5)
        elsewhere = LocationFactory(customer=scene["customer"], name="Tai Po")
        quiet.locations.add(elsewhere, through_defaults={"customer": scene["customer"]})
        client.force_login(people.owner)
        silent = {each.terms.section.policy.number: each.why for each in _silent(client, scene)}
        assert silent["Q 1"] == "It insures other locations."

    def test_what_is_unknown_leads_to_where_it_is_entered(self, client, people, scene):
        Terms.objects.filter(pk=scene["excess"].pk).update(limit=None)
        client.force_login(people.owner)
        answer = cover_of(client, scene["fire"])
        assert re.search(r"XS 2026/9, \d+: its limit\. Fill it in", said(answer))
        assert reverse("programmes:correct", args=[scene["excess"].pk]) in answer.text
        client.force_login(people.colleague)
        answer = cover_of(client, scene["fire"])
        assert reverse("programmes:correct", args=[scene["excess"].pk]) not in answer.text

    def test_a_share_that_nobody_recorded_is_unknown_not_nothing(self, client, people, scene):
        Participation.objects.filter(terms=scene["excess"]).delete()
        client.force_login(people.owner)
        assert "the share that is placed" in said(cover_of(client, scene["fire"]))

    def test_a_loss_that_nobody_knows_leads_to_the_risk(self, client, people, scene):
        RiskExposure.objects.filter(risk=scene["fire"]).delete()
        client.force_login(people.owner)
        answer = cover_of(client, scene["fire"])
        assert "The largest loss. Fill it in" in said(answer)

    def test_a_closed_risk_is_judged_no_more(self, client, people, scene):
        Risk.objects.filter(pk=scene["fire"].pk).update(closed_on=TODAY - datetime.timedelta(days=1))
        client.force_login(people.owner)
        assert "This risk is closed on that day." in said(cover_of(client, scene["fire"]))
        assert "There is no loss to walk through" in said(walk_of(client, scene["fire"]))

    def test_it_costs_the_same_however_many_sections_there_are(self, client, people, scene):
        client.force_login(people.owner)
        cover_of(client, scene["fire"])
        with CaptureQueriesContext(connection) as few:
            cover_of(client, scene["fire"])
        for number in range(5):
            layer(scene["customer"], f"M {number}", 5, attachment=100 + 5 * number)
        exposure(scene["customer"], 3)
        with CaptureQueriesContext(connection) as many:
            cover_of(client, scene["fire"])
        assert len(many) == len(few)


def _silent(client, scene):
    return cover_of(client, scene["fire"]).context["around"].silent


class TestWalk:
    def test_each_insurer_s_part_of_the_largest_loss_adds_up(self, client, people, scene):
        client.force_login(people.owner)
        walk = walk_of(client, scene["fire"]).context["walk"]
        assert {row.label: row.now for row in walk.insurers} == {
            "Zurich": Decimal("32940000"),
            "AXA": Decimal("35000000"),
        }
        assert sum(row.now for row in walk.insurers) == walk.insured.now
        assert sum(row.now for row in walk.reasons) == walk.retained.now
        assert walk.is_above

    def test_another_loss_is_walked_as_typed(self, client, people, scene):
        client.force_login(people.owner)
        walk = walk_of(client, scene["fire"], loss="30m").context["walk"]
        assert (walk.loss, walk.insured.now, walk.retained.now) == (30 * M, Decimal("29900000"), Decimal("100000"))
        assert not walk.is_above

    def test_losses_worth_trying_are_offered(self, client, people, scene):
        client.force_login(people.owner)
        offered = walk_of(client, scene["fire"]).context["losses"]
        figures = {choice.label: choice.amount for choice, _address in offered}
        assert figures["Half of it"] == 40 * M
        assert figures["A tenth of it"] == 8 * M
        assert figures["Typical loss"] == 5 * M

    def test_another_loss_keeps_the_option(self, client, people, scene):
        name = f"share-{scene['excess'].section_id}"
        client.force_login(people.owner)
        offered = walk_of(client, scene["fire"], loss="30m", **{name: "100"}).context["losses"]
        assert [address for choice, address in offered if choice.label == "Half of it"] == [f"loss=40000000&{name}=100"]

    def test_an_option_stands_beside_what_is_and_saves_nothing(self, client, people, scene):
        before = list(Terms.objects.order_by("pk").values())
        client.force_login(people.owner)
        walk = walk_of(client, scene["fire"], **{f"share-{scene['excess'].section_id}": "100"}).context["walk"]
        assert walk.retained.now == Decimal("12060000")
        assert walk.retained.option == Decimal("100000")
        assert walk.retained.difference == Decimal("-11960000")
        assert walk.is_above
        assert not walk.is_option_above
        assert list(Terms.objects.order_by("pk").values()) == before

    @pytest.mark.parametrize(
        "tried",
        [
            ("limit", "20m", Decimal("12060000") + 30 * M),
            ("deductible_amount", "2,000,000", Decimal("2000000") + Decimal("11200000")),
            ("share", "90%", Decimal("12060000") + 5 * M),
        ],
    )
    def test_each_term_of_a_section_can_be_tried(self, client, people, scene, tried):
        what, typed, bears = tried
        client.force_login(people.owner)
        walk = walk_of(client, scene["fire"], **{f"{what}-{scene['primary'].section_id}": typed}).context["walk"]
        assert walk.retained.option == bears

    def test_an_insurer_that_only_pays_in_the_option_is_listed_too(self, client, people, scene):
        client.force_login(people.owner)
        walk = walk_of(
            client, scene["fire"], loss="60m", **{f"attachment_point-{scene['excess'].section_id}": "70m"}
        ).context["walk"]
        zurich = next(row for row in walk.insurers if row.label == "Zurich")
        assert zurich.difference < 0

    @pytest.mark.parametrize(
        "wrong",
        [
            ("limit", "lots", "Enter a number."),
            ("limit", "0", "An amount above 0 is needed."),
            ("deductible_amount", "-5", "An amount must not be negative."),
            ("share", "120", "A share is at most 100%."),
        ],
    )
    def test_a_wrong_figure_is_named_at_its_field_and_kept(self, client, people, scene, wrong):
        what, typed, error = wrong
        name = f"{what}-{scene['primary'].section_id}"
        client.force_login(people.owner)
        answer = walk_of(client, scene["fire"], **{name: typed})
        assert answer.context["form"].errors == {name: [error]}
        assert f'value="{typed}"' in answer.text
        assert answer.context["walk"].option is None
        assert "The option is not worked out while a figure of it is wrong." in said(answer)

    def test_a_wrong_loss_is_named_at_its_field_and_the_largest_is_walked(self, client, people, scene):
        client.force_login(people.owner)
        answer = walk_of(client, scene["fire"], loss="plenty")
        assert answer.context["form"].errors == {"loss": ["Enter a number."]}
        assert 'value="plenty"' in answer.text
        assert answer.context["walk"].loss == 80 * M

    def test_while_somebody_types_the_address_follows_without_what_is_empty(self, client, people, scene):
        client.force_login(people.owner)
        answer = walk_of(
            client,
            scene["fire"],
            htmx=True,
            **{"loss": "30m", f"limit-{scene['primary'].section_id}": "", "unknown": "x"},
        )
        assert answer["HX-Replace-Url"].endswith("/walk/?loss=30m")

    def test_shares_placed_elsewhere_and_unnamed_are_said_so(self, client, people, scene):
        Terms.objects.filter(pk=scene["excess"].pk).update(placed_elsewhere_share=Decimal("0.4"))
        Participation.objects.filter(terms=scene["primary"]).delete()
        Terms.objects.filter(pk=scene["primary"].pk).update(placed_share=Decimal("1"))
        client.force_login(people.owner)
        names = {row.label for row in walk_of(client, scene["fire"]).context["walk"].insurers}
        assert names == {"Zurich", "placed elsewhere", "insurers not named"}

    def test_written_lines_are_scaled_and_marked_as_not_signed(self, client, people, scene):
        Participation.objects.filter(terms=scene["primary"]).update(signed_share=None, written_share=Decimal("0.8"))
        client.force_login(people.owner)
        rows = walk_of(client, scene["fire"], loss="30m").context["walk"].insurers
        assert [(row.now, row.is_written) for row in rows] == [(Decimal("14950000"), True)] * 2

    def test_without_a_largest_loss_one_can_still_be_walked(self, client, people, scene):
        RiskExposure.objects.filter(risk=scene["fire"]).delete()
        client.force_login(people.owner)
        assert "How large a loss can be is not known" in said(walk_of(client, scene["fire"]))
        walk = walk_of(client, scene["fire"], loss="10m").context["walk"]
        assert walk.retained.now == Decimal("100000")
