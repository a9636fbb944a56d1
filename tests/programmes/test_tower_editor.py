"""The editor of a tower: one page for all layers of a policy, drawn as it is typed, saved from a day in one go."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from market.models import ClassOfBusiness
from programmes.models import Section, Terms
from programmes.selectors.versions import holding
from programmes.services import terms as terms_service
from programmes.services.terms import Given
from risk.models import RiskCategory
from tests.factories import (
    CoverTermFactory,
    CustomerFactory,
    InsurerFactory,
    ParticipationFactory,
    PolicyFactory,
    SectionFactory,
    TermsFactory,
)

pytestmark = pytest.mark.usefixtures("clock")

D = Decimal
MILLION = D(1_000_000)
APRIL, OCTOBER = datetime.date(2026, 4, 1), datetime.date(2026, 10, 1)
LAST_OF_SEPTEMBER = datetime.date(2026, 9, 30)


@pytest.fixture
def policy(people):
    return PolicyFactory(customer=CustomerFactory(portfolio=people.portfolio), number="PAR 2026/118")


@pytest.fixture
def axa():
    return InsurerFactory(name="AXA General", short_name="AXA")


@pytest.fixture
def zurich():
    return InsurerFactory(name="Zurich Insurance", name_local="蘇黎世保險")


@pytest.fixture
def primary(policy, axa, zurich):
    """50,000,000 since inception: AXA leads 60%, Zurich has 40%."""
    terms = TermsFactory(section=SectionFactory(policy=policy, reference="1", name="Primary"))
    ParticipationFactory(terms=terms, insurer=axa, signed_share=D("0.6"), is_lead=True)
    ParticipationFactory(terms=terms, insurer=zurich, signed_share=D("0.4"))
    return terms


@pytest.fixture
def excess(policy, zurich, primary):
    """50,000,000 in excess of 50,000,000, all with Zurich."""
    section = SectionFactory(policy=policy, reference="2", name="First excess")
    terms = TermsFactory(section=section, attachment_point=50 * MILLION, deductible_amount=None)
    ParticipationFactory(terms=terms, insurer=zurich, signed_share=D("1"), is_lead=True)
    return terms


@pytest.fixture
def owner(client, people):
    """The browser of the account manager whose customer it is."""
    client.force_login(people.owner)
    return client


def url(policy, **query):
    return reverse("programmes:tower", args=[policy.pk]) + "".join(f"?{name}={query[name]}" for name in query)


def shown(answer):
    """What a browser would post: every field of the page as the page shows it."""
    entry = answer.context["entry"]
    posted = {}
    for form in [entry.form, *(each for layer in entry.layers for each in (layer.form, *layer.lines))]:
        for field in form:
            value = field.value()
            if value is True:
                value = "on"
            if value not in (None, False, ""):
                posted[field.html_name] = value
    return posted


def opened(client, policy, **query):
    return shown(client.get(url(policy, **query)))


def place_of(posted, name):
    """The number of the layer of that name on the page."""
    [place] = [key.split("-")[1] for key, value in posted.items() if key.endswith("-name") and value == name]
    return f"layers-{place}"


def faults(answer):
    """Every fault beside a field, as the field's place and the words."""
    entry = answer.context["entry"]
    found = {}
    for layer in entry.layers:
        found |= {slot: [mark.words for mark in marks if mark.tone == "error"] for slot, marks in layer.slots.items()}
    return {slot: words[0] for slot, words in found.items() if words}


def marks(answer):
    return {slot: [mark.words for mark in said] for slot, said in answer.context["entry"].slots.items() if said}


def on(section, day):
    return holding(section.versions.all(), day)


def new_layer(place, **texts):
    """The texts of a layer that is not saved yet; a line is "AXA 60"."""
    line = texts.pop("line", None)
    posted = {f"layers-{place}-{name}": text for name, text in texts.items()}
    if line:
        name, share = line.rsplit(" ", 1)
        posted |= {f"layers-{place}-lines-0-insurer": name, f"layers-{place}-lines-0-signed_share": share}
    return posted


# Who may


