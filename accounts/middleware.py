"""Per request: signing in where it is needed, the user's language, and the user's name in the field history."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_supported_language_variant

from accounts.acting import acting_as

Respond = Callable[[HttpRequest], HttpResponse]


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends whoever is signed out to the sign-in page, and from there back to the page they were on.

    An act pressed after the session ended cannot be done again by following its address, so its page is shown instead.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]
        is_fragment = request.headers.get("HX-Request") == "true"
        page = request.headers.get("HX-Current-URL" if is_fragment else "Referer", "")
        is_page_itself = request.method in ("GET", "HEAD") and not is_fragment
        if is_page_itself or urlsplit(page).netloc not in ("", request.get_host()):
            back = request.get_full_path() if is_page_itself else "/"
        else:
            back = urlsplit(page)._replace(scheme="", netloc="").geturl() or "/"
        answer = redirect_to_login(back, self.get_login_url(view_func))
        if is_fragment:
            # htmx follows a redirect within its request and would draw the sign-in page into a part of this one.
            return HttpResponse(status=204, headers={"HX-Redirect": answer.url})
        return answer


class NotAllowedPageMiddleware:
    """Gives the answer 405, which is empty as Django makes it, a page that says what to do."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            response.content = render_to_string("405.html", request=request)
            response.headers["Content-Type"] = "text/html; charset=utf-8"
        return response


class UserLanguageMiddleware:
    """Signed in: the language of the user's profile. Otherwise what the browser asks for."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            language = request.user.language
        else:
            language = translation.get_language_from_request(request)
        with translation.override(get_supported_language_variant(language or settings.LANGUAGE_CODE)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


class ActorMiddleware:
    """Names the user for the field history while the request runs."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with acting_as(request.user, url=request.path):
            return self.get_response(request)
