"""The one way into the record: a function of the tables' owner, so that the application can add but never change."""

from django.db import migrations

ADD = """
create function audit_record(
    actor_id uuid, actor_name text, action text, customer_id uuid, object_type text, object_id uuid, object_label text,
    before jsonb, after jsonb, note text
) returns uuid language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.accounts_auditentry
        (id, at, actor_id, actor_name, action, customer_id, object_type, object_id, object_label, before, after, note)
    values (uuidv7(), clock_timestamp(), actor_id, actor_name, action, customer_id, object_type, object_id, object_label,
        before, after, note)
    returning id
$$;
revoke execute on function audit_record from public;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL(ADD, "drop function audit_record")]
