"""Keeps `customer_id` of the register the same as that of the row above."""

from django.db import migrations

from common.migrations_sql import belongs_to_same_customer


class Migration(migrations.Migration):
    dependencies = [("risk", "0008_risk_profile_and_register")]

    operations = [
        belongs_to_same_customer("risk_tolerance", "profile_id", "risk_riskprofile"),
        belongs_to_same_customer("risk_risk", "location_id", "profiles_location"),
        belongs_to_same_customer("risk_riskexposure", "risk_id", "risk_risk"),
        belongs_to_same_customer("risk_riskexposure", "exposure_id", "risk_exposure"),
        belongs_to_same_customer("risk_control", "risk_id", "risk_risk"),
    ]
