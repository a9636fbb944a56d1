"""Addresses of contact plans, updates and messages."""

from django.urls import path

from communications.views import letter_frames, messages, plans, updates

app_name = "communications"
urlpatterns = [
    path("customers/<uuid:pk>/messages/", plans.customer_messages, name="customer-messages"),
    path("customers/<uuid:pk>/messages/plan/", plans.plan, name="plan"),
    path("updates/", updates.update_list, name="updates"),
    path("updates/<uuid:pk>/", updates.detail, name="update-detail"),
    path("updates/<uuid:pk>/edit/", updates.edit, name="update-edit"),
    path("updates/<uuid:pk>/letter/", letter_frames.update_letter, name="update-letter"),
    path("updates/<uuid:pk>/release/", updates.release, name="update-release"),
    path("updates/<uuid:pk>/discard/", updates.discard, name="update-discard"),
    path("messages/<uuid:pk>/", messages.detail, name="message-detail"),
    path("messages/<uuid:pk>/letter/", letter_frames.message_letter, name="message-letter"),
    path("messages/<uuid:pk>/send-again/", messages.send_again, name="message-send-again"),
]