@pytest.mark.parametrize("name", ["tower", "tower-preview"])
def test_the_tower_is_edited_by_owner_and_supervisor_only(client, people, policy, primary, name):
    address = reverse(f"programmes:{name}", args=[policy.pk])
    for who, status in {"owner": 200, "supervisor": 200, "colleague": 403, "compliance": 403, "stranger": 404}.items():
        client.force_login(getattr(people, who))
        answer = client.get(address) if name == "tower" else client.post(address, {"how": "ENDORSE"})
        assert answer.status_code == status, who


def test_a_preview_is_asked_for_by_post_alone(owner, policy):
    assert owner.get(reverse("programmes:tower-preview", args=[policy.pk])).status_code == 405


def test_a_class_of_benefits_has_no_tower_to_edit(owner, policy):
    assert owner.get(url(policy, **{"class": "GROUP_MEDICAL"})).status_code == 404


# What is shown


def test_the_page_shows_the_layers_from_the_top_with_their_lines(owner, policy, excess):
    posted = opened(owner, policy)
    assert (posted["layers-0-name"], posted["layers-1-name"]) == ("First excess", "Primary")
    assert posted["layers-0-attachment_point"] == "50,000,000"
    assert posted["layers-1-lines-0-insurer"] == "AXA General"
    assert (posted["layers-1-lines-0-signed_share"], posted["layers-1-lines-0-is_lead"]) == ("60", "on")


def test_a_bound_policy_asks_for_the_day_and_an_unbound_one_begins_with_its_inception(owner, policy, primary):
    assert "first_day" not in opened(owner, policy)
    assert opened(owner, policy, **{"from": OCTOBER})["first_day"] == "2026-10-01"
    policy.bound_on = None
    policy.save()
    assert opened(owner, policy)["first_day"] == "2026-04-01"


def test_the_first_page_of_a_new_policy_has_a_blank_layer(owner, policy):
    answer = owner.get(url(policy))
    [layer] = answer.context["entry"].layers
    assert layer.is_blank
    assert opened(owner, policy)["layers-0-reference"] == "1"


def test_layers_of_other_policies_are_beside_and_in_the_picture(owner, policy, primary):
    other = PolicyFactory(customer=policy.customer, number="PAR 2026/119", bound_on=None)
    TermsFactory(section__policy=other, attachment_point=50 * MILLION)
    answer = owner.get(url(policy))
    assert "PAR 2026/119" in answer.text
    assert [layer.label for layer in answer.context["tower"].tower.layers] == ["Primary 50m", "50m xs 50m, not bound"]


def test_a_package_has_a_tower_for_each_of_its_classes(owner, policy, primary):
    cyber = SectionFactory(policy=policy, reference="2", class_of_business=ClassOfBusiness.objects.get(code="CYBER"))
    TermsFactory(section=cyber, limit=5 * MILLION)
    [layer] = owner.get(url(policy, **{"class": "CYBER"})).context["entry"].layers
    assert layer.section == cyber
    assert "?class=CYBER" in owner.get(url(policy)).text


def test_the_page_costs_as_many_queries_for_many_layers(owner, policy, primary, django_assert_num_queries):
    for number in range(2, 9):
        section = SectionFactory(policy=policy, reference=str(number))
        ParticipationFactory(terms=TermsFactory(section=section, attachment_point=50 * number * MILLION))
    owner.get(url(policy))
    with django_assert_num_queries(10):
        owner.get(url(policy))
    posted = opened(owner, policy)
    with django_assert_num_queries(10):
        owner.post(reverse("programmes:tower-preview", args=[policy.pk]), posted)


# Drawing while typing


def preview(owner, policy, posted):
    return owner.post(reverse("programmes:tower-preview", args=[policy.pk]), posted, headers={"HX-Request": "true"})


def test_a_preview_draws_what_is_typed_and_writes_nothing(owner, policy, primary):
    posted = opened(owner, policy) | new_layer(1, reference="2", limit="50m", attachment_point="50m", line="zurich 85")
    answer = preview(owner, policy, posted)
    top = answer.context["tower"].tower.in_order[1]
    assert (top.label, top.attachment, top.shares[0].share) == ("50m xs 50m", D("50100000"), D("0.85"))
    assert "open" in answer.text
    assert Section.objects.count() == 1
    assert not AuditEntry.objects.exists()


