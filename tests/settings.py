"""The product's settings, on this run's throw-away servers, with what makes tests quick."""

from tests import cluster

cluster.configure_environment()  # before the settings below read it

from broker_crm.settings import *  # noqa: E402, F403  the tests differ in these few lines only
from broker_crm.settings import STATIC_ROOT, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
