"""Keeps `customer_id` the same as that of the row above, so that permission and monitors need no joins."""

from django.db import migrations

from common.migrations_sql import belongs_to_same_customer


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_initial")]

    operations = [
        belongs_to_same_customer("programmes_section", "policy_id", "programmes_policy"),
        belongs_to_same_customer("programmes_terms", "section_id", "programmes_section"),
        belongs_to_same_customer("programmes_coverterm", "terms_id", "programmes_terms"),
        belongs_to_same_customer("programmes_participation", "terms_id", "programmes_terms"),
        belongs_to_same_customer("programmes_termslocation", "terms_id", "programmes_terms"),
        belongs_to_same_customer("programmes_termslocation", "location_id", "profiles_location"),
        belongs_to_same_customer("programmes_renewalpolicy", "renewal_id", "programmes_renewal"),
        belongs_to_same_customer("programmes_renewalpolicy", "policy_id", "programmes_policy"),
    ]
