"""A user's own pages: profile and look."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms import ProfileForm
from accounts.models import User
from accounts.models.people import Theme
from accounts.requests import UserRequest
from accounts.services import people


def profile(request: UserRequest) -> HttpResponse:
    user = User.objects.select_related("team__office").get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=user, user=user)
    if request.method == "POST" and form.saves(
        lambda: people.change_profile(user=user, by=user, version=form.edited_version)
    ):
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form, "person": user})


@require_POST
def theme(request: UserRequest) -> HttpResponse:
    asked = request.POST.get("theme", "")
    if asked not in Theme.values:
        raise BadRequest("theme")
    people.choose_theme(user=request.user, theme=asked, by=request.user)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    return redirect(back)
