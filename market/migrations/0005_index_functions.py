"""Value indices for statements over many rows: the same answers as market/selectors/indices.py.

A function that reads figures costs some 10 microseconds a call, so find the distinct pairs of index and day first and
call it once for each; `market_indexed` reads nothing and is inlined.
"""

from django.db import migrations

FIGURE = """
create function market_index_figure(index_id uuid, on_day date) returns numeric language sql stable
set search_path = pg_catalog, public, pg_temp as $$
    select figure from public.market_valueindexfigure as row
    where row.index_id = $1 and row.valid_from <= $2
    order by row.valid_from desc limit 1
$$;
comment on function market_index_figure is
    'The figure of a value index on a day, the latest on or before it; null if there is none.';
"""

# Half up at the twentieth decimal, exactly: so the quotient is not rounded before that.
FACTOR = """
create function market_index_factor(index_id uuid, from_day date, to_day date) returns numeric language sql stable
set search_path = pg_catalog, public, pg_temp as $$
    select case when $1 is null then 1 else (
        select div(2 * t.figure * 1e20 + f.figure, 2 * f.figure) * 1e-20
        from (select public.market_index_figure($1, $2) as figure) as f,
            (select public.market_index_figure($1, $3) as figure) as t
    ) end
$$;
comment on function market_index_factor is
    'By how much a value index rose from one day to another, 20 decimals; 1 without an index, null without a figure.';
"""

INDEXED = """
create function market_indexed(amount numeric, from_figure numeric, to_figure numeric, decimals integer)
returns numeric language sql immutable as $$
    select div(2 * amount * to_figure * 10::numeric ^ decimals + from_figure, 2 * from_figure) / 10::numeric ^ decimals
$$;
comment on function market_indexed is
    'An amount, not negative, brought from one figure of an index to another, rounded half up; null without a figure.';
"""


class Migration(migrations.Migration):
    dependencies = [("market", "0004_ratings_authorisations_contacts_indices")]

    operations = [
        migrations.RunSQL(FIGURE, "drop function market_index_figure"),
        migrations.RunSQL(FACTOR, "drop function market_index_factor"),
        migrations.RunSQL(INDEXED, "drop function market_indexed"),
    ]
