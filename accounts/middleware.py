"""Per request: the user's language, and the user's name carried into the field history."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import get_supported_language_variant

from accounts.acting import acting_as

Respond = Callable[[HttpRequest], HttpResponse]


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
