"""The top app: it binds the others together and has no tables."""

from django.apps import AppConfig

from broker_crm import celery

__all__ = ["celery"]


class BrokerCrmConfig(AppConfig):
    """Importing this loads the Celery application, so that tasks called from the web know their broker."""

    name = "broker_crm"
