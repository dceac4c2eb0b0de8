{{ config(
    materialized='incremental',
    incremental_strategy='replace_load_units',
    on_schema_change='fail',
    meta={'load_units_of': 'border_crossing'},
) }}

with

load_units as (
    {{ load_units_to_load('border_crossing') }}
),

crossings as (
    select
        landed.*,
        load_units.load_key,
        cast(landed.crossed_at as date) as crossed_on,
        {{ age_in_years('landed.birth_date', 'landed.birth_year', 'cast(landed.crossed_at as date)') }} as age_years
    from {{ ref('stg_border_crossing') }} as landed
    inner join load_units on landed._landing_id = load_units.landing_id
),

final as (
    select
        {{ surrogate_key([
            'crossings._extract', 'crossings.crossed_at', 'crossings.direction_code',
            'crossings.point_of_entry_code', 'crossings.person_key',
        ]) }} as border_crossing_key,
        {{ date_key('crossings.crossed_on') }} as date_key,
        crossings.person_key,
        coalesce(points.point_of_entry_key, -1) as point_of_entry_key,
        coalesce(nationalities.country_key, -1) as nationality_key,
        coalesce(counterparts.country_key, -1) as counterpart_country_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        coalesce(ages.age_group_key, -1) as age_group_key,
        {{ source_key('crossings._extract') }} as source_key,
        crossings._landing_id as submission_key,

        crossings.crossed_at,
        crossings.direction_code,
        crossings.point_of_entry_code,
        crossings.document_type_code,
        crossings.purpose_code,
        crossings.visa_class_code,
        'event' as measure_type,
        'reported' as estimation_method,

        cast(crossings.age_years as integer) as age_years,
        crossings.intended_days,

        crossings.load_key as _load_key,
        crossings._row
    from crossings
    left join {{ ref('dim_point_of_entry') }} as points
        on crossings.point_of_entry_code = points.point_of_entry_code
        and {{ held_on('points', 'crossings.crossed_on') }}
    left join {{ ref('dim_country') }} as nationalities on crossings.nationality_code = nationalities.country_code
    left join {{ ref('dim_country') }} as counterparts
        on crossings.counterpart_country_code = counterparts.country_code
    left join {{ ref('dim_sex') }} as sexes on crossings.sex_code = sexes.sex_code
    left join {{ ref('dim_age_group') }} as ages
        on {{ five_year_age_group('crossings.age_years') }} = ages.age_group_code
)

select * from final
order by crossed_at, border_crossing_key
