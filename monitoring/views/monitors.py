"""The catalogue of monitors with what each has found, and the latest runs."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import UserRequest
from monitoring.models import MonitorRun
from monitoring.selectors.findings import watched

RUNS = 10


def monitors(request: UserRequest) -> HttpResponse:
    rows = MonitorRun.objects.of_the_book().select_related("started_by").order_by("-created_at")[:RUNS]
    return render(
        request,
        "monitoring/monitor/list.html",
        {
            "watched": watched(request.user),
            "runs": [
                {
                    "run": run,
                    "seconds": f"{sum(run.milliseconds.values()) / 1000:.1f}",
                    "opened": run.total("opened") + run.total("reopened"),
                    "changed": run.total("changed"),
                    "resolved": run.total("resolved"),
                    "unchanged": run.total("unchanged"),
                }
                for run in rows
            ],
        },
    )
