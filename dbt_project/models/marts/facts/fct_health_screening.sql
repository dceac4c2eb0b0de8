{{ config(
    materialized='incremental',
    incremental_strategy='replace_load_units',
    on_schema_change='fail',
    meta={'load_units_of': 'health_screening'},
) }}

with

load_units as (
    {{ load_units_to_load('health_screening') }}
),

screenings as (
    select landed.*, load_units.load_key
    from {{ ref('stg_health_screening') }} as landed
    inner join load_units on landed._landing_id = load_units.landing_id
),

final as (
    select
        {{ surrogate_key([
            'screenings._extract', 'screenings._period', 'screenings.screened_on',
            'screenings.point_of_entry_code', 'screenings.nationality_code',
        ]) }} as health_screening_key,
        {{ date_key('screenings.screened_on') }} as date_key,
        coalesce(points.point_of_entry_key, -1) as point_of_entry_key,
        coalesce(points.province_key, -1) as province_key,
        coalesce(nationalities.country_key, -1) as nationality_key,
        {{ source_key('screenings._extract') }} as source_key,
        screenings._landing_id as submission_key,

        screenings.screened_on,
        'flow' as measure_type,
        'reported' as estimation_method,

        screenings.persons_screened,
        screenings.suspected,
        screenings.confirmed,
        screenings.quarantined,

        screenings.load_key as _load_key,
        screenings._row
    from screenings
    left join {{ ref('dim_point_of_entry') }} as points
        on screenings.point_of_entry_code = points.point_of_entry_code
        and {{ held_on('points', 'screenings.screened_on') }}
    left join {{ ref('dim_country') }} as nationalities on screenings.nationality_code = nationalities.country_code
)

select * from final
order by screened_on, health_screening_key
