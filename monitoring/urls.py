"""Addresses of findings and of the catalogue of monitors."""

from django.urls import path

from monitoring.views import findings, monitors

app_name = "monitoring"
urlpatterns = [
    path("monitors/", monitors.monitors, name="monitors"),
    path("findings/<uuid:pk>/", findings.finding, name="finding"),
    path("findings/<uuid:pk>/dismiss/", findings.dismiss, name="finding-dismiss"),
]
