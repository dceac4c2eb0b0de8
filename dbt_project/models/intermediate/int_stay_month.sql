{{ config(
    materialized='incremental',
    incremental_strategy='replace_parts',
    on_schema_change='fail',
    meta={'parts_of': 'stay_month'},
) }}

with

parts as (
    {{ parts_to_make('stay_month') }}
),

stays as (
    select * from {{ ref('int_stay_classified') }}
),

-- a stay counts in the month it began and in the month it ended
ends as (
    select *, opening_date_key as date_key, if(stay_kind_code = 'abroad', 'emigration', 'immigration') as flow_code
    from stays
    where opening_date_key // 100 in (select part from parts)
    union all
    select *, closing_date_key, if(stay_kind_code = 'abroad', 'return', 'departure')
    from stays
    where closing_date_key // 100 in (select part from parts)
),

months as (
    select
        make_date(date_key // 10000, date_key // 100 % 100, 1) as month_on,
        counterpart_country_key,
        nationality_key,
        sex_key,
        age_group_key,
        flow_code,
        stay_kind_code,
        duration_class,

        count(*) as spells,
        count(*) filter (where is_border_trip) as border_trips,
        count(*) filter (where is_long_term) as long_term_spells,
        count(*) filter (where is_long_term and long_term_basis = 'still_open') as long_term_open_spells,
        count(*) filter (where long_term_basis = 'overdue') as overdue_spells,
        count(*) filter (where long_term_basis = 'begun_before_data') as begun_before_data_spells,
        count(*) filter (where is_long_term is null) as undetermined_spells
    from ends
    group by all
)

{{ rows_of_parts('months', 'year(rows.month_on) * 100 + month(rows.month_on)') }}
