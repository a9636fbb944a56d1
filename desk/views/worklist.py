"""The worklist, and the acts that it offers."""

from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from babel.dates import format_date
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Role, User
from accounts.requests import UserRequest
from common.dates import today
from common.exceptions import StaleVersion, WrongState
from common.monitor import Topic
from common.templatetags.ui import locale
from common.views import get_editable
from desk.forms.worklist import NarrowingForm, ReviewForm
from desk.selectors import worklist as selectors
from monitoring.models import Finding
from monitoring.services import acts
from profiles.models import Contact, Customer
from programmes.models import Policy, RenewalStage
from programmes.services.renewals import NotRenewable

ROWS = 50


class Lines(Paginator):
    """Pages of the worklist; how many lines there are is known from the chips already."""

    def __init__(self, rows: QuerySet[Finding], *, count: int) -> None:
        super().__init__(rows, ROWS)
        self.known = count

    @cached_property
    def count(self) -> int:
        return self.known


def worklist(request: UserRequest) -> HttpResponse:
    user, on = request.user, today()
    looks_on = selectors.looks_on(user)
    names_managers = looks_on or user.role == Role.SUPERVISOR
    form = NarrowingForm(request.GET, managers=selectors.managers(user) if names_managers else User.objects.none())
    narrowing = form.narrowing()
    counts = selectors.counts(user, narrowing)
    leads = selectors.leads(user, narrowing)
    page = Lines(leads, count=counts.by_topic.get(narrowing.topic, counts.total)).get_page(request.GET.get("page"))
    renewals, customers = reverse("programmes:renewals"), reverse("desk:customers")
    chart, in_hand = selectors.renewals_by_month(user, narrowing.manager, on=on, url=renewals)
    alike = selectors.narrowed_alike(user, narrowing.manager)
    labels: list[tuple[str, Any]] = [("", _("All")), *Topic.choices]
    return render(
        request,
        "desk/worklist/worklist.html",
        {
            "day": format_date(on, "EEEE d MMMM" if locale().language == "en" else "M月d日EEEE", locale=locale()),
            "form": form,
            "narrowing": narrowing,
            "names_managers": names_managers,
            "looks_on": looks_on,
            "counts": counts,
            "chips": [
                {
                    "value": topic,
                    "label": label,
                    "count": counts.by_topic[topic] if topic else counts.total,
                    "is_current": topic == narrowing.topic,
                }
                for topic, label in labels
            ],
            "page": page,
            "lines": selectors.lines(user, narrowing, page.object_list),
            "awaiting_others": selectors.awaiting_others(user, narrowing),
            "stake": selectors.stake_of(leads),
            "house_currency": settings.HOUSE_CURRENCY,
            "chart": chart,
            "in_hand": in_hand,
            "in_hand_url": f"{renewals}?{urlencode({'stage': RenewalStage.IN_HAND.value} | alike)}",
            "onboarding_url": f"{customers}?{urlencode({'stage': 'ONBOARDING'} | alike)}",
            "health": selectors.health(user, narrowing.manager, on=on),
        },
    )


@require_POST
def start_renewal(request: UserRequest, pk: UUID) -> HttpResponse:
    """Takes the policy's renewal in hand. From the worklist (htmx) the answer is the list without the line."""
    policy = get_editable(Policy.objects.all(), request.user, pk=pk)
    try:
        renewal = acts.start_renewal(policy=policy, on=today(), by=request.user)
    except (WrongState, NotRenewable) as error:
        messages.error(request, str(error))
        return _back(request, reverse("programmes:policy", args=[pk]))
    url = reverse("programmes:renewal", args=[renewal.pk])
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>',
            _("The renewal of %(policy)s is in hand.") % {"policy": policy.number},
            url,
            _("Open the renewal"),
        ),
    )
    return _back(request, url)


def review_profile(request: UserRequest, pk: UUID) -> HttpResponse:
    """Shows the profile's main values and asks whether they are true; then it counts as reviewed."""
    customer = get_editable(
        Customer.objects.select_related("portfolio__manager", "tier", "profile_reviewed_by"), request.user, pk=pk
    )
    form = ReviewForm(request.POST or None, initial={"version": customer.version})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            acts.review_profile(
                customer=customer, on=today(), by=request.user, version=given["version"], note=given["note"]
            )
        except StaleVersion:
            customer.refresh_from_db()
            form = ReviewForm({"version": customer.version, "note": given["note"]})
            form.add_error(None, _("Somebody changed the profile meanwhile: read it again before you confirm it."))
        else:
            messages.success(request, _("The profile of %(name)s is reviewed as of today.") % {"name": customer})
            return _done(request)
    template = "desk/worklist/review.html#dialog" if request.htmx else "desk/worklist/review.html"
    return render(
        request,
        template,
        {
            "customer": customer,
            "form": form,
            "contacts": Contact.objects.filter(customer=customer, left_on=None).order_by("name", "pk"),
            "back": reverse("desk:worklist"),
        },
        status=422 if form.errors else 200,
    )


def _done(request: UserRequest) -> HttpResponse:
    """After a dialog: the page under it is loaded anew. Without scripts: back to the worklist."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return redirect("desk:worklist")


def _back(request: UserRequest, url: str) -> HttpResponse:
    """To htmx on the worklist the worklist as it is now, narrowed as the user sees it; else the page at `url`."""
    shown = urlsplit(request.htmx.current_url or "") if request.htmx else None
    if shown is None or shown.path != reverse("desk:worklist"):
        return redirect(url)
    request.GET = QueryDict(shown.query)
    return worklist(request)
