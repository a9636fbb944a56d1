"""Addresses of a user's own pages."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("me/", views.profile, name="profile"),
    path("me/look/", views.theme, name="theme"),
]
