{{ config(
    materialized='incremental',
    incremental_strategy='replace_load_units',
    on_schema_change='fail',
    meta={'load_units_of': 'foreign_permit'},
) }}

with

load_units as (
    {{ load_units_to_load('foreign_permit') }}
),

permits as (
    select
        landed.*,
        load_units.load_key,
        {{ age_in_years('landed.birth_date', 'null', 'landed.issued_on') }} as age_years
    from {{ ref('stg_foreign_permit') }} as landed
    inner join load_units on landed._landing_id = load_units.landing_id
),

final as (
    select
        {{ surrogate_key(['permits._extract', 'permits._period', 'permits.permit_key']) }} as foreign_permit_key,
        {{ date_key('permits.issued_on') }} as date_key,
        permits.person_key,
        permits.permit_key,
        coalesce(nationalities.country_key, -1) as nationality_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        coalesce(ages.age_group_key, -1) as age_group_key,
        coalesce(occupations.occupation_key, -1) as occupation_key,
        coalesce(industries.industry_key, -1) as industry_key,
        coalesce(provinces.province_key, -1) as province_key,
        {{ source_key('permits._extract') }} as source_key,
        permits._landing_id as submission_key,

        permits.permit_kind_code,
        permits.special_economic_zone_code,
        permits.issued_on,
        permits.valid_until,
        'event' as measure_type,
        'reported' as estimation_method,

        permits.occupation_score,
        cast(permits.age_years as integer) as age_years,
        date_diff('day', permits.issued_on, permits.valid_until) + 1 as valid_days,

        permits.load_key as _load_key,
        permits._row
    from permits
    left join {{ ref('dim_country') }} as nationalities on permits.nationality_code = nationalities.country_code
    left join {{ ref('dim_sex') }} as sexes on permits.sex_code = sexes.sex_code
    left join {{ ref('dim_age_group') }} as ages
        on {{ five_year_age_group('permits.age_years') }} = ages.age_group_code
    left join {{ ref('dim_occupation') }} as occupations on permits.occupation_code = occupations.occupation_code
    left join {{ ref('dim_industry') }} as industries on permits.industry_code = industries.industry_code
    left join {{ ref('dim_province') }} as provinces
        on permits.province_code = provinces.province_code
        and {{ held_on('provinces', 'permits.issued_on') }}
)

select * from final
order by issued_on, foreign_permit_key
