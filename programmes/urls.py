"""Addresses of programmes."""

from django.urls import path

from programmes.views import updates

app_name = "programmes"
urlpatterns = [
    path("customers/<uuid:customer_pk>/updates/draft/", updates.draft, name="update-draft"),
    path("updates/<uuid:pk>/refresh/", updates.refresh, name="update-refresh"),
]
