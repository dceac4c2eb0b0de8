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
        date_key // 100 as _part,
        point_of_entry_key,
        nationality_key,
        sex_key,
        direction_code,
        count(*) as crossings,
        count(distinct person_key) as persons
    from crossings
    group by all
),

final as (
    select
        months.*,
        strptime(cast(months._part as varchar), '%Y%m')::date as month_on,
        parts.part_state as _part_state
    from months
    inner join parts on months._part = parts.part
)

select * from final
