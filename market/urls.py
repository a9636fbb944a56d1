"""Addresses of insurers, classes of business and exchange rates."""

from django.urls import path

from market.views import classes, insurers, rates

app_name = "market"
urlpatterns = [
    path("insurers/", insurers.all_insurers, name="insurers"),
    path("insurers/add/", insurers.add, name="insurer-add"),
    path("insurers/<uuid:pk>/", insurers.insurer, name="insurer"),
    path("insurers/<uuid:pk>/change/", insurers.change, name="insurer-change"),
    path("insurers/groups/<uuid:pk>/change/", insurers.rename_group, name="insurer-group-change"),
    path("classes/", classes.all_classes, name="classes"),
    path("classes/add/", classes.add, name="class-add"),
    path("classes/<uuid:pk>/change/", classes.change, name="class-change"),
    path("exchange-rates/", rates.all_rates, name="rates"),
    path("exchange-rates/add/", rates.add, name="rate-add"),
    path("exchange-rates/<uuid:pk>/correct/", rates.correct, name="rate-correct"),
    path("exchange-rates/<slug:currency>/", rates.of_currency, name="rates-of"),
]
