"""Addresses of the pages people live in."""

from django.urls import path

from desk.views import customers, find

app_name = "desk"
urlpatterns = [
    path("find/", find.find, name="find"),
    path("customers/", customers.customer_list, name="customers"),
]
