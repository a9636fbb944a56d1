"""Addresses of the pages people live in."""

from django.urls import path

from desk.views import customers, find, imports, worklist

app_name = "desk"
urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("policies/<uuid:pk>/start-renewal/", worklist.start_renewal, name="start-renewal"),
    path("customers/<uuid:pk>/review/", worklist.review_profile, name="review-profile"),
    path("find/", find.find, name="find"),
    path("customers/", customers.customer_list, name="customers"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/new/", imports.add, name="import-add"),
    path("imports/<uuid:pk>/", imports.detail, name="import"),
    path("imports/<uuid:pk>/choose/", imports.choose, name="import-choose"),
    path("imports/<uuid:pk>/load/", imports.load, name="import-load"),
    path("imports/<uuid:pk>/cancel/", imports.cancel, name="import-cancel"),
    path("imports/<uuid:pk>/progress/", imports.progress, name="import-progress"),
    path("imports/<uuid:pk>/refused/<str:file>/", imports.bad_rows, name="import-bad-rows"),
    path("customers/<uuid:pk>/", customers.customer, name="customer"),
]
