"""The security of an insurer for statements over many rows, such as adequacy; market/selectors/ratings.py explains it.

A call costs some 10 microseconds, so join the insurers first and call it once for each, as in
`cross join lateral (select market_security_notch(i.id, d.day)) as s`.
"""

from django.db import migrations

SECURITY_NOTCH = """
create function market_security_notch(insurer uuid, on_day date) returns integer language sql stable
set search_path = pg_catalog, public, pg_temp as $$
    select max(grade.notch)::integer
    from (
        select distinct on (rating.agency) rating.grade_id
        from public.market_insurerrating as rating
        where rating.insurer_id = $1 and rating.rated_on <= $2
        order by rating.agency, rating.rated_on desc
    ) as latest
    join public.market_ratinggrade as grade on grade.id = latest.grade_id
$$;
comment on function market_security_notch is
    'The worst of the grades that the agencies give an insurer on the day, as a step of the common scale (1 the best, 22 default); null: unrated.';
"""


class Migration(migrations.Migration):
    dependencies = [("market", "0005_index_functions")]

    operations = [migrations.RunSQL(SECURITY_NOTCH, "drop function market_security_notch")]
