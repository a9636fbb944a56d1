"""Addresses of the building blocks: the gallery of components."""

from django.urls import path

from common.ui.gallery import gallery

app_name = "common"
urlpatterns = [path("gallery/", gallery, name="gallery")]
