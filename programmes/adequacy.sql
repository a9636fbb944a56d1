-- Adequacy (DESIGN section 5): what each section pays of each risk's largest loss as at a day, and what that falls short of.
--
-- Parameters: day; customers (null: the whole book); what_if (JSON rows that replace terms: section, and any of limit,
-- deductible_amount, attachment_point, share; for trying an option without saving it); loss (an amount in the customer's
-- currency in place of the largest loss; null: none). Statements are separated by a line of three dashes and leave
-- temporary tables behind, of which these are the result:
--   adequacy_risk   one row a risk: largest loss, insured, retained (in the customer's currency; null: unknown)
--   adequacy_band   one row a risk and section that pays for it: start, room, share, average, recovery
--   adequacy_part   the same with those that exclude it, and those of which nobody knows
-- Each has a `variant`: ACTUAL (what is unknown pays nothing), TYPICAL (the typical loss in place of the largest). Risks of
-- which something is unknown have BEST and TYPICAL_BEST too: every unknown figure as good for the customer as it can be.
--   adequacy_judged  one row a risk: what was chosen for it, the judgement, and its status
--   adequacy_finding one row a finding
--
-- Amounts become the customer's currency as soon as they are read. Quotients are rounded by exact_quotient, which
-- compares with the half exactly.

-- Customers
create temporary table adequacy_customer on commit drop as
select id, currency, market_minor_units(currency) as places, market_rate(currency, %(day)s) as rate
from profiles_customer
where %(customers)s::uuid[] is null or id = any(%(customers)s::uuid[])
---
create unique index on adequacy_customer (id)
---
analyze adequacy_customer
---
-- What one currency is worth in another: every currency with rates in each of the customers'. No pair: not known.
create temporary table adequacy_rate on commit drop as
with recursive quoted as (
    -- From currency to currency along the index, for the rates themselves are many.
    (select currency from market_exchangerate order by currency limit 1)
    union all
    select further.currency from quoted cross join lateral (
        select currency from market_exchangerate as rate where rate.currency > quoted.currency order by currency limit 1
    ) as further
), target as (
    select distinct currency from adequacy_customer
), source as (
    select currency from quoted union select currency from target union select %(base_currency)s
)
select source.currency as source, target.currency as target,
    case when source.currency = target.currency then 1 else market_rate(source.currency, %(day)s) end as source_rate,
    case when source.currency = target.currency then 1 else market_rate(target.currency, %(day)s) end as target_rate
from source cross join target
---
analyze adequacy_rate
---
-- Policies in force that insure a customer: its own, and those of others that name it. A lineslip is no cover itself.
create temporary table adequacy_policy on commit drop as
with insured as (
    select policy.id as policy_id, customer.id as customer_id
    from adequacy_customer as customer join programmes_policy as policy on policy.customer_id = customer.id
    union
    select named.policy_id, customer.id
    from adequacy_customer as customer join programmes_policyinsured as named on named.insured_id = customer.id
)
select insured.customer_id, policy.id as policy_id, policy.customer_id as arranged_by, policy.currency,
    rate.source_rate, rate.target_rate, customer.places, policy.inception_date,
    -- The aggregate year runs from the policy's anniversary.
    (policy.inception_date + make_interval(years => years.elapsed))::date as year_begins,
    (policy.inception_date + make_interval(years => years.elapsed + 1))::date as year_ends
from insured
join programmes_policy as policy on policy.id = insured.policy_id
join adequacy_customer as customer on customer.id = insured.customer_id
left join adequacy_rate as rate on rate.source = policy.currency and rate.target = customer.currency
cross join lateral (
    select extract(year from %(day)s::date)::integer - extract(year from policy.inception_date)::integer as between_years
) as apart
cross join lateral (
    select apart.between_years - case
        when (policy.inception_date + make_interval(years => apart.between_years))::date > %(day)s::date then 1 else 0
    end as elapsed
) as years
where policy.bound_on is not null and policy.kind <> 'LINESLIP' and policy.inception_date <= %(day)s
    and (policy.expiry_date is null or policy.expiry_date >= %(day)s)
    and (policy.cancelled_from is null or policy.cancelled_from > %(day)s)
---
analyze adequacy_policy
---
-- Values on the day: of the customers, and of whoever else their policies insure.
create temporary table adequacy_value on commit drop as
with reached as (
    select id as customer_id from adequacy_customer
    union select arranged_by from adequacy_policy
    union select named.insured_id
    from programmes_policyinsured as named join adequacy_policy as policy on policy.policy_id = named.policy_id
), latest as (
    select distinct on (value.exposure_id) value.exposure_id, value.amount, value.currency, value.valued_on
    from reached join risk_exposurevalue as value on value.customer_id = reached.customer_id
    where value.valued_on <= %(day)s
    order by value.exposure_id, value.valued_on desc
), exposure as (
    select exposure.id, exposure.customer_id, exposure.kind, exposure.location_id, exposure.value_index_id,
        latest.amount, latest.currency, latest.valued_on
    from reached
    join risk_exposure as exposure on exposure.customer_id = reached.customer_id
    left join latest on latest.exposure_id = exposure.id
    where exposure.kind in ('BUILDINGS', 'CONTENTS', 'STOCK', 'MACHINERY', 'BUSINESS_INTERRUPTION', 'OTHER')
), indexed as (
    select asked.value_index_id, asked.valued_on, market_index_figure(asked.value_index_id, %(day)s) as index_now,
        market_index_figure(asked.value_index_id, asked.valued_on) as index_then
    from (
        select distinct value_index_id, coalesce(valued_on, %(day)s) as valued_on from exposure
        where value_index_id is not null
    ) as asked
)
select exposure.id, exposure.customer_id, exposure.kind, exposure.location_id, exposure.amount, exposure.currency,
    case when exposure.value_index_id is null then 1 else indexed.index_now end as index_now,
    case when exposure.value_index_id is null then 1 when exposure.valued_on is not null then indexed.index_then end
        as index_then
from exposure
left join indexed on indexed.value_index_id = exposure.value_index_id
    and indexed.valued_on = coalesce(exposure.valued_on, %(day)s)
---
create unique index on adequacy_value (id)
---
create index on adequacy_value (customer_id)
---
analyze adequacy_value
---
-- Sections with the terms that hold on the day, one row for each customer they insure.
create temporary table adequacy_section on commit drop as
with held as materialized (
    -- The few columns that pick the rows of the other tables, each of which is then read and summed once.
    select policy.customer_id, policy.policy_id, policy.year_begins, policy.year_ends, section.id as section_id,
        terms.id as terms_id, terms.coverage_trigger, terms.aggregate_limit is not null as has_aggregate
    from adequacy_policy as policy
    join programmes_section as section on section.policy_id = policy.policy_id
    join programmes_terms as terms on terms.section_id = section.id and terms.first_day <= %(day)s
        and (terms.last_day is null or terms.last_day >= %(day)s)
), lines as (
    select line.terms_id, sum(signed_share) as signed, sum(written_share) as written
    from programmes_participation as line where line.terms_id in (select terms_id from held) group by line.terms_id
), places_named as (
    select place.terms_id, array_agg(location_id order by location_id) as locations
    from programmes_termslocation as place where place.terms_id in (select terms_id from held) group by place.terms_id
), said as (
    select term.terms_id, coalesce(bool_or(term.deductible_percent_of = 'VALUE'), false) as by_value
    from programmes_coverterm as term where term.terms_id in (select terms_id from held) group by term.terms_id
), used as (
    select held.customer_id, held.section_id, sum(figures.outstanding + figures.paid) as amount
    from held
    join programmes_claim as claim on claim.section_id = held.section_id
        and case when held.coverage_trigger = 'CLAIMS_MADE' then coalesce(claim.made_on, claim.lost_on)
            else claim.lost_on end >= held.year_begins
        and case when held.coverage_trigger = 'CLAIMS_MADE' then coalesce(claim.made_on, claim.lost_on)
            else claim.lost_on end < held.year_ends
    cross join lateral (
        select outstanding, paid from programmes_claimmovement as movement
        where movement.claim_id = claim.id and movement.stood_on <= %(day)s
        order by movement.stood_on desc limit 1
    ) as figures
    where held.has_aggregate
    group by held.customer_id, held.section_id
)
select policy.customer_id, policy.policy_id, policy.arranged_by, section.id as section_id, terms.id as terms_id,
    section.class_of_business_id as class_id, policy.currency, terms.indemnity_months, terms.basis, terms.unlimited, terms.drops_down, terms.recognises_sublimits,
    terms.attachment_basis = 'GROUND_UP' as is_ground_up, terms.insured_kinds, terms.territory, terms.territory_excluded,
    policy.source_rate, policy.target_rate, policy.places,
    case when terms.limit_basis = 'PER_UNIT' then terms.units else 1 end as units,
    adequacy_ours(coalesce(tried.attachment_point, terms.attachment_point), source_rate, target_rate, places) as attachment,
    coalesce(tried.attachment_point, terms.attachment_point) = 0 as is_primary,
    case when terms.unlimited and tried."limit" is null then 1e30 * sign(source_rate * target_rate) else least(
        adequacy_ours(
            coalesce(tried."limit", terms."limit") * case when terms.limit_basis = 'PER_UNIT' then terms.units else 1 end,
            source_rate, target_rate, places),
        adequacy_ours(nullif(terms.sum_insured, 0), source_rate, target_rate, places)) end as room,
    adequacy_ours(nullif(terms.sum_insured, 0), source_rate, target_rate, places) as sum_insured,
    terms.average_threshold, terms.average_basis,
    case when tried.deductible_amount is not null then tried.deductible_amount else terms.deductible_amount end
        as deductible_amount,
    case when tried.deductible_amount is null then terms.deductible_percent end as deductible_percent,
    terms.deductible_percent_of, terms.deductible_min, terms.deductible_max,
    adequacy_ours(terms.aggregate_limit, source_rate, target_rate, places) as aggregate_whole,
    case when terms.aggregate_limit is not null then
        adequacy_ours(coalesce(used.amount, 0), source_rate, target_rate, places) end as aggregate_used,
    case when terms.aggregate_limit is not null then adequacy_ours(
        greatest(terms.aggregate_limit - coalesce(used.amount, 0), 0), source_rate, target_rate, places) end as aggregate_left,
    coalesce(tried.share, case
        when lines.terms_id is null then terms.placed_share
        else coalesce(lines.signed, least(lines.written, 1)) + terms.placed_elsewhere_share
    end) as share,
    places_named.locations, said.terms_id is not null as has_cover_terms,
    terms.average_threshold is not null or terms.deductible_percent_of = 'VALUE' or coalesce(said.by_value, false)
        as needs_value,
    null::numeric as insured_value
from held
join adequacy_policy as policy on policy.policy_id = held.policy_id and policy.customer_id = held.customer_id
join programmes_section as section on section.id = held.section_id
join market_classofbusiness as class on class.id = section.class_of_business_id and class.mode = 'TOWER'
join programmes_terms as terms on terms.id = held.terms_id
left join jsonb_to_recordset(%(what_if)s::jsonb) as tried (
    section uuid, "limit" numeric, deductible_amount numeric, attachment_point numeric, share numeric
) on tried.section = section.id
left join lines on lines.terms_id = terms.id
left join places_named on places_named.terms_id = terms.id
left join said on said.terms_id = terms.id
left join used on used.customer_id = policy.customer_id and used.section_id = section.id
---
create index on adequacy_section (customer_id)
---
analyze adequacy_section
---
-- The value of all that a section insures, of all its insureds: for average, and for deductibles as a share of it.
update adequacy_section as section set insured_value = sums.total
from (
    with wanted as materialized (
        select wanted.customer_id, wanted.section_id, wanted.policy_id, wanted.arranged_by, wanted.insured_kinds,
            wanted.locations, customer.currency, customer.places
        from adequacy_section as wanted join adequacy_customer as customer on customer.id = wanted.customer_id
        where wanted.needs_value
    ), owners as (
        select customer_id, section_id, arranged_by as owner from wanted
        union all
        select wanted.customer_id, wanted.section_id, named.insured_id
        from wanted join programmes_policyinsured as named on named.policy_id = wanted.policy_id
    )
    select wanted.customer_id, wanted.section_id,
        case when count(*) filter (where ours.amount is null and value.id is not null) = 0
            then coalesce(sum(ours.amount), 0) end as total
    from wanted
    join owners on owners.customer_id = wanted.customer_id and owners.section_id = wanted.section_id
    left join adequacy_value as value on value.customer_id = owners.owner
        and (wanted.insured_kinds = '{}' or value.kind = any(wanted.insured_kinds))
        and (wanted.locations is null or value.location_id is null or value.location_id = any(wanted.locations))
    left join adequacy_rate as rate on rate.source = value.currency and rate.target = wanted.currency
    left join lateral (
        select adequacy_indexed(value.amount, value.index_now, value.index_then, rate.source_rate, rate.target_rate,
            wanted.places) as amount
    ) as ours on true
    group by wanted.customer_id, wanted.section_id
) as sums
where section.customer_id = sums.customer_id and section.section_id = sums.section_id
---
-- Categories with the keys of their ancestors, the nearest last, and the classes that answer them.
create temporary table adequacy_category on commit drop as
select category.id, array_agg(ancestor.id order by array_position(category.path, ancestor.code)) as path,
    answering.classes, answering.has_tower
from risk_riskcategory as category
join risk_riskcategory as ancestor on ancestor.code = any(category.path)
cross join lateral (
    select coalesce(array_agg(class.id), '{}') as classes,
        coalesce(bool_or(class.mode = 'TOWER'), true) as has_tower -- benefits alone are judged against expectations
    from risk_riskcategory_classes as answers join market_classofbusiness as class on class.id = answers.classofbusiness_id
    where answers.riskcategory_id = category.id
) as answering
group by category.id, answering.classes, answering.has_tower
---
-- What each risk can strike, in the customer's currency.
create temporary table adequacy_linked on commit drop as
select linked.risk_id, value.id as exposure_id, value.kind, value.location_id,
    adequacy_indexed(value.amount, value.index_now, value.index_then, rate.source_rate, rate.target_rate, customer.places)
        as amount
from adequacy_customer as customer
join risk_risk as risk on risk.customer_id = customer.id and (risk.closed_on is null or risk.closed_on > %(day)s)
join risk_riskexposure as linked on linked.risk_id = risk.id
join adequacy_value as value on value.id = linked.exposure_id
left join adequacy_rate as rate on rate.source = value.currency and rate.target = customer.currency
---
create index on adequacy_linked (risk_id)
---
analyze adequacy_linked
---
create temporary table adequacy_risk on commit drop as
with struck as (
    -- What it can strike, in sum.
    select risk_id, count(*) as number, case when count(*) = count(amount) then sum(amount) end as total,
        bool_or(kind = 'BUSINESS_INTERRUPTION') as has_interruption
    from adequacy_linked group by risk_id
)
select risk.id as risk_id, 'ACTUAL' as variant, customer.id as customer_id, customer.currency, customer.places,
    risk.category_id, risk.location_id, location.country, coalesce(struck.number, 0) as exposures, struck.total as exposed,
    coalesce(struck.has_interruption, false) as has_interruption,
    case
        when %(loss)s::numeric is not null then %(loss)s::numeric
        when risk.maximum_loss is not null
            then adequacy_ours(risk.maximum_loss, rate.source_rate, rate.target_rate, customer.places)
        when struck.number > 0 then struck.total
    end as loss,
    null::numeric as insured, null::numeric as retained
from adequacy_customer as customer
join risk_risk as risk on risk.customer_id = customer.id and (risk.closed_on is null or risk.closed_on > %(day)s)
join adequacy_category as category on category.id = risk.category_id and category.has_tower
left join adequacy_rate as rate on rate.source = risk.currency and rate.target = customer.currency
left join profiles_location as location on location.id = risk.location_id
left join struck on struck.risk_id = risk.id
---
insert into adequacy_risk
select risk.risk_id, 'TYPICAL', risk.customer_id, risk.currency, risk.places, risk.category_id, risk.location_id,
    risk.country, risk.exposures, risk.exposed, risk.has_interruption,
    adequacy_ours(entered.typical_loss, rate.source_rate, rate.target_rate, risk.places), null, null
from adequacy_risk as risk
join risk_risk as entered on entered.id = risk.risk_id and entered.typical_loss is not null
left join adequacy_rate as rate on rate.source = entered.currency and rate.target = risk.currency
---
update adequacy_risk set loss = null where loss <= 0
---
create unique index on adequacy_risk (risk_id, variant)
---
create index on adequacy_risk (customer_id)
---
analyze adequacy_risk
---
-- Which sections answer which risk, and on which of its exposures (steps 2 and 3). `stack`: the exposures a section
-- insures of the risk; sections with the same ones stand in one stack. Null: all of them, or none is linked.
create temporary table adequacy_part on commit drop as
with risk as materialized (
    select risk_id, customer_id, category_id, location_id, country, exposures from adequacy_risk where variant = 'ACTUAL'
), ancestor as (
    select category.id, way.ancestor_id, way.depth
    from adequacy_category as category cross join lateral unnest(category.path) with ordinality as way (ancestor_id, depth)
), term as (
    select section.customer_id, section.section_id, term.category_id, term.included, term.sublimit,
        term.deductible_amount, term.deductible_percent, term.deductible_percent_of, term.deductible_min,
        term.deductible_max
    from adequacy_section as section join programmes_coverterm as term on term.terms_id = section.terms_id
    where section.has_cover_terms
), said as (
    -- The nearest ancestor with a cover term decides.
    select distinct on (risk.risk_id, term.section_id) risk.risk_id, term.*
    from risk
    join ancestor on ancestor.id = risk.category_id
    join term on term.customer_id = risk.customer_id and term.category_id = ancestor.ancestor_id
    order by risk.risk_id, term.section_id, ancestor.depth desc
), answering as (
    select risk_id, customer_id, section_id, case when included then 'YES' else 'EXCLUDED' end as answer, sublimit,
        deductible_amount, deductible_percent, deductible_percent_of, deductible_min, deductible_max
    from said
    union all
    -- Without one, an all-risks section answers the categories of its class.
    select risk.risk_id, risk.customer_id, section.section_id, 'YES', null, null, null, null, null, null
    from adequacy_section as section
    join risk_riskcategory_classes as class on class.classofbusiness_id = section.class_id
    join risk on risk.customer_id = section.customer_id and risk.category_id = class.riskcategory_id
    where section.basis = 'ALL_RISKS' and not exists (
        select from said where said.risk_id = risk.risk_id and said.section_id = section.section_id)
    union all
    -- One of named perils that names none: nobody knows.
    select risk.risk_id, risk.customer_id, section.section_id, 'UNKNOWN', null, null, null, null, null, null
    from adequacy_section as section join risk on risk.customer_id = section.customer_id
    where section.basis <> 'ALL_RISKS' and not section.has_cover_terms
), matched as materialized (
    select answering.*, coalesce(answering.deductible_amount, answering.deductible_percent) is not null as term_rules
    from answering
    join risk on risk.risk_id = answering.risk_id
    join adequacy_section as section on section.customer_id = answering.customer_id
        and section.section_id = answering.section_id
    where risk.location_id is null or (
        (section.locations is null or risk.location_id = any(section.locations))
        and (section.territory = '{}' or risk.country = any(section.territory))
        and not risk.country = any(section.territory_excluded))
), narrowed as (
    select matched.risk_id, matched.section_id, count(*) as matched, coalesce(sum(linked.amount), 0) as total,
        array_agg(linked.exposure_id order by linked.exposure_id) as stack,
        bool_or(linked.kind = 'BUSINESS_INTERRUPTION') as has_interruption
    from matched
    join adequacy_section as section on section.customer_id = matched.customer_id
        and section.section_id = matched.section_id
        and (section.insured_kinds <> '{}' or section.locations is not null)
    join adequacy_linked as linked on linked.risk_id = matched.risk_id
        and (section.insured_kinds = '{}' or linked.kind = any(section.insured_kinds))
        and (section.locations is null or linked.location_id is null or linked.location_id = any(section.locations))
    group by matched.risk_id, matched.section_id
), answered as (
    select risk.risk_id, risk.variant, risk.customer_id, risk.loss as risk_loss, section.section_id, section.policy_id, decided.answer,
        insured.stack, insured.loss, insured.has_interruption, section.is_primary, section.attachment, section.drops_down, section.recognises_sublimits,
        section.is_ground_up, section.share, risk.places,
        -- 1e30 stands for a room without end: no column holds as much.
        section.room as without_sublimit,
        least(section.room,
            adequacy_ours(decided.sublimit * section.units, section.source_rate, section.target_rate, section.places))
            as before_aggregate,
        section.aggregate_left, section.aggregate_whole, section.aggregate_used,
        -- Step 5, of the section itself.
        case
            when section.average_threshold is null then 1
            when section.sum_insured is null or section.insured_value is null then null
            when section.sum_insured < section.average_threshold * section.insured_value then exact_quotient(
                section.sum_insured,
                section.insured_value * case section.average_basis when 'FULL_VALUE' then 1 else section.average_threshold end,
                10)
            else 1
        end as average,
        -- Step 6, the deductible: of the cover term where it has one, else of the terms.
        case when term_rules then decided.deductible_amount is not null or decided.deductible_percent is not null
            else section.deductible_amount is not null or section.deductible_percent is not null end as has_deductible,
        case
            when coalesce(case when term_rules then decided.deductible_amount else section.deductible_amount end,
                case when term_rules then decided.deductible_percent else section.deductible_percent end) is null then 0
            when case when term_rules then decided.deductible_amount else section.deductible_amount end is not null
                then adequacy_ours(case when term_rules then decided.deductible_amount else section.deductible_amount end,
                    section.source_rate, section.target_rate, section.places)
            when base.amount is null then null
            else least(
                greatest(
                    exact_quotient(base.amount
                        * case when term_rules then decided.deductible_percent else section.deductible_percent end,
                        1, section.places),
                    adequacy_ours(case when term_rules then decided.deductible_min else section.deductible_min end,
                        section.source_rate, section.target_rate, section.places)),
                adequacy_ours(case when term_rules then decided.deductible_max else section.deductible_max end,
                    section.source_rate, section.target_rate, section.places))
        end as deductible,
        section.sum_insured
    from matched as decided
    join adequacy_risk as risk on risk.risk_id = decided.risk_id
    join adequacy_section as section on section.customer_id = decided.customer_id
        and section.section_id = decided.section_id
    left join narrowed on narrowed.risk_id = decided.risk_id and narrowed.section_id = decided.section_id
    cross join lateral (
        select section.insured_kinds = '{}' and section.locations is null as insures_all
    ) as extent
    cross join lateral (
        select case when extent.insures_all then risk.exposures else coalesce(narrowed.matched, 0) end as matched,
            coalesce(narrowed.total, 0) as total, coalesce(narrowed.stack, '{}') as stack,
            case when risk.exposures = 0 then 'BUSINESS_INTERRUPTION' = any(section.insured_kinds)
                when extent.insures_all then risk.has_interruption
                else coalesce(narrowed.has_interruption, false) end as has_interruption
    ) as found
    cross join lateral (
        select
            case when risk.exposures = 0 or found.matched = risk.exposures then null else found.stack end as stack,
            case
                when risk.loss is null then null
                when risk.exposures = 0 or found.matched = risk.exposures or risk.exposed = 0 then risk.loss
                when found.matched = 0 then 0
                when risk.exposed is null then null
                else exact_quotient(risk.loss * found.total, risk.exposed, risk.places)
            end as loss,
            found.matched, found.has_interruption
    ) as insured
    cross join lateral (
        select case case when term_rules then decided.deductible_percent_of else section.deductible_percent_of end
            when 'LOSS' then insured.loss when 'SUM_INSURED' then section.sum_insured when 'VALUE' then section.insured_value
        end as amount
    ) as base
    -- A section that insures nothing of what the risk can strike does not answer it.
    where risk.exposures = 0 or insured.matched > 0
)
select *, case when answer <> 'EXCLUDED' then nullif(array_remove(array[
    case when answer = 'UNKNOWN' then 'cover_terms' end,
    case when attachment is null then 'exchange_rate'
        when least(before_aggregate, aggregate_left) is null then 'limit' end,
    case when share is null then 'share' end,
    case when is_primary and average is null then case when sum_insured is null then 'sum_insured' else 'values' end end,
    case when has_deductible and deductible is null then 'deductible' end,
    case when loss is null and risk_loss is not null then 'values' end
], null), '{}') end as missing
from answered
---
create index on adequacy_part (risk_id)
---
-- The same with all that is unknown at its best: a shortfall is one only if it would hold even so.
insert into adequacy_risk
select risk_id, case variant when 'ACTUAL' then 'BEST' else 'TYPICAL_BEST' end, customer_id, currency, places, category_id,
    location_id, country, exposures, exposed, has_interruption, loss, insured, retained
from adequacy_risk as risk
where exists (select from adequacy_part as part where part.risk_id = risk.risk_id and part.missing is not null)
---
insert into adequacy_part
select part.risk_id, case variant when 'ACTUAL' then 'BEST' else 'TYPICAL_BEST' end, customer_id, risk_loss, section_id,
    policy_id, case answer when 'UNKNOWN' then 'YES' else answer end, stack, coalesce(loss, risk_loss), has_interruption,
    is_primary, coalesce(attachment, 0), drops_down, recognises_sublimits, is_ground_up, coalesce(share, 1), places,
    case when attachment is null then 1e30 else coalesce(without_sublimit, before_aggregate, 1e30) end,
    coalesce(before_aggregate, 1e30), aggregate_left, aggregate_whole, aggregate_used, coalesce(average, 1),
    has_deductible and deductible is not null, coalesce(deductible, 0), sum_insured, null
from adequacy_part as part
join (select distinct risk_id from adequacy_part where missing is not null) as unclear on unclear.risk_id = part.risk_id
---
analyze adequacy_part
---
-- Room, average and start of each section within its stack (steps 4 to 6), and the band of loss it pays (step 8).
create temporary table adequacy_band on commit drop as
with part as (
    select *, least(before_aggregate, aggregate_left) as room,
        least(before_aggregate, aggregate_whole) - least(before_aggregate, aggregate_left) as eroded
    from adequacy_part where answer = 'YES'
), placed as (
    select part.*,
        case when is_primary then average
            when bool_or(is_primary and average is null) over stack then null -- not known
            else coalesce(min(average) filter (where is_primary) over stack, 1) end as average_here,
        coalesce(min(deductible) filter (where is_primary) over stack, 0) as least_deductible,
        min(without_sublimit - before_aggregate) filter (where is_primary and before_aggregate < without_sublimit)
            over stack as cut_by_sublimit,
        coalesce(sum(eroded) over (partition by risk_id, variant, part.stack order by attachment
            groups between unbounded preceding and 1 preceding), 0) as eroded_below
    from part
    window stack as (partition by risk_id, variant, part.stack)
), started as (
    select placed.*,
        not is_primary and cut_by_sublimit is not null and not recognises_sublimits as is_silenced,
        case
            when is_primary then deductible
            -- GREATEST passes over what is not known.
            when attachment is null or has_deductible and deductible is null then null
            else greatest(
                attachment
                + case when has_deductible then deductible when is_ground_up then 0 else least_deductible end
                - case when drops_down then eroded_below else 0 end
                - case when recognises_sublimits then coalesce(cut_by_sublimit, 0) else 0 end, 0)
        end as start,
        -- What lies under an excess section once it has dropped: with nothing there, a gap.
        case when not is_primary then greatest(
            attachment
            - case when drops_down then eroded_below else 0 end
            - case when recognises_sublimits then coalesce(cut_by_sublimit, 0) else 0 end, 0) else 0 end as stands_on
    from placed
)
select risk_id, variant, customer_id, section_id, policy_id, stack, loss, places, is_primary, attachment, start, room,
    room >= 1e30 as is_endless, stands_on, is_silenced, average_here as average, share, aggregate_whole, aggregate_used,
    covers.it and loss is not null as pays, covers.it as covers,
    exact_quotient(start, nullif(average_here, 0), 10) as low,
    case when room >= 1e30 then 1e30
        else exact_quotient(start + room, nullif(average_here, 0), 10) end as high,
    share * average_here as rate,
    0::numeric as recovery
from started
cross join lateral (
    select coalesce(start is not null and room > 0 and share > 0 and not is_silenced and average_here > 0,
        false) as it
) as covers
---
create index on adequacy_band (risk_id, variant)
---
analyze adequacy_band
---
-- Step 8. Most stacks have no two bands over the same loss: each section pays its band. Only the others are cut at the
-- ends of their bands. In each piece: its section's rate, and what all of the piece come to together.
create temporary table adequacy_piece on commit drop as
with ordered as (
    select band.*, low < max(high) over (partition by risk_id, variant, stack order by low, high, section_id
        rows between unbounded preceding and 1 preceding) as is_over_another
    from adequacy_band as band where pays and low < loss
), told as (
    select ordered.*, bool_or(coalesce(is_over_another, false)) over (partition by risk_id, variant, stack) as is_cut
    from ordered
), ends as (
    select distinct risk_id, variant, stack, points.at
    from told cross join lateral (values (low), (least(high, loss))) as points (at)
    where is_cut
), pieces as (
    select risk_id, variant, stack, at as piece_low,
        lead(at) over (partition by risk_id, variant, stack order by at) as piece_high
    from ends
)
select risk_id, variant, stack, section_id, policy_id, false as is_cut, low as piece_low, least(high, loss) as piece_high,
    share, rate, rate as together, share as share_together, false as is_of_several
from told where not is_cut
union all
select told.risk_id, told.variant, told.stack, section_id, policy_id, true, piece_low, piece_high, share, rate,
    sum(rate) over piece, sum(share) over piece,
    min(policy_id::text) over piece <> max(policy_id::text) over piece
from pieces
join told on told.risk_id = pieces.risk_id and told.variant = pieces.variant
    and coalesce(told.stack, array[told.risk_id]) = coalesce(pieces.stack, array[pieces.risk_id])
    and told.low <= piece_low and piece_high <= told.high
where told.is_cut and piece_high is not null
window piece as (partition by told.risk_id, told.variant, told.stack, piece_low)
---
create index on adequacy_piece (risk_id, variant)
---
analyze adequacy_piece
---
create temporary table adequacy_paid on commit drop as
select risk_id, variant, stack, section_id, (piece_high - piece_low) * rate::numeric(40, 20) / greatest(1, rate) as recovered
from adequacy_piece where not is_cut
union all
select risk_id, variant, stack, section_id, sum((piece_high - piece_low) * rate::numeric(40, 20) / greatest(1, together))
from adequacy_piece where is_cut group by risk_id, variant, stack, section_id
---
analyze adequacy_paid
---
-- Step 3, the end: stacks of one risk that share exposures recover together at most the loss on their union, less the
-- lowest start. Only risks with several stacks are looked at; a group is all that is connected.
create temporary table adequacy_stack on commit drop as
with several as (
    select risk_id, variant from adequacy_band group by risk_id, variant
    having min(coalesce(stack, array[risk_id])) <> max(coalesce(stack, array[risk_id]))
), stack as (
    select band.risk_id, band.variant, band.stack, sum(paid.recovered) as recovered,
        min(band.start) filter (where band.pays) as lowest
    from several
    join adequacy_band as band on band.risk_id = several.risk_id and band.variant = several.variant
    left join adequacy_paid as paid on paid.risk_id = band.risk_id and paid.variant = band.variant
        and paid.section_id = band.section_id
    group by band.risk_id, band.variant, band.stack
)
-- The stack of all exposures named by them, so that it can be compared.
select stack.*, coalesce(stack, (
    select array_agg(linked.exposure_id order by linked.exposure_id) from adequacy_linked as linked
    where linked.risk_id = stack.risk_id)) as members
from stack
---
analyze adequacy_stack
---
create temporary table adequacy_scale on commit drop as
with recursive reached as (
    select risk_id, variant, members as start_at, members from adequacy_stack
    union
    select reached.risk_id, reached.variant, reached.start_at, next.members
    from reached join adequacy_stack as next on next.risk_id = reached.risk_id and next.variant = reached.variant
        and next.members && reached.members
), grouped as (
    select risk_id, variant, members, min(start_at) as leader from reached group by risk_id, variant, members
), gathered as (
    select stack.risk_id, stack.variant, stack.stack, grouped.leader, grouped.members,
        count(*) over mates as stacks, sum(stack.recovered) over mates as recovered, min(stack.lowest) over mates as lowest,
        array_concat_all(grouped.members) over mates as together
    from grouped
    join adequacy_stack as stack on stack.risk_id = grouped.risk_id and stack.variant = grouped.variant
        and stack.members = grouped.members
    window mates as (partition by grouped.risk_id, grouped.variant, grouped.leader)
)
select gathered.risk_id, gathered.variant, gathered.leader, gathered.stack, gathered.recovered, greatest(
    case
        when risk.exposed = 0 or cardinality(union_of.members) = risk.exposures then risk.loss
        when risk.exposed is null then 1e30 -- not known: nothing is scaled
        else exact_quotient(risk.loss * (
            select sum(linked.amount) from adequacy_linked as linked
            where linked.risk_id = risk.risk_id and linked.exposure_id = any(union_of.members)), risk.exposed, risk.places)
    end - gathered.lowest, 0) as most
from gathered
join adequacy_risk as risk on risk.risk_id = gathered.risk_id and risk.variant = gathered.variant
cross join lateral (select array(select distinct unnest(gathered.together)) as members) as union_of
where gathered.stacks > 1
---
update adequacy_paid as paid set recovered = paid.recovered * scale.most / scale.recovered
from adequacy_scale as scale
-- The stack of all has no name: the risk's own key stands for it.
where scale.recovered > scale.most and scale.risk_id = paid.risk_id and scale.variant = paid.variant
    and coalesce(scale.stack, array[scale.risk_id]) = coalesce(paid.stack, array[paid.risk_id])
---
update adequacy_band as band set recovery = round(paid.recovered, band.places)
from adequacy_paid as paid
where band.risk_id = paid.risk_id and band.variant = paid.variant and band.section_id = paid.section_id
---
-- Step 9.
update adequacy_risk as risk
set insured = least(risk.loss, sums.recovered), retained = risk.loss - least(risk.loss, sums.recovered)
from (
    select counted.risk_id, counted.variant, coalesce(sum(band.recovery), 0) as recovered
    from adequacy_risk as counted
    left join adequacy_band as band on band.risk_id = counted.risk_id and band.variant = counted.variant
    where counted.loss is not null
    group by counted.risk_id, counted.variant
) as sums
where risk.risk_id = sums.risk_id and risk.variant = sums.variant
---
-- Findings
-- What customers chose: their risk profile in force, in their currency.
create temporary table adequacy_profile on commit drop as
select customer.id as customer_id, customer.currency, customer.places, profile.id as profile_id, profile.security_floor,
    profile.most_with_one_group, profile.indemnity_months,
    adequacy_ours(profile.appetite_one_loss, rate.source_rate, rate.target_rate, customer.places) as appetite_one_loss,
    adequacy_ours(profile.appetite_year, rate.source_rate, rate.target_rate, customer.places) as appetite_year,
    rate.source_rate, rate.target_rate
from adequacy_customer as customer
join lateral (
    select * from risk_riskprofile as version
    where version.customer_id = customer.id and version.signed_off_on is not null and version.valid_from <= %(day)s
    order by version.valid_from desc limit 1
) as profile on true
left join adequacy_rate as rate on rate.source = profile.currency and rate.target = customer.currency
---
create index on adequacy_profile (customer_id)
---
analyze adequacy_profile
---
-- What is wanted of each risk: its own treatment, else the tolerance of the nearest ancestor of its category, else the
-- customer's appetite.
create temporary table adequacy_wish on commit drop as
with tolerated as (
    select risk.risk_id,
        (array_agg(tolerance.level order by array_position(category.path, tolerance.category_id) desc)
            filter (where tolerance.level is not null))[1] as level,
        (array_agg(adequacy_ours(tolerance.amount, profile.source_rate, profile.target_rate, profile.places)
            order by array_position(category.path, tolerance.category_id) desc)
            filter (where tolerance.amount is not null))[1] as amount
    from adequacy_risk as risk
    join adequacy_profile as profile on profile.customer_id = risk.customer_id
    join adequacy_category as category on category.id = risk.category_id
    join risk_tolerance as tolerance on tolerance.profile_id = profile.profile_id
        and tolerance.category_id = any(category.path)
    where risk.variant = 'ACTUAL'
    group by risk.risk_id
)
select risk.risk_id, risk.customer_id, risk.currency, risk.places, risk.loss, risk.exposures, risk.exposed,
    risk.has_interruption, entered.treatment,
    adequacy_ours(entered.required_limit, rate.source_rate, rate.target_rate, risk.places) as required_limit,
    adequacy_ours(entered.maximum_retention, rate.source_rate, rate.target_rate, risk.places) as named_retention,
    coalesce(adequacy_ours(entered.maximum_retention, rate.source_rate, rate.target_rate, risk.places),
        tolerated.amount, profile.appetite_one_loss) as most_to_bear,
    case when entered.maximum_retention is not null then 'TREATMENT' when tolerated.amount is not null then 'TOLERANCE'
        when profile.appetite_one_loss is not null then 'APPETITE' else '' end as most_to_bear_from,
    coalesce(entered.security_floor, profile.security_floor, %(house_floor)s::smallint) as security_floor,
    coalesce(entered.indemnity_months, profile.indemnity_months) as months_needed,
    entered.current_likelihood * entered.current_consequence as level, tolerated.level as tolerated_level,
    entered.current_likelihood, profile.most_with_one_group, rate.source_rate is null or rate.target_rate is null as lacks_rate
from adequacy_risk as risk
join risk_risk as entered on entered.id = risk.risk_id
left join adequacy_rate as rate on rate.source = entered.currency and rate.target = risk.currency
left join adequacy_profile as profile on profile.customer_id = risk.customer_id
left join tolerated on tolerated.risk_id = risk.risk_id
where risk.variant = 'ACTUAL'
---
create unique index on adequacy_wish (risk_id)
---
analyze adequacy_wish
---
-- Towers, stack by stack: how far cover reaches unbroken from the bottom, and where it is broken.
create temporary table adequacy_tower on commit drop as
with over as (
    select band.*, max(high) over (partition by risk_id, variant, stack order by low, high, section_id
        rows between unbounded preceding and 1 preceding) as covered_to
    from adequacy_band as band where covers and variant in ('ACTUAL', 'BEST')
), gaps as (
    select over.*, case when covered_to is null then stands_on > 0 else low > covered_to end as is_over_gap from over
), counted as (
    select gaps.*, count(*) filter (where is_over_gap) over (partition by risk_id, variant, stack
        order by low, high, section_id) as gaps_below
    from gaps
), stacks as (
    select risk_id, variant, stack, max(loss) as loss from adequacy_band where variant in ('ACTUAL', 'BEST')
    group by risk_id, variant, stack
)
select stacks.risk_id, stacks.variant, stacks.stack, stacks.loss,
    coalesce(max(high) filter (where gaps_below = 0), 0) as top,
    coalesce(sum(greatest(high - greatest(low, coalesce(covered_to, low)), 0) * coalesce(average, 1))
        filter (where gaps_below = 0), 0) as rooms,
    coalesce(sum(least(low, stacks.loss) - coalesce(covered_to, 0))
        filter (where is_over_gap and coalesce(covered_to, 0) < stacks.loss), 0) as gap,
    min(coalesce(covered_to, 0)) filter (where is_over_gap and coalesce(covered_to, 0) < stacks.loss) as gap_from,
    min(low) filter (where is_over_gap and coalesce(covered_to, 0) < stacks.loss) as gap_to
from stacks
left join counted on counted.risk_id = stacks.risk_id and counted.variant = stacks.variant
    and counted.stack is not distinct from stacks.stack
where stacks.loss is null or stacks.loss > 0
group by stacks.risk_id, stacks.variant, stacks.stack, stacks.loss
---
-- Shares of the covered pieces below the loss: what is not placed, and what is placed more than once.
create temporary table adequacy_share on commit drop as
with piece as (
    select distinct on (risk_id, variant, stack, piece_low) risk_id, variant, piece_low, piece_high,
        share_together as share, is_of_several
    from adequacy_piece where variant in ('ACTUAL', 'BEST') and share_together <> 1
)
select risk_id, variant,
    coalesce(sum((1 - share) * (piece_high - piece_low)) filter (where share < 1), 0) as unplaced,
    min(share) filter (where share < 1) as least_share,
    (array_agg(piece_low order by share, piece_low) filter (where share < 1))[1] as unplaced_from,
    (array_agg(piece_high order by share, piece_low) filter (where share < 1))[1] as unplaced_to,
    coalesce(sum((share - 1) * (piece_high - piece_low)) filter (where share > 1 and not is_of_several), 0) as overplaced,
    max(share) filter (where share > 1 and not is_of_several) as greatest_share,
    coalesce(sum((share - 1) * (piece_high - piece_low)) filter (where share > 1 and is_of_several), 0) as doubled,
    (array_agg(piece_low order by piece_low) filter (where share > 1))[1] as over_from,
    (array_agg(piece_high order by piece_high desc) filter (where share > 1))[1] as over_to
from piece group by risk_id, variant
---
-- What each risk's cover comes to, with what is unknown paying nothing (ACTUAL) and at its best (BEST).
create temporary table adequacy_outcome on commit drop as
with answers as (
    select risk_id, variant, bool_or(answer = 'YES') as responds, bool_or(answer = 'EXCLUDED') as excludes
    from adequacy_part where variant in ('ACTUAL', 'BEST') group by risk_id, variant
), short as (
    select tower.risk_id, tower.variant, tower.top, tower.rooms, tower.gap, tower.gap_from, tower.gap_to,
        required.amount as required, case
            when required.amount is not null then required.amount - round(least(tower.rooms, 1e30), wish.places)
            when wish.required_limit is null and tower.loss is not null
                then tower.loss - round(least(tower.top, 1e30), wish.places)
        end as amount,
        count(*) over (partition by tower.risk_id, tower.variant) as stacks
    from adequacy_tower as tower
    join adequacy_wish as wish on wish.risk_id = tower.risk_id
    cross join lateral (
        select case
            when wish.required_limit is null then null
            when wish.loss is null or tower.loss is null or tower.loss = wish.loss then wish.required_limit
            else exact_quotient(wish.required_limit * tower.loss, wish.loss, wish.places)
        end as amount
    ) as required
), worst as (
    select distinct on (risk_id, variant) risk_id, variant, required, amount, top, rooms, stacks
    from short order by risk_id, variant, amount desc nulls last, top
), gaps as (
    select distinct on (risk_id, variant) risk_id, variant, gap, gap_from, gap_to
    from short where gap > 0 order by risk_id, variant, gap desc, gap_from
)
select risk.risk_id, risk.variant, risk.retained, risk.insured, coalesce(answers.responds, false) as responds,
    coalesce(answers.excludes, false) as excludes, worst.top, worst.rooms, worst.required,
    case
        when not coalesce(answers.responds, false) then
            case when wish.treatment not in ('SHARE', 'RETAIN') and wish.required_limit > 0 then wish.required_limit end
        -- Without the loss nobody knows how much of a required limit falls to each of several stacks.
        when wish.loss is null and worst.stacks > 1 then null
        when worst.amount > 0 then worst.amount
    end as short,
    gaps.gap, gaps.gap_from, gaps.gap_to, nullif(round(share.unplaced, risk.places), 0) as unplaced, share.least_share,
    share.unplaced_from, share.unplaced_to, nullif(round(share.overplaced, risk.places), 0) as overplaced,
    share.greatest_share, nullif(round(share.doubled, risk.places), 0) as doubled, share.over_from, share.over_to
from adequacy_risk as risk
join adequacy_wish as wish on wish.risk_id = risk.risk_id
left join answers on answers.risk_id = risk.risk_id and answers.variant = risk.variant
left join worst on worst.risk_id = risk.risk_id and worst.variant = risk.variant
left join gaps on gaps.risk_id = risk.risk_id and gaps.variant = risk.variant
left join adequacy_share as share on share.risk_id = risk.risk_id and share.variant = risk.variant
where risk.variant in ('ACTUAL', 'BEST')
---
create unique index on adequacy_outcome (risk_id, variant)
---
analyze adequacy_outcome
---
-- Insurers of the sections: their security on the day, the worst of their grades, and whether one of those looks down.
create temporary table adequacy_insurer on commit drop as
select insurer.id as insurer_id, insurer.name, coalesce(insurer.group_id, insurer.id) as group_id,
    coalesce(insurer_group.name, insurer.name) as group_name, security.notch, outlook.is_negative, outlook.rating
from (
    select distinct line.insurer_id
    from adequacy_section as section join programmes_participation as line on line.terms_id = section.terms_id
    where line.insurer_id is not null
) as named
join market_insurer as insurer on insurer.id = named.insurer_id
left join market_insurergroup as insurer_group on insurer_group.id = insurer.group_id
cross join lateral (select market_security_notch(insurer.id, %(day)s) as notch) as security
cross join lateral (
    select coalesce(bool_or(latest.outlook = 'NEGATIVE' and grade.notch = security.notch), false) as is_negative,
        min(grade.grade || ' (' || case grade.agency when 'AM_BEST' then 'AM Best' when 'SP' then 'S&P'
            when 'MOODYS' then 'Moody''s' else 'Fitch' end || ')') filter (where grade.notch = security.notch) as rating
    from (
        select distinct on (agency) grade_id, outlook from market_insurerrating as rating
        where rating.insurer_id = insurer.id and rating.rated_on <= %(day)s
        order by agency, rated_on desc
    ) as latest join market_ratinggrade as grade on grade.id = latest.grade_id
) as outlook
---
create unique index on adequacy_insurer (insurer_id)
---
-- The insurers of each section in one row: the weakest, the weakest of those that look down, and who is not known.
create temporary table adequacy_security on commit drop as
select section.terms_id, max(insurer.notch) as notch,
    (array_agg(insurer.name order by insurer.notch desc nulls last, insurer.name) filter (where insurer.notch is not null))[1]
        as insurer,
    (array_agg(insurer.rating order by insurer.notch desc nulls last, insurer.name)
        filter (where insurer.notch is not null))[1] as rating,
    max(insurer.notch) filter (where insurer.is_negative) as notch_looking_down,
    (array_agg(insurer.name order by insurer.notch desc, insurer.name) filter (where insurer.is_negative))[1]
        as insurer_looking_down,
    (array_agg(insurer.rating order by insurer.notch desc, insurer.name) filter (where insurer.is_negative))[1]
        as rating_looking_down,
    (array_agg(insurer.name order by insurer.name)
        filter (where line.insurer_id is not null and insurer.notch is null))[1] as unrated,
    bool_or(line.insurer_id is null) as has_unnamed
from (select distinct terms_id from adequacy_section) as section
join programmes_participation as line on line.terms_id = section.terms_id
left join adequacy_insurer as insurer on insurer.insurer_id = line.insurer_id
group by section.terms_id
---
create unique index on adequacy_security (terms_id)
---
analyze adequacy_security
---
-- The judgement rests on what is known; where something is not, on its best.
create temporary table adequacy_judged on commit drop as
select wish.*, judged.insured, judged.retained, judged.responds, judged.excludes, judged.top, judged.rooms, judged.required,
    judged.short, judged.gap, judged.gap_from, judged.gap_to, judged.unplaced, judged.least_share, judged.unplaced_from,
    judged.unplaced_to, actual.overplaced, actual.greatest_share, actual.doubled, actual.over_from, actual.over_to,
    actual.insured as known_insured, actual.retained as known_retained, actual.top as known_top,
    coalesce(actual.retained is distinct from judged.retained or wish.treatment <> 'RETAIN' and (
        actual.responds <> judged.responds or (actual.short is null) <> (judged.short is null)
        or (actual.gap is null) <> (judged.gap is null) or (actual.unplaced is null) <> (judged.unplaced is null)
    ), false) as is_unclear,
    ''::text as status
from adequacy_wish as wish
join adequacy_outcome as actual on actual.risk_id = wish.risk_id and actual.variant = 'ACTUAL'
left join adequacy_outcome as best on best.risk_id = wish.risk_id and best.variant = 'BEST'
join adequacy_outcome as judged on judged.risk_id = wish.risk_id
    and judged.variant = case when best.risk_id is null then 'ACTUAL' else 'BEST' end
---
create unique index on adequacy_judged (risk_id)
---
analyze adequacy_judged
---
-- Sections that answer, with what findings about them say. Severity: 4 critical, 3 high, 2 medium, 1 low.
create temporary table adequacy_answer on commit drop as
select part.risk_id, part.customer_id, part.section_id, part.policy_id, part.is_primary, part.loss, part.average, part.share,
    part.deductible, part.without_sublimit, part.before_aggregate, part.aggregate_whole, part.aggregate_used,
    part.aggregate_left, part.has_interruption, part.missing, part.answer = 'YES' as answers, section.terms_id, section.indemnity_months, section.sum_insured,
    section.insured_value
from adequacy_part as part
join adequacy_section as section on section.customer_id = part.customer_id and section.section_id = part.section_id
where part.variant = 'ACTUAL' and part.answer <> 'EXCLUDED'
---
create index on adequacy_answer (risk_id)
---
analyze adequacy_answer
---
create temporary table adequacy_found (
    risk_id uuid, customer_id uuid not null, section_id uuid, subject_id uuid not null, code text not null,
    kind text not null, severity smallint not null, amount numeric, facts jsonb not null
) on commit drop
---
insert into adequacy_found
select risk_id, customer_id, null, risk_id, case when excludes then 'EXCLUDED' else 'UNINSURED' end,
    case when loss is null then 'NO_LOSS' else '' end, 4, loss,
    jsonb_build_object('loss', loss::text, 'policy', case when excludes then (
        select min(policy.number) from adequacy_part as part join programmes_policy as policy on policy.id = part.policy_id
        where part.risk_id = judged.risk_id and part.answer = 'EXCLUDED') end)
from adequacy_judged as judged where treatment = 'SHARE' and not responds
---
insert into adequacy_found
select risk_id, customer_id, null, risk_id, 'LIMIT_SHORTFALL', case when required_limit is not null then 'REQUIRED' else '' end,
    3, short, jsonb_build_object('short', round(short, places)::text, 'needed', needed::text, 'cover', (needed - short)::text)
from adequacy_judged cross join lateral (
    select case when not responds then required_limit when required_limit is null then short + round(top, places)
        else coalesce(required, required_limit) end as needed
) as amounts
where treatment <> 'RETAIN' and short > 0 and (responds or treatment <> 'SHARE')
---
insert into adequacy_found
select risk_id, customer_id, null, risk_id, 'TOWER_GAP', case when gap_from = 0 then 'BOTTOM' else '' end, 3, gap,
    jsonb_build_object('gap', round(gap, places)::text, 'from', round(gap_from, places)::text,
        'to', round(least(gap_to, loss), places)::text, 'loss', loss::text)
from adequacy_judged where treatment <> 'RETAIN' and gap > 0
---
insert into adequacy_found
select risk_id, customer_id, null, risk_id, found.code, '', found.severity, found.amount, jsonb_build_object(
    'share', round(found.share, 6)::text, 'amount', round(found.amount, places)::text,
    'from', round(found.piece_from, places)::text, 'to', round(found.piece_to, places)::text)
from adequacy_judged cross join lateral (values
    ('SHARE_UNPLACED', 3, unplaced, least_share, unplaced_from, unplaced_to),
    ('SHARE_OVERPLACED', 2, overplaced, greatest_share, over_from, over_to),
    ('DOUBLE_INSURANCE', 1, doubled, null, over_from, over_to)
) as found (code, severity, amount, share, piece_from, piece_to)
where treatment <> 'RETAIN' and found.amount > 0
---
insert into adequacy_found
select risk_id, customer_id, null, risk_id, 'RETENTION_EXCEEDED', '', 3, retained - most_to_bear, jsonb_build_object(
    'retained', retained::text, 'most', most_to_bear::text, 'most_from', most_to_bear_from, 'loss', loss::text)
from adequacy_judged where retained > most_to_bear
---
insert into adequacy_found
select judged.risk_id, judged.customer_id, null, judged.risk_id, 'INDEMNITY_PERIOD_SHORT', '', 3, null,
    jsonb_build_object('months', shortest.months, 'needed', judged.months_needed, 'policy', shortest.policy)
from adequacy_judged as judged
cross join lateral (
    select answer.indemnity_months as months, policy.number as policy
    from adequacy_answer as answer join programmes_policy as policy on policy.id = answer.policy_id
    where answer.risk_id = judged.risk_id and answer.answers and answer.has_interruption
        and answer.indemnity_months < judged.months_needed
    order by answer.indemnity_months, policy.number limit 1
) as shortest
where judged.treatment <> 'RETAIN' and judged.months_needed is not null
---
-- Of single sections: average, aggregates, security, the end of cover.
insert into adequacy_found
select answer.risk_id, answer.customer_id, answer.section_id, answer.section_id, found.code, found.kind, found.severity,
    found.amount, found.facts || jsonb_build_object('policy', policy.number,
        'section', coalesce(nullif(section.name, ''), section.reference), 'class', class.name, 'class_zh', class.name_zh)
from adequacy_answer as answer
join adequacy_judged as judged on judged.risk_id = answer.risk_id and judged.treatment <> 'RETAIN'
left join adequacy_security as security on security.terms_id = answer.terms_id
left join adequacy_ending as ending on ending.section_id = answer.section_id
left join lateral (
    select min(grade) as words from market_ratinggrade where agency = 'SP' and notch = judged.security_floor
) as floor on security.notch >= judged.security_floor
cross join lateral (
    select 'AVERAGE_APPLIES', '', 2, round(answer.loss * (1 - answer.average), judged.places), jsonb_build_object(
        'average', round(answer.average, 10)::text, 'sum_insured', answer.sum_insured::text,
        'value', answer.insured_value::text, 'pays', round(coalesce(answer.share, 1) * greatest(least(
            1000000 * answer.average - coalesce(answer.deductible, 0), answer.without_sublimit), 0), judged.places)::text)
    where answer.is_primary and answer.average < 1
    union all
    select 'AGGREGATE_ERODED', '', case when answer.aggregate_used >= 0.8 * answer.aggregate_whole then 3 else 2 end,
        answer.aggregate_used, jsonb_build_object('aggregate', answer.aggregate_whole::text,
            'used', answer.aggregate_used::text, 'left', answer.aggregate_left::text)
    where answer.aggregate_used >= 0.5 * answer.aggregate_whole
    union all
    select 'SECURITY_BELOW_FLOOR', '', 3, null, jsonb_build_object('insurer', security.insurer, 'rating', security.rating,
        'floor', floor.words)
    where security.notch > judged.security_floor
    union all
    select 'SECURITY_BELOW_FLOOR', 'OUTLOOK', 1, null, jsonb_build_object('insurer', security.insurer_looking_down,
        'rating', security.rating_looking_down, 'floor', floor.words)
    where security.notch = judged.security_floor and security.notch_looking_down = judged.security_floor
    union all
    select 'COVER_ENDS', '', 2, judged.loss, jsonb_build_object('ends', ending.ends::text)
    where ending.ends is not null
) as found (code, kind, severity, amount, facts)
join programmes_section as section on section.id = answer.section_id
join programmes_policy as policy on policy.id = answer.policy_id
join market_classofbusiness as class on class.id = section.class_of_business_id
where answer.answers
---
-- One insurer group's part of a tower: its lines of each room. An endless room counts up to the loss.
insert into adequacy_found
select distinct on (carried.risk_id) carried.risk_id, carried.customer_id, null, carried.risk_id, 'CONCENTRATION_EXCEEDED', '', 2,
    round(carried.amount, carried.places), jsonb_build_object('insurer_group', carried.group_name,
        'share', round(carried.amount / carried.tower, 6)::text, 'most', carried.most::text)
from (
    select band.risk_id, band.customer_id, band.places, band.stack, insurer.group_id, max(insurer.group_name) as group_name,
        wish.most_with_one_group as most, sum(band.width * line.share) as amount, band.tower
    from adequacy_wish as wish
    join (
        select band.*, sum(width) over (partition by risk_id, stack) as tower
        from (
            select *, case when is_endless then greatest(loss - start, 0) else room end as width
            from adequacy_band where variant = 'ACTUAL' and (loss is null or loss > 0)
        ) as band
        where width > 0
    ) as band on band.risk_id = wish.risk_id
    join adequacy_section as section on section.customer_id = band.customer_id and section.section_id = band.section_id
    join lateral (
        select insurer_id, case
            when bool_or(signed_share is not null) over () then signed_share
            else written_share / greatest(1, sum(written_share) over ()) end as share
        from programmes_participation as line where line.terms_id = section.terms_id
    ) as line on line.insurer_id is not null and line.share > 0
    join adequacy_insurer as insurer on insurer.insurer_id = line.insurer_id
    where wish.most_with_one_group is not null and wish.treatment <> 'RETAIN'
    group by band.risk_id, band.customer_id, band.places, band.stack, band.tower, insurer.group_id, wish.most_with_one_group
) as carried
where carried.amount > carried.most * carried.tower
order by carried.risk_id, carried.amount / carried.tower desc, carried.group_name
---
insert into adequacy_found
select judged.risk_id, judged.customer_id, null, judged.risk_id, 'LEVEL_ABOVE_TOLERANCE',
    case when level > tolerated_level then '' else 'CONTROL' end, 2, judged.loss, jsonb_build_object(
        'level', level, 'tolerated', tolerated_level, 'control', overdue.name, 'due', overdue.due_on::text)
from adequacy_judged as judged
left join lateral (
    select name, due_on from risk_control as control
    where control.risk_id = judged.risk_id and control.origin = 'AGREED' and control.due_on < %(day)s
        and (control.done_on is null or control.done_on > %(day)s)
    order by due_on, id limit 1
) as overdue on true
where level > tolerated_level or overdue.due_on is not null
---
insert into adequacy_found
select risk_id, customer_id, null, risk_id, 'STRATEGY_MISMATCH', treatment, case treatment when 'AVOID' then 2 else 1 end, loss,
    jsonb_build_object('loss', loss::text, 'retained', retained::text, 'named', named_retention::text)
from adequacy_judged
where treatment = 'AVOID' and loss > 0
    -- What is unknown might pay and could only lower it further.
    or treatment = 'RETAIN' and known_retained < 0.8 * named_retention
---
-- What the comparison needs and nobody has entered.
insert into adequacy_found
select judged.risk_id, judged.customer_id, null, judged.risk_id, 'UNKNOWN', '', 2, judged.loss,
    jsonb_build_object('missing', missing.figures)
from adequacy_judged as judged
left join lateral (
    select
        bool_or(has_interruption and is_primary and indemnity_months is null) as lacks_months,
        bool_or(has_interruption) as insures_interruption
    from adequacy_answer as answer where answer.risk_id = judged.risk_id and answer.answers
) as periods on judged.treatment <> 'RETAIN' and judged.has_interruption
left join lateral (
    select min(security.unrated) as unrated, bool_or(security.has_unnamed) as has_unnamed,
        min(answer.policy_id::text) filter (where security.has_unnamed) as policy_id
    from adequacy_answer as answer join adequacy_security as security on security.terms_id = answer.terms_id
    where answer.risk_id = judged.risk_id and answer.answers and (security.unrated is not null or security.has_unnamed)
) as insurers on judged.treatment <> 'RETAIN'
left join lateral (
    select jsonb_agg(distinct jsonb_build_object('figure', figure, 'name', policy.number, 'id', policy.id)) as figures
    from adequacy_answer as answer
    cross join unnest(answer.missing) as figure
    join programmes_policy as policy on policy.id = answer.policy_id
    where answer.risk_id = judged.risk_id
) as sections on judged.is_unclear
cross join lateral (
    select coalesce(jsonb_agg(figure order by place) filter (where figure is not null), '[]')
        || coalesce(sections.figures, '[]') as figures
    from (values
        (1, case when judged.treatment = '' then jsonb_build_object('figure', 'treatment') end),
        (2, case when judged.lacks_rate then jsonb_build_object('figure', 'exchange_rate') end),
        (3, case when judged.loss is null and not (judged.treatment = 'AVOID' and judged.exposures > 0
            and coalesce(judged.exposed = 0, false)) then jsonb_build_object('figure', case when judged.exposures > 0 then 'values'
            else 'maximum_loss' end) end),
        (4, case when judged.most_to_bear is null and judged.treatment <> 'AVOID'
            then jsonb_build_object('figure', 'most_to_bear') end),
        (5, case when judged.tolerated_level is not null and judged.level is null
            then jsonb_build_object('figure', 'level') end),
        (6, case when periods.insures_interruption and judged.months_needed is null
            then jsonb_build_object('figure', 'months_needed') end),
        (7, case when periods.lacks_months then jsonb_build_object('figure', 'indemnity_months') end),
        (8, case when insurers.unrated is not null
            then jsonb_build_object('figure', 'rating', 'name', insurers.unrated) end),
        (9, case when insurers.has_unnamed
            then jsonb_build_object('figure', 'insurer', 'id', insurers.policy_id) end)
    ) as asked (place, figure)
) as missing
where missing.figures <> '[]'
---
-- Of the customer: covers that the law asks for, and what a year's losses would cost it.
insert into adequacy_found
select null, profile.customer_id, null, md5(profile.customer_id::text || requirement.id::text)::uuid, 'COMPULSORY_MISSING',
    case when cover.sections = 0 then '' when cover.unknown > 0 then 'UNKNOWN' else 'BELOW' end,
    case when cover.sections > 0 and cover.unknown > 0 then 2 else 4 end, minimum.amount - coalesce(cover.amount, 0),
    jsonb_build_object('requirement', requirement.name, 'requirement_zh', requirement.name_zh, 'law', requirement.law, 'law_zh', requirement.law_zh,
        'minimum', minimum.amount::text, 'cover', cover.amount::text)
from adequacy_profile as profile
join risk_riskprofile_compulsory as asked on asked.riskprofile_id = profile.profile_id
join risk_compulsoryrequirement as requirement on requirement.id = asked.compulsoryrequirement_id
left join adequacy_rate as rate on rate.source = requirement.currency and rate.target = profile.currency
cross join lateral (
    select adequacy_ours(requirement.minimum, rate.source_rate, rate.target_rate, profile.places) as amount
) as minimum
cross join lateral (
    select count(*) as sections, count(*) filter (where section.room is null) as unknown,
        coalesce(max(section.room / section.units) filter (where section.is_primary), 0)
        + coalesce(sum(section.room / section.units) filter (where not section.is_primary), 0) as amount
    from adequacy_section as section
    where section.customer_id = profile.customer_id and section.class_id = requirement.class_of_business_id
        and (section.territory = '{}' or requirement.territory = any(section.territory))
        and not requirement.territory = any(section.territory_excluded)
) as cover
where minimum.amount is null or cover.amount < minimum.amount
---
insert into adequacy_found
select null, profile.customer_id, null, profile.customer_id, 'APPETITE_EXCEEDED', '', 3, year.amount - profile.appetite_year,
    jsonb_build_object('year', round(year.amount, profile.places)::text, 'most', profile.appetite_year::text,
        'risks', year.risks)
from adequacy_profile as profile
join (
    select typical.customer_id, sum(step.events_a_year * typical.retained) as amount, count(*) as risks
    from adequacy_risk as typical
    join adequacy_wish as wish on wish.risk_id = typical.risk_id
    join risk_scalestep as step on step.customer_id = typical.customer_id and step.scale = 'LIKELIHOOD'
        and step.step = wish.current_likelihood
    where typical.variant = 'TYPICAL_BEST' or typical.variant = 'TYPICAL' and not exists (
        select from adequacy_risk as best where best.risk_id = typical.risk_id and best.variant = 'TYPICAL_BEST')
    group by typical.customer_id
) as year on year.customer_id = profile.customer_id
where year.amount > profile.appetite_year
---
-- Where the treatment is to retain, cover is not asked for.
delete from adequacy_found as found using adequacy_wish as wish
where wish.risk_id = found.risk_id and wish.treatment = 'RETAIN'
    and found.code not in ('RETENTION_EXCEEDED', 'LEVEL_ABOVE_TOLERANCE', 'STRATEGY_MISMATCH', 'UNKNOWN')
---
create index on adequacy_found (risk_id)
---
analyze adequacy_found
---
-- The status of a risk: the first that holds.
update adequacy_judged as judged set status = coalesce(worst.status,
    case judged.treatment when 'RETAIN' then 'RETAINED_AS_PLANNED' else 'ADEQUATE' end)
from adequacy_judged as every
left join (
    select risk_id, (array['UNINSURED', 'EXCLUDED', 'SHORTFALL', 'UNKNOWN', 'MISMATCH', 'WATCH'])[min(case
        when code = 'UNINSURED' then 1
        when code = 'EXCLUDED' then 2
        when code in ('LIMIT_SHORTFALL', 'RETENTION_EXCEEDED', 'TOWER_GAP', 'SHARE_UNPLACED', 'INDEMNITY_PERIOD_SHORT') then 3
        when code = 'UNKNOWN' then 4
        when code = 'STRATEGY_MISMATCH' then 5
        else 6 end)] as status
    from adequacy_found where risk_id is not null group by risk_id
) as worst on worst.risk_id = every.risk_id
where judged.risk_id = every.risk_id
---
-- Findings as the monitors read them. `size` is the amount to two figures: what it rests on is another when that moves.
create temporary table adequacy_finding on commit drop as
select found.risk_id, found.customer_id, found.section_id, found.subject_id, found.code, found.severity,
    coalesce(section.policy_id, found.risk_id, found.customer_id) as about_id, round(found.amount, customer.places) as amount,
    customer.currency,
    -- One finding of a section stands for all risks that it answers: the gravest.
    section.id is null or row_number() over (partition by found.code, found.subject_id
        order by found.severity desc, found.amount desc nulls last, found.risk_id) = 1 as leads,
    found.facts || named.facts || jsonb_build_object('case', found.kind, 'currency', customer.currency, 'size', case
        when found.amount > 0 then round(found.amount, 1 - floor(log(found.amount))::integer)::text end) as facts
from adequacy_found as found
join adequacy_customer as customer on customer.id = found.customer_id
left join programmes_section as section on section.id = found.section_id
left join risk_risk as risk on risk.id = found.risk_id
left join risk_riskcategory as category on category.id = risk.category_id
left join profiles_location as location on location.id = risk.location_id
left join lateral (
    select coalesce(nullif(location.name, ''), nullif(concat_ws(', ', nullif(location.address, ''),
        nullif(location.city, '')), ''), location.reference) as words
) as location_name on location.id is not null
cross join lateral (
    select case when risk.id is null then '{}' else jsonb_build_object(
        'risk', coalesce(nullif(risk.name, ''), category.name || coalesce(', ' || location_name.words, '')),
        'risk_zh', coalesce(nullif(risk.name, ''), nullif(category.name_zh, '') || coalesce(', ' || location_name.words, ''))
    ) end as facts
) as named
