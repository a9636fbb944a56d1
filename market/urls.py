"""Addresses of market."""

app_name = "market"
urlpatterns: list = []
