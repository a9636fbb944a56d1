"""The request every page gets: behind LoginRequiredMiddleware its user is one of ours."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class UserRequest(HttpRequest):
    """For the types only: a request by a signed-in user, with htmx's details."""

    user: User
    htmx: HtmxDetails
