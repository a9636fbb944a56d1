"""Rates for statements over many rows: the same answers as market/selectors/rates.py, which the tests hold them to.

A function costs about 10 microseconds a call, so join the currencies first and call it once for each, as in
`cross join lateral (select market_rate(c.currency, d.day)) as r`.
"""

from django.db import migrations

# The base is written here and in settings.BASE_CURRENCY: a house that wants another one must bring new rates as well.
RATE = """
create function market_rate(currency text, on_day date) returns numeric language sql stable
set search_path = pg_catalog, public, pg_temp as $$
    select case when $1 = 'USD' then 1 else (
        select units_per_base from public.market_exchangerate as rate
        where rate.currency = $1 and rate.valid_from <= $2
        order by rate.valid_from desc limit 1
    ) end
$$;
comment on function market_rate is
    'Units of a currency for one of the base currency (USD), the latest on or before the day; null if there is none.';
"""

# Currencies without a minor unit (Unicode CLDR, as common.money takes them from babel).
MINOR_UNITS = """
create function market_minor_units(currency text) returns integer language sql immutable as $$
    select case when $1 in (WHOLE) then 0 else 2 end
$$;
comment on function market_minor_units is 'Decimals of a currency: 2 for HKD, 0 for JPY.';
"""

# Half up means up to and including the half, exactly: so no quotient is rounded before it is compared.
CONVERT = """
create function market_convert(amount numeric, source text, target text, on_day date) returns numeric language sql stable
set search_path = pg_catalog, public, pg_temp as $$
    select case when source = target then round(amount, market_minor_units(target)) else (
        select sign(amount) * round(
            div(2 * abs(amount) * t.rate * m.units + s.rate, 2 * s.rate) / m.units, market_minor_units(target)
        )
        from (select market_rate(source, on_day) as rate) as s,
            (select market_rate(target, on_day) as rate) as t,
            (select 10::numeric ^ market_minor_units(target) as units) as m
    ) end
$$;
comment on function market_convert is
    'The amount in another currency, by the cross rate through the base, rounded half up to its minor unit; null without rates.';
"""

WHOLE = [
    *("AFN", "ALL", "BIF", "CLP", "DJF", "GNF", "IQD", "IRR", "ISK", "JPY", "KMF", "KPW", "KRW", "LAK", "LBP"),
    *("MGA", "MMK", "PYG", "RSD", "RWF", "SOS", "SYP", "UGX", "VND", "VUV", "XAF", "XOF", "XPF", "YER"),
]


class Migration(migrations.Migration):
    dependencies = [("market", "0001_initial")]

    operations = [
        migrations.RunSQL(RATE, "drop function market_rate"),
        migrations.RunSQL(
            MINOR_UNITS.replace("WHOLE", ", ".join(f"'{code}'" for code in WHOLE)), "drop function market_minor_units"
        ),
        migrations.RunSQL(CONVERT, "drop function market_convert"),
    ]
