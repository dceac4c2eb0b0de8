{{ config(
    materialized='incremental',
    incremental_strategy='replace_load_units',
    on_schema_change='fail',
    meta={'load_units_of': 'labour_deployment'},
) }}

with

load_units as (
    {{ load_units_to_load('labour_deployment') }}
),

deployments as (
    select
        landed.*,
        load_units.load_key,
        {{ age_in_years('landed.birth_date', 'null', 'landed.departed_on') }} as age_years
    from {{ ref('stg_labour_deployment') }} as landed
    inner join load_units on landed._landing_id = load_units.landing_id
),

final as (
    select
        {{ surrogate_key(['deployments._extract', 'deployments._period', 'deployments.permit_key']) }}
            as labour_deployment_key,
        {{ date_key('deployments.departed_on') }} as date_key,
        {{ date_key('deployments.contract_starts_on') }} as contract_start_date_key,
        deployments.person_key,
        deployments.permit_key,
        coalesce(destinations.country_key, -1) as destination_country_key,
        coalesce(provinces.province_key, -1) as province_key,
        coalesce(districts.district_key, -1) as district_key,
        coalesce(sexes.sex_key, -1) as sex_key,
        coalesce(ages.age_group_key, -1) as age_group_key,
        coalesce(occupations.occupation_key, -1) as occupation_key,
        coalesce(industries.industry_key, -1) as industry_key,
        coalesce(agencies.recruitment_agency_key, -1) as recruitment_agency_key,
        coalesce(wage_currencies.currency_key, -1) as wage_currency_key,
        coalesce(fee_currencies.currency_key, -1) as fee_currency_key,
        {{ source_key('deployments._extract') }} as source_key,
        deployments._landing_id as submission_key,

        deployments.departed_on,
        deployments.contract_starts_on,
        deployments.contract_ends_on,
        'event' as measure_type,
        'reported' as estimation_method,

        deployments.occupation_score,
        cast(deployments.age_years as integer) as age_years,
        date_diff('day', deployments.contract_starts_on, deployments.contract_ends_on) as contract_days,
        deployments.wage,
        {{ converted('deployments.wage', 'deployments.wage_currency_code', 'USD', 'wage_rates.usd_per_unit') }}
            as wage_usd,
        {{ converted('deployments.wage', 'deployments.wage_currency_code', 'LAK', 'wage_rates.lak_per_unit') }}
            as wage_lak,
        deployments.fee,
        {{ converted('deployments.fee', 'deployments.fee_currency_code', 'USD', 'fee_rates.usd_per_unit') }}
            as fee_usd,
        {{ converted('deployments.fee', 'deployments.fee_currency_code', 'LAK', 'fee_rates.lak_per_unit') }}
            as fee_lak,

        deployments.load_key as _load_key,
        deployments._row
    from deployments
    left join {{ ref('dim_country') }} as destinations on deployments.destination_code = destinations.country_code
    left join {{ ref('dim_province') }} as provinces
        on deployments.province_code = provinces.province_code
        and {{ held_on('provinces', 'deployments.departed_on') }}
    left join {{ ref('dim_district') }} as districts
        on deployments.district_code = districts.district_code
        and {{ held_on('districts', 'deployments.departed_on') }}
    left join {{ ref('dim_sex') }} as sexes on deployments.sex_code = sexes.sex_code
    left join {{ ref('dim_age_group') }} as ages
        on {{ five_year_age_group('deployments.age_years') }} = ages.age_group_code
    left join {{ ref('dim_occupation') }} as occupations
        on deployments.occupation_code = occupations.occupation_code
    left join {{ ref('dim_industry') }} as industries on deployments.industry_code = industries.industry_code
    left join {{ ref('dim_recruitment_agency') }} as agencies
        on {{ folded('deployments.agency_licence') }} = agencies.agency_licence
        and {{ held_on('agencies', 'deployments.departed_on') }}
    left join {{ ref('dim_currency') }} as wage_currencies
        on deployments.wage_currency_code = wage_currencies.currency_code
    left join {{ ref('dim_currency') }} as fee_currencies
        on deployments.fee_currency_code = fee_currencies.currency_code
    left join {{ ref('int_exchange_rate_daily') }} as wage_rates
        on deployments.departed_on = wage_rates.rate_on
        and deployments.wage_currency_code = wage_rates.currency_code
    left join {{ ref('int_exchange_rate_daily') }} as fee_rates
        on deployments.departed_on = fee_rates.rate_on
        and deployments.fee_currency_code = fee_rates.currency_code
)

select * from final
order by departed_on, labour_deployment_key
