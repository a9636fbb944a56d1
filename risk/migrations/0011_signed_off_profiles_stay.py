"""Keeps a risk profile that is signed off as it is, with its tolerances and compulsory covers."""

from django.db import migrations

PROFILE = """
    create function risk_signed_off_profile_stays() returns trigger language plpgsql as $$
    begin
        -- Which customer it belongs to is no part of what it says: two customers that are one may be put together.
        if tg_op = 'UPDATE' and to_jsonb(old) - 'customer_id' = to_jsonb(new) - 'customer_id' then
            return new;
        end if;
        raise exception 'A risk profile that is signed off is kept as it is.' using errcode = 'check_violation';
    end $$;

    create trigger risk_riskprofile_signed_off_stays before update or delete on risk_riskprofile
        for each row when (old.signed_off_on is not null) execute function risk_signed_off_profile_stays();
"""

PART = """
    create function risk_part_of_signed_off_profile_stays() returns trigger language plpgsql as $$
    declare is_signed_off boolean;
    begin
        -- Locked first and looked at then, so that this and a signing-off wait for each other. A profile that is not
        -- there yet is made, signed off already, by this same transaction: foreign keys are checked at its end.
        select bool_or(locked.is_signed_off) into is_signed_off from (
            select signed_off_on is not null as is_signed_off from risk_riskprofile
            where id in (case when tg_op <> 'INSERT' then (to_jsonb(old) ->> tg_argv[0])::uuid end,
                         case when tg_op <> 'DELETE' then (to_jsonb(new) ->> tg_argv[0])::uuid end)
            for share
        ) as locked;
        if is_signed_off and not (tg_op = 'UPDATE' and to_jsonb(old) - 'customer_id' = to_jsonb(new) - 'customer_id') then
            raise exception 'A risk profile that is signed off is kept as it is.' using errcode = 'check_violation';
        end if;
        return case when tg_op = 'DELETE' then old else new end;
    end $$;

    create trigger risk_tolerance_signed_off_stays before insert or update or delete on risk_tolerance
        for each row execute function risk_part_of_signed_off_profile_stays('profile_id');
    create trigger risk_riskprofile_compulsory_signed_off_stays
        before insert or update or delete on risk_riskprofile_compulsory
        for each row execute function risk_part_of_signed_off_profile_stays('riskprofile_id');
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0010_whom_the_law_concerns")]

    operations = [
        migrations.RunSQL(
            PROFILE,
            "drop trigger risk_riskprofile_signed_off_stays on risk_riskprofile;"
            " drop function risk_signed_off_profile_stays()",
        ),
        migrations.RunSQL(
            PART,
            "drop trigger risk_tolerance_signed_off_stays on risk_tolerance;"
            " drop trigger risk_riskprofile_compulsory_signed_off_stays on risk_riskprofile_compulsory;"
            " drop function risk_part_of_signed_off_profile_stays()",
        ),
    ]
