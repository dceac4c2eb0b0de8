{{ config(
    materialized='incremental',
    incremental_strategy='replace_load_units',
    on_schema_change='fail',
    meta={'load_units_of': 'return_migration'},
) }}

with

load_units as (
    {{ load_units_to_load('return_migration') }}
),

-- a sender asks for the age, the year or the date of birth; a row has one of them
returns as (
    select
        landed.* exclude (age_years),
        load_units.load_key,
        coalesce(
            landed.age_years, {{ age_in_years('landed.birth_date', 'landed.birth_year', 'landed.returned_on') }}
        ) as age_years
    from {{ ref('stg_return_migration') }} as landed
    inner join load_units on landed._landing_id = load_units.landing_id
),

final as (
    select
        {{ surrogate_key(['returns._extract', 'returns._period', 'returns._sheet', 'returns._row']) }} as return_key,
        {{ date_key('returns.returned_on') }} as date_key,
        coalesce(returns.person_key, -1) as person_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        coalesce(ages.age_group_key, -1) as age_group_key,
        coalesce(points.point_of_entry_key, -1) as point_of_entry_key,
        coalesce(provinces.province_key, -1) as province_key,
        coalesce(countries.country_key, -1) as country_left_key,
        {{ source_key('returns._extract') }} as source_key,
        returns._landing_id as submission_key,

        returns.returned_on,
        returns.return_reason_code,
        returns.is_assisted,
        'event' as measure_type,
        'reported' as estimation_method,

        cast(returns.age_years as integer) as age_years,

        returns.load_key as _load_key,
        returns._row
    from returns
    left join {{ ref('dim_sex') }} as sexes on returns.sex_code = sexes.sex_code
    left join {{ ref('dim_age_group') }} as ages
        on {{ five_year_age_group('returns.age_years') }} = ages.age_group_code
    left join {{ ref('dim_point_of_entry') }} as points
        on returns.point_of_entry_code = points.point_of_entry_code
        and {{ held_on('points', 'returns.returned_on') }}
    left join {{ ref('dim_province') }} as provinces
        on returns.province_code = provinces.province_code
        and {{ held_on('provinces', 'returns.returned_on') }}
    left join {{ ref('dim_country') }} as countries on returns.country_left_code = countries.country_code
)

select * from final
order by returned_on, return_key
