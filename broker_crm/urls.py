"""All addresses of the product, app by app."""

from django.urls import include, path

from broker_crm.sign_in import SignIn

urlpatterns = [
    path("accounts/login/", SignIn.as_view(), name="account_login"),
    path("accounts/", include("allauth.account.urls")),
    path("", include("common.urls")),
    path("", include("accounts.urls")),
    path("", include("profiles.urls")),
    path("", include("market.urls")),
    path("", include("risk.urls")),
    path("", include("communications.urls")),
    path("", include("programmes.urls")),
    path("", include("monitoring.urls")),
    path("", include("desk.urls")),
]
