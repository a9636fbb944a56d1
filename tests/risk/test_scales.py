"""A customer's scales of likelihood and consequence: what ships, how they are begun, worded and figured."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as trial
from hypothesis import strategies as some

from accounts.models import AuditEntry
from risk.models import ScaleStep
from risk.selectors.scales import scales_of
from risk.services import scales
from tests.factories import CustomerFactory

EVERYBODY = ["owner", "colleague", "supervisor", "stranger", "compliance", "administrator"]
EDITORS = {"owner", "supervisor"}
WORDS = ["Rare", "Unlikely", "Possible", "Likely", "Almost certain"]
EVENTS = ["0.01", "0.03", "0.1", "0.5", "2"]


@pytest.fixture
def customer(people):
    return CustomerFactory(portfolio=people.portfolio)


def address(customer):
    return reverse("risk:scales", args=[customer.pk])


def typed(version=0, **changed):
    fields = {"version": version}
    for at in range(5):
        fields[f"LIKELIHOOD_{at + 1}_words"], fields[f"LIKELIHOOD_{at + 1}_figure"] = WORDS[at], EVENTS[at]
    for at, words in enumerate(["Minor", "Moderate", "Serious", "Major", "Severe"], start=1):
        fields[f"CONSEQUENCE_{at}_words"], fields[f"CONSEQUENCE_{at}_figure"] = words, ""
    return fields | changed


def amounts(*given):
    return {f"CONSEQUENCE_{at}_figure": amount for at, amount in enumerate(given, start=1)}


def test_what_ships_is_five_steps_each_that_could_be_saved_as_they_are(customer):
    shipped = scales_of(customer)
    assert not shipped.is_saved
    assert [step.words for step in shipped.likelihood] == WORDS
    assert [str(step.events_a_year) for step in shipped.likelihood] == EVENTS
    assert [(step.words, step.amount) for step in shipped.consequence][::4] == [("Minor", None), ("Severe", None)]
    scales.refuse_slips(list(shipped.steps))


def test_a_customer_who_reads_chinese_begins_with_chinese_words(people):
    steps = scales_of(CustomerFactory(portfolio=people.portfolio, language="zh-hant")).steps
    assert (steps[0].words, steps[-1].words) == ("罕見", "極嚴重")


def test_the_scales_that_ship_are_copied_once(people, customer):
    first = scales.ensure(customer=customer, by=people.owner)
    assert first.is_saved
    assert scales.ensure(customer=customer, by=people.owner) == first
    assert ScaleStep.objects.count() == 10
    entry = AuditEntry.objects.get()
    assert entry.after["Likelihood 1"] == "Rare, 0.01 a year"


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_the_customers_people_change_its_scales(client, people, customer, who):
    client.force_login(getattr(people, who))
    refused = 404 if who == "stranger" else 403
    assert client.get(address(customer)).status_code == (200 if who in EDITORS else refused)
    assert client.post(address(customer), typed()).status_code == (302 if who in EDITORS else refused)


def test_looking_at_the_scales_saves_nothing(client, people, customer):
    client.force_login(people.owner)
    client.get(address(customer))
    client.get(reverse("risk:risk-profile", args=[customer.pk]))
    assert not ScaleStep.objects.exists()


def test_owner_words_and_figures_both_scales_at_once(client, people, customer):
    client.force_login(people.owner)
    changed = {"LIKELIHOOD_1_words": "Once in a lifetime", "LIKELIHOOD_5_figure": "3"}
    changed |= amounts("0", "100k", "1m", "5m", "20m")
    client.post(address(customer), typed(**changed))
    saved = scales_of(customer)
    assert (saved.likelihood[0].words, saved.likelihood[4].events_a_year) == ("Once in a lifetime", 3)
    assert [step.amount for step in saved.consequence] == [0, 100_000, 1_000_000, 5_000_000, 20_000_000]
    entry = AuditEntry.objects.get(action="scales.changed")
    assert (entry.before["Likelihood 1"], entry.after["Likelihood 1"]) == (
        "Rare, 0.01 a year",
        "Once in a lifetime, 0.01 a year",
    )
    assert "Likelihood 2" not in entry.after
    shown = client.get(reverse("risk:risk-profile", args=[customer.pk])).text
    assert "Once in a lifetime" in shown
    assert "100k" in shown


def test_saving_them_as_they_are_changes_nothing(client, people, customer):
    kept = scales.ensure(customer=customer, by=people.owner)
    client.force_login(people.owner)
    client.post(address(customer), typed(version=kept.version))
    assert scales_of(customer).version == kept.version
    assert not AuditEntry.objects.filter(action="scales.changed").exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"LIKELIHOOD_3_figure": "0.03"}, "LIKELIHOOD_3_figure"),
        ({"LIKELIHOOD_2_figure": "0.2"}, "LIKELIHOOD_3_figure"),
        ({"LIKELIHOOD_1_figure": "0"}, "LIKELIHOOD_1_figure"),
        ({"LIKELIHOOD_1_figure": "-1"}, "LIKELIHOOD_1_figure"),
        ({"LIKELIHOOD_5_figure": "366"}, "LIKELIHOOD_5_figure"),
        ({"LIKELIHOOD_4_figure": ""}, "LIKELIHOOD_4_figure"),
        ({"LIKELIHOOD_4_figure": "often"}, "LIKELIHOOD_4_figure"),
        ({"LIKELIHOOD_1_figure": "0.00001"}, "LIKELIHOOD_1_figure"),
        ({"LIKELIHOOD_2_words": ""}, "LIKELIHOOD_2_words"),
        ({"LIKELIHOOD_2_words": "rare"}, "LIKELIHOOD_2_words"),
        (amounts("1", "2", "2", "4", "5"), "CONSEQUENCE_3_figure"),
        (amounts("1", "2", "", "4", "5"), "CONSEQUENCE_3_figure"),
        (amounts("1", "2", "-3", "4", "5"), "CONSEQUENCE_3_figure"),
    ],
)
def test_what_does_not_rise_or_is_missing_is_refused_at_its_step(client, people, customer, changed, field):
    client.force_login(people.owner)
    answer = client.post(address(customer), typed(**changed))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert all(answer.context["form"][name].value() == value for name, value in changed.items())
    assert not ScaleStep.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_second_editor_sees_what_each_step_is_by_now(client, people, customer):
    client.force_login(people.owner)
    client.post(address(customer), typed(LIKELIHOOD_1_words="Hardly ever"))
    client.force_login(people.supervisor)
    second = client.post(address(customer), typed(LIKELIHOOD_1_words="Seldom"))
    assert second.status_code == 422
    assert [(row["label"], row["now"], row["typed"]) for row in second.context["form"].conflict] == [
        ("Likelihood 1", "Hardly ever, 0.01 a year", "Seldom, 0.01 a year")
    ]
    assert second.context["form"].conflict_by == people.owner.name
    assert scales_of(customer).likelihood[0].words == "Hardly ever"
    again = typed(version=second.context["form"]["version"].value(), LIKELIHOOD_1_words="Seldom")
    assert client.post(address(customer), again).status_code == 302
    assert scales_of(customer).likelihood[0].words == "Seldom"


FIGURES = some.lists(some.decimals(min_value=0, max_value=400, places=4), min_size=5, max_size=5)


@trial(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(figures=FIGURES)
def test_figures_are_taken_when_each_is_above_the_one_before_it_and_else_the_step_is_named(figures):
    steps = [
        ScaleStep(scale="LIKELIHOOD", step=at, words=str(at), events_a_year=figure)
        for at, figure in enumerate(figures, start=1)
    ]
    rises = all(low < high for low, high in zip([Decimal(0), *figures], figures, strict=False))
    try:
        scales.refuse_slips(steps)
    except ValidationError as refused:
        assert not (rises and figures[-1] <= scales.MOST_EVENTS)
        assert all(name.startswith("LIKELIHOOD_") for name in refused.message_dict)
    else:
        assert rises
        assert figures[-1] <= scales.MOST_EVENTS
