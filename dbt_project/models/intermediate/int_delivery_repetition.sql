{{ config(
    materialized='incremental',
    incremental_strategy='replace_parts',
    on_schema_change='fail',
    meta={'parts_of': 'compared_delivery'},
) }}

{# What makes two rows the same but for their day: a copy of another month has the same of all these. #}
{% set same = {
    'fct_border_crossing': "person_key, direction_code, point_of_entry_code, cast(crossed_at as time)",
    'fct_labour_deployment': "permit_key",
    'fct_return': "person_key, point_of_entry_key, province_key, country_left_key",
    'fct_foreign_permit': "permit_key",
    'fct_remittance_transfer': "provider_key, corridor_country_key, province_key, currency_key, amount, fee",
    'fct_service_contact': "person_key, centre_code, service_code",
    'fct_trafficking_victim': "case_key",
    'fct_student_abroad': "person_key, start_year",
    'fct_exchange_rate': "base_currency_key, quote_currency_key, rate",
} %}
{# Rows that cannot be recognised: of nobody known, or a rate of too few digits, which comes again by chance. #}
{% set recognisable = {
    'fct_return': 'person_key <> -1', 'fct_service_contact': 'person_key <> -1', 'fct_exchange_rate': 'rate >= 10000',
} %}
with

parts as (
    {{ parts_to_make('compared_delivery') }}
),

units as (
    select * from {{ ref('int_load_units') }}
),

-- the deliveries to judge, and those before them that a row may have been copied from
looked_at as (
    select distinct earlier.landing_id, earlier.extract, earlier.period, {{ month_number('earlier.period') }} as month_number
    from units as later
    inner join parts on later.landing_id = parts.part
    inner join units as earlier
        on later.extract = earlier.extract
        and {{ month_number('earlier.period') }} between {{ month_number('later.period') }} - 12 and {{ month_number('later.period') }}
),

-- what a row is, as one number, so that large facts are compared cheaply
told as (
    {% for fact, columns in same.items() %}
    select submission_key, hash({{ columns }}) as told, count(*) as rows
    from {{ ref(fact) }}
    where submission_key in (select landing_id from looked_at)
    {% if fact in recognisable %}and {{ recognisable[fact] }}{% endif %}
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- the newest delivery of the twelve months before in which the same was told: one look back, however many tell it
judged as (
    select
        told.submission_key,
        told.rows,
        max(looked_at.period) over (
            partition by looked_at.extract, told.told
            order by looked_at.month_number
            range between 12 preceding and 1 preceding
        ) as told_before
    from told
    inner join looked_at on told.submission_key = looked_at.landing_id
),

final as (
    select
        parts.part as _part,
        parts.part_state as _part_state,

        cast(sum(judged.rows) as bigint) as rows,
        cast(coalesce(sum(judged.rows) filter (where judged.told_before is not null), 0) as bigint) as repeated_rows,
        cast(sum(judged.rows) - count(*) as bigint) as repeated_within_rows,
        max(judged.told_before) as last_told_before
    from parts
    inner join judged on parts.part = judged.submission_key
    group by all
)

select * from final
