{{ config(
    materialized='incremental',
    incremental_strategy='replace_parts',
    on_schema_change='fail',
    meta={'parts_of': 'crossing_month'},
) }}

with

parts as (
    {{ parts_to_make('crossing_month') }}
),

crossings as (
    select *
    from {{ ref('fct_border_crossing') }}
    where date_key // 100 in (select part from parts)
),

months as (
    select
        make_date(date_key // 10000, date_key // 100 % 100, 1) as month_on,
        point_of_entry_key,
        nationality_key,
        sex_key,
        direction_code,
        count(*) as crossings,
        count(distinct person_key) as persons
    from crossings
    group by all
)

{{ rows_of_parts('months', 'year(rows.month_on) * 100 + month(rows.month_on)') }}