def test_typed_figures_are_echoed_in_full(owner, policy, primary):
    posted = opened(owner, policy) | new_layer(1, limit="1.5bn", attachment_point="50m", line="蘇黎世保險 85")
    assert preview(owner, policy, posted).context["entry"].echoes == {
        "id_layers-1-limit": ("1.5bn", "1,500,000,000"),
        "id_layers-1-attachment_point": ("50m", "50,000,000"),
        "id_layers-1-lines-0-insurer": ("蘇黎世保險", "Zurich Insurance"),
    }


@pytest.mark.parametrize(
    ("texts", "slot", "words"),
    [
        ({"attachment_point": "60m"}, "standing", "Gap: nothing covers 50.1m to 60.1m."),
        ({"attachment_point": "40m"}, "standing", "Overlaps Primary 50m from 40.1m to 50.1m: together 200%."),
        ({"line": "zurich 85"}, "lines", "Open 15%: nobody carries it yet."),
        ({"limit": ""}, "limit", "Not drawn while its limit is not known."),
        ({"limit": "-5"}, "limit", "An amount must not be negative."),
        ({"limit": "a lot"}, "limit", "Enter a number."),
        ({"line": "zurich 120"}, "lines-0-signed_share", "A share is at most 100%."),
        ({"line": "insurance 100"}, "lines-0-insurer", "Which one: Other Insurance, Zurich Insurance"),
        ({"line": "nobody 100"}, "lines-0-insurer", "No insurer is called nobody."),
    ],
)
def test_what_is_wrong_is_marked_beside_the_field_as_it_is_typed(owner, primary, texts, slot, words):
    policy = primary.section.policy
    InsurerFactory(name="Other Insurance")
    layer = {"reference": "2", "limit": "50m", "attachment_point": "50m", "line": "zurich 100"} | texts
    answer = preview(owner, policy, opened(owner, policy) | new_layer(1, **layer))
    assert words in marks(answer)[f"layers-1-{slot}"]


def test_written_lines_above_the_whole_are_summed_beside_them(owner, policy, primary):
    posted = opened(owner, policy) | {"layers-0-lines-0-written_share": "75", "layers-0-lines-1-written_share": "50"}
    [layer] = preview(owner, policy, posted).context["entry"].kept
    assert layer.sums == "written 125%, signed 100%"


def test_written_lines_that_are_not_signed_yet_are_said_to_be_signed_down(owner, policy, primary):
    posted = opened(owner, policy) | {"layers-0-lines-0-written_share": "75", "layers-0-lines-1-written_share": "50"}
    posted |= {"layers-0-lines-0-signed_share": "", "layers-0-lines-1-signed_share": ""}
    said = marks(preview(owner, policy, posted))["layers-0-lines"]
    assert said == ["Written 125% together: to be signed down."]


@pytest.mark.parametrize("limit", ["-5", "0", "a lot"])
def test_a_figure_that_is_wrong_is_drawn_as_it_was(owner, policy, primary, limit):
    answer = preview(owner, policy, opened(owner, policy) | {"layers-0-limit": limit})
    assert [layer.label for layer in answer.context["tower"].tower.layers] == ["Primary 50m"]


def test_a_layer_in_another_currency_or_period_is_marked(owner, policy, primary):
    dollars = PolicyFactory(customer=policy.customer, number="PAR 2026/7", currency="USD")
    TermsFactory(section__policy=dollars)
    short = PolicyFactory(
        customer=policy.customer, number="PAR 2026/8", expiry_date=datetime.date(2026, 12, 31), bound_on=APRIL
    )
    TermsFactory(section__policy=short, attachment_point=50 * MILLION, deductible_amount=None)
    posted = opened(owner, policy) | new_layer(1, limit="50m", attachment_point="100m")
    answer = preview(owner, policy, posted)
    said = [mark.words for mark in answer.context["entry"].faults]
    assert "PAR 2026/7 is in USD: its layers stand in a tower of their own, beside this one." in said
    assert (
        "PAR 2026/8 below runs 1 Apr 2026 to 31 Dec 2026, not as this layer does." in marks(answer)["layers-1-standing"]
    )
    assert "Periods differ" in answer.text


