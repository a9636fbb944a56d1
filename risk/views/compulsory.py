"""What the law asks of customers, as it ships with the product."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from risk.selectors.compulsory import requirements


@require_safe
def all_requirements(request: UserRequest) -> HttpResponse:
    return render(request, "risk/compulsory/list.html", {"requirements": requirements()})
