"""Every section so far is of its policy's class; what the history says of it too."""

from django.db import migrations

BACKFILL = """
    update programmes_section as section set class_of_business_id = policy.class_of_business_id
    from programmes_policy as policy where policy.id = section.policy_id and section.class_of_business_id is null;
    update programmes_sectionhistoryrow as kept set class_of_business_id = section.class_of_business_id
    from programmes_section as section where section.id = kept.id and kept.class_of_business_id is null;
    update programmes_sectionhistoryrow as kept set class_of_business_id = policy.class_of_business_id
    from programmes_policy as policy where policy.id = kept.policy_id and kept.class_of_business_id is null;
    update programmes_sectionhistoryrow as kept set class_of_business_id = was.class_of_business_id
    from programmes_policyhistoryrow as was where was.id = kept.policy_id and kept.class_of_business_id is null;
"""


class Migration(migrations.Migration):
    dependencies = [("programmes", "0004_programmes_as_they_are")]

    operations = [migrations.RunSQL(BACKFILL, migrations.RunSQL.noop)]