# The buttons that shape what is typed


def pressed(owner, policy, posted, act):
    answer = owner.post(url(policy), posted | {"act": act}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer


def test_a_layer_is_added_on_top_of_all_others(owner, policy, excess):
    answer = pressed(owner, policy, opened(owner, policy), "add")
    posted = shown(answer)
    assert (posted["layers-0-reference"], posted["layers-0-attachment_point"]) == ("3", "100,000,000")
    assert "autofocus" in str(answer.context["entry"].layers[0].form["limit"])
    assert Section.objects.count() == 2


def test_a_layer_is_added_on_top_of_the_layers_of_other_policies(owner, policy, primary):
    other = PolicyFactory(customer=policy.customer)
    TermsFactory(section__policy=other, attachment_point=50 * MILLION, limit=100 * MILLION)
    assert shown(pressed(owner, policy, opened(owner, policy), "add"))["layers-0-attachment_point"] == "150,000,000"


def test_a_layer_is_duplicated_with_its_lines_and_stands_on_itself(owner, policy, primary):
    posted = shown(pressed(owner, policy, opened(owner, policy), "duplicate:0"))
    assert (posted["layers-0-limit"], posted["layers-0-attachment_point"]) == ("50,000,000", "50,000,000")
    assert posted["layers-0-lines-1-insurer"] == "Zurich Insurance"
    assert "layers-0-section" not in posted


def test_a_saved_layer_is_marked_to_end_and_kept_again_and_a_new_one_is_taken_out(owner, policy, excess):
    posted = shown(pressed(owner, policy, opened(owner, policy), "remove:0"))
    assert posted["layers-0-ends"]
    assert "layers-0-ends" not in shown(pressed(owner, policy, posted, "remove:0"))
    posted = shown(pressed(owner, policy, posted, "duplicate:1"))
    assert len(pressed(owner, policy, posted, "remove:1").context["entry"].layers) == 2


def test_a_layer_is_stacked_on_the_one_below(owner, policy, primary):
    posted = opened(owner, policy)
    moved = {key.replace("layers-0", "layers-1"): text for key, text in posted.items()}
    moved |= new_layer(0, reference="2", limit="50m", attachment_point="70m")
    assert shown(pressed(owner, policy, moved, "stack:0"))["layers-0-attachment_point"] == "50,000,000"


def test_the_ladder_is_put_in_order(owner, policy, primary):
    posted = opened(owner, policy) | new_layer(1, reference="2", limit="50m", attachment_point="50m")
    assert shown(pressed(owner, policy, posted, "sort"))["layers-0-reference"] == "2"


def test_lines_are_added_and_removed(owner, policy, primary):
    answer = pressed(owner, policy, opened(owner, policy), "line:0")
    assert len(answer.context["entry"].layers[0].lines) == 3
    posted = shown(pressed(owner, policy, shown(answer), "drop:0.0"))
    assert posted["layers-0-lines-0-insurer"] == "Zurich Insurance"


def test_written_lines_are_signed_down_in_the_form(owner, policy, primary):
    posted = opened(owner, policy) | {
        "layers-0-lines-0-written_share": "75",
        "layers-0-lines-1-written_share": "50",
        "layers-0-lines-1-stands": "on",
    }
    posted = shown(pressed(owner, policy, posted, "sign:0"))
    assert (posted["layers-0-lines-0-signed_share"], posted["layers-0-lines-1-signed_share"]) == ("50", "50")


@pytest.mark.parametrize(
    ("wrote", "words"),
    [
        (("50", "35"), "Nothing to sign down: the lines are signed as written, and 15% is open."),
        (("50", ""), "Zurich Insurance has no written line: give what it wrote."),
    ],
)
def test_lines_that_cannot_be_signed_down_are_said(owner, policy, primary, wrote, words):
    posted = opened(owner, policy)
    posted |= {f"layers-0-lines-{number}-written_share": share for number, share in enumerate(wrote)}
    answer = pressed(owner, policy, posted, "sign:0")
    assert [notice.words for notice in answer.context["entry"].notices] == [words]


@pytest.mark.parametrize("act", ["nonsense", "remove:7", "drop:0.9", "remove", "stack:x"])
def test_an_act_that_no_button_asks_for_is_a_bad_request(owner, policy, primary, act):
    assert owner.post(url(policy), opened(owner, policy) | {"act": act}).status_code == 400


def test_buttons_work_without_scripts_on_the_whole_page(owner, policy, primary):
    answer = owner.post(url(policy), opened(owner, policy) | {"act": "add"})
    assert answer.status_code == 200
    assert "<html" in answer.text
    assert shown(answer)["layers-0-attachment_point"] == "50,000,000"


# Saving


def test_a_tower_is_saved_from_a_day_and_read_before_and_after(owner, policy, excess):
    posted = opened(owner, policy) | {"first_day": "2026-10-01", "change_note": "Endorsement 1"}
    posted |= {"layers-1-limit": "60m", "layers-0-attachment_point": "60m"}
    posted |= new_layer(2, reference="3", name="Second excess", limit="40m", attachment_point="110m", line="AXA 100")
    answer = owner.post(url(policy), posted)
    assert answer.url == f"{reverse('programmes:policy', args=[policy.pk])}?on=2026-10-01&beside=2026-09-30"
    added = Section.objects.get(reference="3")
    assert (on(added, LAST_OF_SEPTEMBER), on(added, OCTOBER).limit) == (None, 40 * MILLION)
    primary = policy.sections.get(reference="1")
    assert (on(primary, LAST_OF_SEPTEMBER).limit, on(primary, OCTOBER).limit) == (50 * MILLION, 60 * MILLION)
    assert on(primary, OCTOBER).change_note == "Endorsement 1"
    page = owner.get(answer.url).text
    assert "The tower is saved from 1 Oct 2026: 2 layers changed, 1 layer added." in page


def test_what_is_not_on_the_page_stays_as_it_was(owner, policy, primary):
    primary.sum_insured, primary.indemnity_months = 48 * MILLION, 18
    primary.save()
    CoverTermFactory(terms=primary, category=RiskCategory.objects.get(code="FLOOD"), sublimit=10 * MILLION)
    owner.post(url(policy), opened(owner, policy) | {"first_day": "2026-10-01", "layers-0-limit": "60m"})
    made = on(primary.section, OCTOBER)
    assert (made.sum_insured, made.indemnity_months) == (48 * MILLION, 18)
    assert made.cover_terms.get().sublimit == 10 * MILLION
    assert made.participations.count() == 2


def test_layers_without_a_difference_write_nothing(owner, policy, excess):
    posted = opened(owner, policy) | {"first_day": "2026-10-01", "layers-1-limit": "60m", "change_note": "Raised"}
    owner.post(url(policy), posted)
    assert Terms.objects.filter(section=excess.section).count() == 1
    assert [entry.action for entry in AuditEntry.objects.all()] == ["terms.endorsed"]


def test_a_tower_without_a_difference_is_not_saved(owner, policy, excess):
    answer = owner.post(url(policy), opened(owner, policy) | {"first_day": "2026-10-01"}, follow=True)
    assert "Nothing differs from the tower as it stood" in answer.text
    assert not AuditEntry.objects.exists()


def test_a_new_layer_covers_what_the_lowest_covers_without_its_sublimits(owner, policy, primary):
    primary.basis = "ALL_RISKS"
    primary.save()
    CoverTermFactory(terms=primary, category=RiskCategory.objects.get(code="FLOOD"), sublimit=10 * MILLION)
    posted = opened(owner, policy) | {"first_day": "2026-04-01"}
    owner.post(url(policy), posted | new_layer(1, reference="2", limit="50m", attachment_point="50m"))
    made = Terms.objects.get(section__reference="2")
    assert made.basis == "ALL_RISKS"
    assert [(row.category.code, row.sublimit) for row in made.cover_terms.all()] == [("FLOOD", None)]


def test_a_removed_layer_ends_the_day_before_and_can_be_read_until_then(owner, policy, excess):
    posted = shown(pressed(owner, policy, opened(owner, policy), "remove:0")) | {"first_day": "2026-10-01"}
    answer = owner.post(url(policy), posted, follow=True)
    assert "1 layer ended" in answer.text
    assert on(excess.section, LAST_OF_SEPTEMBER) == excess
    assert on(excess.section, OCTOBER) is None


def test_a_layer_of_a_draft_that_never_stood_is_gone_altogether(owner, policy, excess):
    policy.bound_on = None
    policy.save()
    owner.post(url(policy), shown(pressed(owner, policy, opened(owner, policy), "remove:0")))
    assert not Section.objects.filter(pk=excess.section_id).exists()


def test_a_layer_of_a_bound_policy_cannot_end_before_it_covered_anything(owner, policy, excess):
    posted = shown(pressed(owner, policy, opened(owner, policy), "remove:0")) | {"first_day": "2026-04-01"}
    answer = owner.post(url(policy), posted)
    assert answer.status_code == 422
    assert faults(answer)["layers-0-lines"] == "First excess begins on that day: its cover can end on a later one."


def test_a_draft_is_corrected_rather_than_endorsed(owner, policy, primary):
    policy.bound_on = None
    policy.save()
    owner.post(url(policy), opened(owner, policy) | {"layers-0-limit": "60m"})
    assert [entry.action for entry in AuditEntry.objects.all()] == ["terms.corrected"]


def test_correcting_in_place_changes_how_the_days_before_read(owner, policy, primary):
    posted = opened(owner, policy) | {"how": "CORRECT", "layers-0-limit": "60m", "change_note": "A slip of the pen"}
    posted |= new_layer(1, reference="2", limit="50m", attachment_point="60m")
    owner.post(url(policy), posted)
    assert on(primary.section, APRIL).limit == 60 * MILLION
    assert on(Section.objects.get(reference="2"), APRIL).limit == 50 * MILLION
    assert primary.section.versions.count() == 1
    assert AuditEntry.objects.get(action="terms.corrected").note == "A slip of the pen"


def test_a_section_is_renamed_with_the_rest(owner, policy, primary):
    owner.post(url(policy), opened(owner, policy) | {"first_day": "2026-10-01", "layers-0-name": "Working layer"})
    assert Section.objects.get().name == "Working layer"
    assert Terms.objects.count() == 1


# What is refused


@pytest.mark.parametrize(
    ("texts", "slot", "words"),
    [
        ({"layers-0-limit": "-5"}, "layers-0-limit", "An amount must not be negative."),
        ({"layers-0-limit": "0"}, "layers-0-limit", "The limit must be above 0. Leave it empty where it is not known."),
        ({"layers-0-unlimited": "on"}, "layers-0-limit", "Unlimited cover has no limit: give one or the other."),
        ({"layers-0-deductible_amount": "x"}, "layers-0-deductible_amount", "Enter a number."),
        ({"layers-0-placed_elsewhere_share": "101"}, "layers-0-placed_elsewhere_share", "A share is at most 100%."),
        ({"layers-0-reference": ""}, "layers-0-reference", "Give the layer a reference."),
        ({"layers-0-lines-0-signed_share": "101"}, "layers-0-lines-0-signed_share", "A share is at most 100%."),
        ({"layers-0-lines-1-is_lead": "on"}, "layers-0-lines-1-is_lead", "One insurer leads, not several."),
        (
            {"layers-0-lines-1-insurer": "AXA"},
            "layers-0-lines-1-insurer",
            "AXA General has more than one line.",
        ),
        (
            {"layers-0-attachment_point": "50m"},
            "layers-0-attachment_point",
            "Nothing lies below 50m: enter the layer below, or say that this one counts from the ground up.",
        ),
        (
            new_layer(1, reference="1", limit="50m", attachment_point="50m"),
            "layers-1-reference",
            "This policy has a section with that reference already.",
        ),
    ],
)
def test_wrong_figures_are_refused_at_the_field_with_everything_typed_kept(owner, primary, texts, slot, words):
    policy = primary.section.policy
    posted = opened(owner, policy) | {"first_day": "2026-10-01", "change_note": "kept"} | texts
    answer = owner.post(url(policy), posted)
    assert answer.status_code == 422
    assert faults(answer)[slot] == words
    assert shown(answer) == {key: text for key, text in posted.items() if text}
    assert "Not saved yet." in answer.text
    assert Terms.objects.count() == 1
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("", "Say from which day."),
        ("2026-03-31", "The day must lie within the policy's period, 1 Apr 2026 to 31 Mar 2027."),
        ("never", "Enter a valid date."),
    ],
)
def test_a_wrong_day_is_refused_at_the_field(owner, policy, primary, day, words):
    answer = owner.post(url(policy), opened(owner, policy) | {"first_day": day, "layers-0-limit": "60m"})
    assert answer.context["form"].errors["first_day"] == [words]
    assert Terms.objects.count() == 1


