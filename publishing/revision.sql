-- What a candidate changes in the indicator values against the latest release, and why.
--
-- Expects the candidate as the current database, the tables of the latest release in today's shape as before_<table>, and
-- the variables version, previous and code_changed. Leaves the table `explained`, one row per change.

-- The first day after a period.
create temp macro ends_before(starts_on, frequency) as
    starts_on + to_months(case frequency when 'A' then 12 when 'S' then 6 when 'Q' then 3 else 1 end);

create temp table compared as
select
    now.* exclude (source_key, date_key, indicator_code, numerator, denominator),
    before.value as value_before,
    before.obs_status as obs_status_before,
    before.observations as observations_before,
    before.periods_covered as periods_covered_before,
    -- what a source published itself; of a ratio, its own side of it
    coalesce(now.numerator, now.value) as source_value,
    coalesce(before.numerator, before.value) as source_value_before,
    case
        when before.indicator_value_key is null then 'added'
        when now.value is distinct from before.value then 'revised'
        else 'flagged'
    end as change_code
from marts.indicator_value as now
left join before_indicator_value as before using (indicator_value_key)
where before.indicator_value_key is null
    or now.value is distinct from before.value
    or now.obs_status is distinct from before.obs_status
union all by name
select
    before.* exclude (
        source_key, date_key, indicator_code, numerator, denominator, value, obs_status, observations, periods_covered
    ),
    before.value as value_before,
    before.obs_status as obs_status_before,
    before.observations as observations_before,
    before.periods_covered as periods_covered_before,
    coalesce(before.numerator, before.value) as source_value_before,
    'withdrawn' as change_code
from before_indicator_value as before
anti join marts.indicator_value as now using (indicator_value_key);

-- One month of one extract whose delivery is another one than before; the same file has another key when it was read again
-- under a changed contract, code list or pseudonym key.
create temp table delivery_change as
with landed_before as (
    select * from before_dim_submission where status = 'landed'
),

landed_now as (
    select * from marts.dim_submission where status = 'landed'
)

select
    record,
    before.submission_key as key_before,
    now.submission_key as key_now,
    extract || ' ' || period || ' ' || case
        when key_before is null then 'first delivered (' || now.submission_sha256[:12] || ')'
        when key_now is null then 'withdrawn (' || before.submission_sha256[:12] || ')'
        when before.submission_sha256 = now.submission_sha256 then 'read again by other rules (' || now.submission_sha256[:12] || ')'
        else 'replaced (' || before.submission_sha256[:12] || ' by ' || now.submission_sha256[:12] || ')'
    end as told
from landed_before as before
full join landed_now as now using (extract, period, record)
where before.submission_key is distinct from now.submission_key;

create temp table delivery_key as
select record, told, key_before, key_before as submission_key from delivery_change where key_before is not null
union all
select record, told, key_before, key_now from delivery_change where key_now is not null;

-- Why, from the nearest to the farthest that has an answer: deliveries whose rows the value counts; deliveries that feed it,
-- with rows dated in its period; deliveries that feed it. A measure is fed by its records, and by what its indicator is
-- computed from besides, such as exchange rates.
create temp table reason as
with counted as (
    select indicator_value_key, submission_key from before_bridge_indicator_submission
    union
    select indicator_value_key, submission_key from marts.bridge_indicator_submission
),

measure_record as (
    select indicator_code, measure_code, unnest(string_split(records, '; ')) as record
    from marts.dim_indicator where indicator_key <> -1
),

feed as (
    select measure_code, record from measure_record
    union
    select measures.measure_code, steps.read_model
    from marts.dim_indicator as measures
    join marts.indicator_lineage as steps on measures.indicator_code = steps.indicator_code and steps.read_layer = 'landed'
    where (steps.indicator_code, steps.read_model) not in (select (indicator_code, record) from measure_record)
    union
    select measure_code, changes.record
    from measure_record cross join delivery_change as changes where measure_record.record = 'every record'
),

months as (
    select submission_key, month_on from before_agg_submission_month
    union
    select submission_key, month_on from marts.agg_submission_month
),

periods as (
    select distinct
        measure_code,
        frequency_code,
        period_starts_on,
        ends_before(period_starts_on, frequency_code) as ends_before
    from compared
),

found as (
    select 1 as nearness, compared.indicator_value_key, null as measure_code, null as frequency_code, null as period_starts_on,
        changes.told, changes.key_before
    from compared
    join counted using (indicator_value_key)
    join delivery_key as changes using (submission_key)
    where compared.change_code <> 'added'

    union all

    select 2, null, measure_code, frequency_code, period_starts_on, told, key_before
    from periods
    join feed using (measure_code)
    join delivery_key as changes using (record)
    join months using (submission_key)
    where months.month_on >= periods.period_starts_on and months.month_on < periods.ends_before

    union all

    select 3, null, measure_code, null, null, told, key_before
    from feed join delivery_change using (record)
)

select
    nearness,
    indicator_value_key,
    measure_code,
    frequency_code,
    period_starts_on,
    if(count(key_before) > 0, 'restated', 'completed') as cause_code,
    array_to_string((list(distinct told order by told))[:3], '; ')
        || if(count(distinct told) > 3, '; and ' || (count(distinct told) - 3) || ' more', '') as explanation
from found
group by nearness, indicator_value_key, measure_code, frequency_code, period_starts_on;

create temp table explained as
select
    compared.*,
    measures.unit,
    date_diff(
        'month',
        ends_before(compared.period_starts_on, compared.frequency_code),
        -- as everywhere, the day on which the newest file arrived and never after today
        least(strptime(getvariable('version')[:8], '%Y%m%d'), (select max(received_at) from marts.dim_submission))
    ) as months_past,
    -- how much the value rests on: rows, or what it counts itself
    greatest(
        coalesce(compared.observations, 0),
        coalesce(compared.observations_before, 0),
        if(measures.unit in ('persons', 'events', 'contracts', 'households'),
            greatest(abs(coalesce(compared.value, 0)), abs(coalesce(compared.value_before, 0))), 0)
    ) as counted,
    round(compared.value - compared.value_before, 6) as change,
    case
        when compared.change_code = 'withdrawn' or (compared.value is null and compared.change_code = 'revised') then -100
        when compared.value_before <> 0 then round(100 * (compared.value - compared.value_before) / abs(compared.value_before), 4)
    end as change_pct,
    if(compared.change_code in ('revised', 'withdrawn'), coalesce(
        by_value.cause_code, by_period.cause_code, by_measure.cause_code, 'recalculated'
    ), null) as cause_code,
    if(getvariable('previous') is null, 'first release', concat_ws('; ',
        coalesce(by_value.explanation, by_period.explanation, by_measure.explanation, 'no delivery that feeds it changed'),
        if(getvariable('code_changed'), 'models or code lists changed', null)
    )) as explanation
from compared
left join marts.dim_indicator as measures using (measure_code)
left join reason as by_value on by_value.nearness = 1 and compared.indicator_value_key = by_value.indicator_value_key
left join reason as by_period
    on by_period.nearness = 2
    and compared.measure_code = by_period.measure_code
    and compared.frequency_code = by_period.frequency_code
    and compared.period_starts_on = by_period.period_starts_on
left join reason as by_measure on by_measure.nearness = 3 and compared.measure_code = by_measure.measure_code;
