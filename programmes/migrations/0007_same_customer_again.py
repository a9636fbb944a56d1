"""Keeps `customer_id` of the newer tables the same as that of the row above."""

from django.db import migrations

from common.migrations_sql import belongs_to_same_customer


class Migration(migrations.Migration):
    dependencies = [("programmes", "0006_a_section_has_a_class")]

    operations = [
        belongs_to_same_customer("programmes_policyinsured", "policy_id", "programmes_policy"),
        belongs_to_same_customer("programmes_premiumpart", "policy_id", "programmes_policy"),
        belongs_to_same_customer("programmes_premiumpart", "section_id", "programmes_section"),
        belongs_to_same_customer("programmes_instalment", "policy_id", "programmes_policy"),
        belongs_to_same_customer("programmes_declaration", "policy_id", "programmes_policy"),
        belongs_to_same_customer("programmes_declaration", "section_id", "programmes_section"),
        belongs_to_same_customer("programmes_policycondition", "policy_id", "programmes_policy"),
        belongs_to_same_customer("programmes_policycondition", "section_id", "programmes_section"),
        belongs_to_same_customer("programmes_claim", "section_id", "programmes_section"),
        belongs_to_same_customer("programmes_claim", "location_id", "profiles_location"),
        belongs_to_same_customer("programmes_claimmovement", "claim_id", "programmes_claim"),
    ]
