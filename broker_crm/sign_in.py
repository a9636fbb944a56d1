"""Signing in. A demonstration offers its people to choose from."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings

from accounts.models import Role
from broker_crm.demo.people import PASSWORD, people


class SignIn(LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context["demo_password"] = PASSWORD
            context["demo_users"] = [
                {"name": person.name, "email": person.email, "role": Role(person.role).label} for person in people()
            ]
        return context
