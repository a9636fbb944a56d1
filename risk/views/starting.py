"""The starting register: the risks usual in the customer's industry, to be ticked."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import UserRequest
from common.dates import today
from common.views import get_editable
from profiles.models import Customer
from risk.forms import StartingForm
from risk.selectors import starting
from risk.services import risks


def begin(request: UserRequest, pk: UUID) -> HttpResponse:
    """The proposals for the industry that the customer's profile names, or for `?industry=`."""
    customer = get_editable(Customer.objects.all(), request.user, pk=pk)
    recognised = starting.industry_of(customer)
    industry = starting.industry_named(request.GET.get("industry", "")) or recognised
    proposed = starting.proposals(customer, industry, today()) if industry else []
    new = {proposal.key: proposal for proposal in proposed if proposal.there is None}
    form = StartingForm(request.POST if request.method == "POST" else None, keys=new)
    if request.method == "POST" and form.is_valid():
        chosen = [new[key] for key in form.cleaned_data["chosen"]]
        added = risks.begin(customer=customer, proposals=chosen, by=request.user)
        messages.success(
            request,
            ngettext("%(count)d risk is added.", "%(count)d risks are added.", len(added)) % {"count": len(added)}
            + " "
            + _("Look through each: the levels are the usual ones of the industry, not yet the customer's."),
        )
        return redirect("risk:register", pk=pk)
    ticked = set(request.POST.getlist("chosen")) if request.method == "POST" else set(new)
    return render(
        request,
        "risk/risk/starting.html",
        {
            "form": form,
            "customer": customer,
            "industry": industry,
            "is_recognised": industry is not None and industry == recognised,
            "industries": sorted(starting.industries(), key=str),
            "rows": [{"proposal": proposal, "is_ticked": proposal.key in ticked} for proposal in proposed],
            "new": len(new),
        },
    )
