"""Addresses of customers' profiles, contacts and locations."""

from django.urls import path

from profiles.views import contacts, customers, locations

app_name = "profiles"
urlpatterns = [
    path("customers/add/", customers.add, name="customer-add"),
    path("customers/<uuid:pk>/profile/", customers.profile, name="customer-profile"),
    path("customers/<uuid:pk>/change/", customers.change, name="customer-change"),
    path("customers/<uuid:pk>/reviewed/", customers.mark_reviewed, name="customer-reviewed"),
    path("customers/<uuid:pk>/take-into-care/", customers.take_into_care, name="customer-take-into-care"),
    path("customers/<uuid:pk>/history/", customers.history, name="customer-history"),
    path("customers/<uuid:customer_pk>/contacts/add/", contacts.add, name="contact-add"),
    path("contacts/<uuid:pk>/change/", contacts.change, name="contact-change"),
    path("contacts/<uuid:pk>/remove/", contacts.remove, name="contact-remove"),
    path("customers/<uuid:customer_pk>/locations/", locations.of_customer, name="locations"),
    path("customers/<uuid:customer_pk>/locations/add/", locations.add, name="location-add"),
    path("locations/<uuid:pk>/change/", locations.change, name="location-change"),
]
