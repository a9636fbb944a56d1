"""Addresses of communications."""

app_name = "communications"
urlpatterns: list = []