def test_a_fault_in_one_layer_leaves_no_trace_of_the_others(owner, policy, excess):
    posted = opened(owner, policy) | {"first_day": "2026-10-01", "layers-1-ends": "on", "layers-0-limit": "60m"}
    answer = owner.post(url(policy), posted)
    assert faults(answer)["layers-0-attachment_point"].startswith("Nothing lies below 50m")
    assert Terms.objects.count() == 2
    assert not AuditEntry.objects.exists()


def test_a_layer_that_stood_alone_before_may_still_be_changed(owner, policy, zurich):
    alone = TermsFactory(section__policy=policy, attachment_point=50 * MILLION)
    owner.post(url(policy), opened(owner, policy) | {"first_day": "2026-10-01", "layers-0-limit": "60m"})
    assert on(alone.section, OCTOBER).limit == 60 * MILLION


def test_an_open_share_a_gap_and_an_overlap_are_saved_as_they_are(owner, policy, primary):
    posted = opened(owner, policy) | {"first_day": "2026-10-01", "layers-0-lines-0-signed_share": "30"}
    posted |= new_layer(1, reference="2", limit="50m", attachment_point="70m")
    posted |= new_layer(2, reference="3", limit="50m", attachment_point="80m")
    assert owner.post(url(policy), posted).status_code == 302
    assert Section.objects.count() == 3


