"""Keeps `customer_id` the same as that of the row above, so that permission and monitors need no joins."""

from django.db import migrations

from common.migrations_sql import belongs_to_same_customer


class Migration(migrations.Migration):
    dependencies = [("communications", "0001_initial")]

    operations = [
        belongs_to_same_customer("communications_message", "update_id", "communications_update"),
    ]
