with

load_units as (
    {{ load_units_to_load('trafficking_victim') }}
),

victims as (
    select * from {{ ref('stg_trafficking_victim') }}
),

final as (
    select
        {{ surrogate_key(['victims._extract', 'victims._period', 'victims.case_key']) }} as trafficking_victim_key,
        {{ date_key('victims.identified_on') }} as date_key,
        victims.case_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        coalesce(ages.age_group_key, -1) as age_group_key,
        coalesce(nationalities.country_key, -1) as nationality_key,
        coalesce(provinces.province_key, -1) as province_key,
        coalesce(exploitation_countries.country_key, -1) as exploitation_country_key,
        {{ source_key('victims._extract') }} as source_key,
        victims._landing_id as submission_key,

        victims.exploitation_form_code,
        victims.assistance_code,
        victims.identified_on,
        -- a band across the eighteenth birthday, or none, tells neither
        case when ages.upper_age < 18 then true when ages.lower_age >= 18 then false end as is_minor,
        'event' as measure_type,
        'reported' as estimation_method,

        cast(1 as bigint) as victims,

        load_units.load_key as _load_key,
        victims._row
    from victims
    inner join load_units on victims._landing_id = load_units.landing_id
    left join {{ ref('dim_sex') }} as sexes on victims.sex_code = sexes.sex_code
    left join {{ ref('dim_age_group') }} as ages on victims.age_group_code = ages.age_group_code
    left join {{ ref('dim_country') }} as nationalities on victims.nationality_code = nationalities.country_code
    left join {{ ref('dim_province') }} as provinces
        on victims.province_code = provinces.province_code
        and {{ held_on('provinces', 'victims.identified_on') }}
    left join {{ ref('dim_country') }} as exploitation_countries
        on victims.exploitation_country_code = exploitation_countries.country_code
)

select * from final
order by identified_on, trafficking_victim_key
