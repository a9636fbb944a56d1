"""Addresses of insurers, classes of business, value indices and exchange rates."""

from django.urls import path

from market.views import authorisations, classes, indices, insurer_contacts, insurers, rates, ratings, series

app_name = "market"
urlpatterns = [
    path("insurers/add/", insurers.add, name="insurer-add"),
    path("insurers/<uuid:pk>/", insurers.insurer, name="insurer"),
    path("insurers/<uuid:pk>/change/", insurers.change, name="insurer-change"),
    path("insurers/groups/<uuid:pk>/change/", insurers.rename_group, name="insurer-group-change"),
    path("insurers/<uuid:pk>/ratings/add/", ratings.add, name="rating-add"),
    path("insurers/<uuid:pk>/ratings/withdraw/", ratings.withdraw, name="rating-withdraw"),
    path("insurers/ratings/<uuid:pk>/correct/", ratings.correct, name="rating-correct"),
    path("insurers/ratings/<uuid:pk>/remove/", ratings.remove, name="rating-remove"),
    path("insurers/<uuid:pk>/authorisations/add/", authorisations.add, name="authorisation-add"),
    path("insurers/authorisations/<uuid:pk>/change/", authorisations.change, name="authorisation-change"),
    path("insurers/authorisations/<uuid:pk>/remove/", authorisations.remove, name="authorisation-remove"),
    path("insurers/<uuid:pk>/contacts/add/", insurer_contacts.add, name="insurer-contact-add"),
    path("insurers/contacts/<uuid:pk>/change/", insurer_contacts.change, name="insurer-contact-change"),
    path("insurers/contacts/<uuid:pk>/remove/", insurer_contacts.remove, name="insurer-contact-remove"),
    path("classes/", classes.all_classes, name="classes"),
    path("classes/add/", classes.add, name="class-add"),
    path("classes/<uuid:pk>/change/", classes.change, name="class-change"),
    path("exchange-rates/", rates.all_rates, name="rates"),
    path("exchange-rates/add/", rates.add, name="rate-add"),
    path("exchange-rates/import/", series.give_rates, name="exchange-rates-import"),
    path("exchange-rates/import/<uuid:token>/", series.look_at_rates, name="exchange-rates-import-look"),
    path("exchange-rates/<uuid:pk>/correct/", rates.correct, name="rate-correct"),
    path("exchange-rates/<slug:currency>/", rates.of_currency, name="rates-of"),
    path("value-indices/", indices.all_indices, name="indices"),
    path("value-indices/add/", indices.add, name="index-add"),
    path("value-indices/import/", series.give_indices, name="value-indices-import"),
    path("value-indices/import/<uuid:token>/", series.look_at_indices, name="value-indices-import-look"),
    path("value-indices/<uuid:pk>/", indices.index, name="index"),
    path("value-indices/<uuid:pk>/change/", indices.change, name="index-change"),
    path("value-indices/<uuid:pk>/figures/add/", indices.add_figure, name="index-figure-add"),
    path("value-indices/figures/<uuid:pk>/correct/", indices.correct_figure, name="index-figure-correct"),
    path("value-indices/figures/<uuid:pk>/remove/", indices.remove_figure, name="index-figure-remove"),
]
