"""All addresses of the product, app by app."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("broker_crm.account_urls")),
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
