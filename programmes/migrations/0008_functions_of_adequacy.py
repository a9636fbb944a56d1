"""Arithmetic of adequacy.sql: short functions that PostgreSQL writes out where they are called.

Rounding half up must be exact, so quotients are compared with the half before they are rounded, never after.
"""

from django.db import migrations

FUNCTIONS = """
create function exact_quotient(dividend numeric, divisor numeric, places integer) returns numeric
language sql immutable as $$
    select div(2 * dividend * (10::numeric ^ places)::numeric(40, 0) + divisor, 2 * divisor)
        / (10::numeric ^ places)::numeric(40, 0)
$$;
comment on function exact_quotient is 'A quotient of two figures not below 0, rounded half up, exactly.';

create function adequacy_ours(amount numeric, source_rate numeric, target_rate numeric, places integer) returns numeric
language sql immutable as $$
    select case
        when source_rate = target_rate then round(amount, places)
        else exact_quotient(amount * target_rate, source_rate, places)
    end
$$;
comment on function adequacy_ours is 'An amount in another currency, rounded half up to its minor unit.';

create function adequacy_indexed(
    amount numeric, index_now numeric, index_then numeric, source_rate numeric, target_rate numeric, places integer
) returns numeric
language sql immutable as $$
    select case
        when amount = 0 then 0
        else exact_quotient(amount * index_now * target_rate, index_then * source_rate, places)
    end
$$;
comment on function adequacy_indexed is
    'A value brought to a day by its index and into another currency, rounded once; null where a figure is missing.';

create aggregate array_concat_all(anycompatiblearray) (sfunc = array_cat, stype = anycompatiblearray);
"""
BACK = """
drop aggregate array_concat_all(anycompatiblearray);
drop function adequacy_indexed;
drop function adequacy_ours;
drop function exact_quotient;
"""


class Migration(migrations.Migration):
    dependencies = [("programmes", "0007_same_customer_again"), ("risk", "0008_risk_profile_and_register")]

    operations = [migrations.RunSQL(FUNCTIONS, BACK)]
