"""Keeps `customer_id` the same as that of the row above, so that permission and monitors need no joins."""

from django.db import migrations

from common.migrations_sql import belongs_to_same_customer


class Migration(migrations.Migration):
    dependencies = [("risk", "0001_initial")]

    operations = [
        belongs_to_same_customer("risk_exposure", "location_id", "profiles_location"),
        belongs_to_same_customer("risk_exposurevalue", "exposure_id", "risk_exposure"),
    ]
