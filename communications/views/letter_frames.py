"""Letters as the mail program shows them, alone in a page of their own that other pages show in a frame.

A letter carries its styles in its tags, which our pages forbid; so the frame has its own policy, which allows that and
nothing else: no script, no picture from elsewhere, no form.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from common.views import get_visible
from communications import letters
from communications.models import Message, Update
from communications.selectors.recipients import recipients

POLICY = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF], "form-action": [NONE]}


def framed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A view whose answer only our own pages may frame, and which can do nothing but be looked at."""
    guarded = csp(POLICY)(xframe_options_sameorigin(require_safe(view)))

    @wraps(view)
    def shown(*args: Any, **kwargs: Any) -> HttpResponseBase:
        response = guarded(*args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        return response

    return shown


@framed
def update_letter(request: UserRequest, pk: UUID) -> HttpResponse:
    """The draft as its first recipient will see it."""
    update = get_visible(Update.objects.all(), request.user, pk=pk)
    contact = next(iter(recipients([update.customer_id]).get(update.customer_id, [])), None)
    return HttpResponse(letters.update(update, contact=contact).html)


@framed
def message_letter(request: UserRequest, pk: UUID) -> HttpResponse:
    """The letter as it was sent."""
    return HttpResponse(get_visible(Message.objects.all(), request.user, pk=pk).html)
