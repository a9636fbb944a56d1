"""Addresses of findings, of decisions, and of the catalogue of monitors."""

from django.urls import path

from monitoring.views import decisions, findings, monitors

app_name = "monitoring"
urlpatterns = [
    path("monitors/", monitors.monitors, name="monitors"),
    path("findings/<uuid:pk>/", findings.finding, name="finding"),
    path("findings/<uuid:pk>/decide/", findings.decide, name="finding-decide"),
    path("decisions/", decisions.decision_list, name="decisions"),
    path("decisions/<uuid:pk>/", decisions.decision, name="decision"),
    path("decisions/<uuid:pk>/answer/", decisions.answer, name="decision-answer"),
    path("decisions/<uuid:pk>/withdraw/", decisions.withdraw, name="decision-withdraw"),
]
