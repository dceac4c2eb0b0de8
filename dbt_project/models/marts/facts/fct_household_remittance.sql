with

load_units as (
    {{ load_units_to_load('household_remittance') }}
),

households as (
    select
        landed.*,
        load_units.load_key,
        {{ converted('landed.amount', 'landed.currency_code', 'USD', 'rates.usd_per_unit') }} as amount_usd,
        {{ converted('landed.household_income', 'landed.currency_code', 'USD', 'rates.usd_per_unit') }}
            as household_income_usd
    from {{ ref('stg_household_remittance') }} as landed
    inner join load_units on landed._landing_id = load_units.landing_id
    left join {{ ref('int_exchange_rate_daily') }} as rates
        on landed.round_starts_on = rates.rate_on and landed.currency_code = rates.currency_code
),

final as (
    select
        {{ surrogate_key([
            'households._extract', 'households._period', 'households.survey_round', 'households.household_key',
        ]) }} as household_remittance_key,
        {{ date_key('households.round_starts_on') }} as date_key,
        households.household_key,
        coalesce(provinces.province_key, -1) as province_key,
        coalesce(heads.sex_key, -1) as head_sex_key,
        coalesce(currencies.currency_key, -1) as currency_key,
        coalesce(periods.covid_period_key, -1) as covid_period_key,
        {{ source_key('households._extract') }} as source_key,
        households._landing_id as submission_key,

        households.survey_round,
        households.round_starts_on,
        households.residence_code,
        households.receives,
        households.channel_code,
        households.main_use_code,
        'survey' as measure_type,
        'reported' as estimation_method,
        -- a missing answer and an amount without a rate are both missing; nothing received is not
        case
            when households.receives is null or (households.receives and households.amount_usd is null) then 'M'
            else 'A'
        end as obs_status,

        households.amount,
        households.amount_usd,
        households.household_income,
        households.household_income_usd,
        households.survey_weight,

        households.load_key as _load_key,
        households._row
    from households
    left join {{ ref('dim_province') }} as provinces
        on households.province_code = provinces.province_code
        and {{ held_on('provinces', 'households.round_starts_on') }}
    left join {{ ref('dim_sex') }} as heads on households.head_sex_code = heads.sex_code
    left join {{ ref('dim_currency') }} as currencies on households.currency_code = currencies.currency_code
    left join {{ ref('dim_covid_period') }} as periods on households.covid_period_code = periods.covid_period_code
)

select * from final
order by survey_round, household_remittance_key