# Two editors


def test_the_second_editor_of_a_layer_is_told_and_may_save_again(client, people, policy, primary):
    client.force_login(people.owner)
    posted = opened(client, policy) | {"first_day": "2026-10-01", "layers-0-limit": "70m"}
    terms_service.correct(
        terms=primary, given=Given(values={"limit": 55 * MILLION}), by=people.supervisor, version=primary.version
    )
    answer = client.post(url(policy), posted)
    assert answer.status_code == 422
    [layer] = answer.context["entry"].layers
    assert layer.conflict["by"] == "Dora Supervisor"
    assert ("Limit", "55,000,000", "70,000,000") in [
        (str(row["label"]), row["now"], row["typed"]) for row in layer.conflict["rows"]
    ]
    assert client.post(url(policy), shown(answer)).status_code == 302
    assert on(primary.section, OCTOBER).limit == 70 * MILLION


def test_a_layer_added_meanwhile_is_shown_before_the_tower_is_saved(owner, policy, primary, zurich):
    posted = opened(owner, policy) | {"first_day": "2026-10-01", "layers-0-limit": "60m"}
    TermsFactory(
        section=SectionFactory(policy=policy, reference="2", name="Added by Dora"), attachment_point=60 * MILLION
    )
    answer = owner.post(url(policy), posted)
    assert answer.status_code == 422
    assert "Added by Dora stands in the tower too" in answer.text
    assert shown(answer)["layers-1-name"] == "Added by Dora"
    assert owner.post(url(policy), shown(answer)).status_code == 302
    assert on(primary.section, OCTOBER).limit == 60 * MILLION


def test_on_a_day_with_other_terms_the_editor_is_told_which(owner, people, policy, primary):
    made = terms_service.endorse(
        section=primary.section, from_day=OCTOBER, given=Given(values={"limit": 80 * MILLION}), by=people.owner
    )
    posted = opened(owner, policy, **{"from": "2026-06-01"}) | {"first_day": "2026-11-01", "layers-0-limit": "70m"}
    answer = owner.post(url(policy), posted)
    assert answer.status_code == 422
    assert on(primary.section, datetime.date(2026, 11, 1)) == made
