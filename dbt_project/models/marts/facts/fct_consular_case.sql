with

load_units as (
    {{ load_units_to_load('consular_case') }}
),

cases as (
    select * from {{ ref('stg_consular_case') }}
),

final as (
    select
        {{ surrogate_key(['cases._extract', 'cases._period', 'cases._sheet', 'cases._row']) }} as consular_case_key,
        {{ date_key('cases.opened_on') }} as date_key,
        coalesce(countries.country_key, -1) as mission_country_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        coalesce(ages.age_group_key, -1) as age_group_key,
        {{ source_key('cases._extract') }} as source_key,
        cases._landing_id as submission_key,

        cases.opened_on,
        cases.case_kind_code,
        'event' as measure_type,
        'reported' as estimation_method,

        load_units.load_key as _load_key,
        cases._row
    from cases
    inner join load_units on cases._landing_id = load_units.landing_id
    left join {{ ref('dim_country') }} as countries on cases.mission_country_code = countries.country_code
    left join {{ ref('dim_sex') }} as sexes on cases.sex_code = sexes.sex_code
    left join {{ ref('dim_age_group') }} as ages on cases.age_group_code = ages.age_group_code
)

select * from final
order by opened_on, consular_case_key
