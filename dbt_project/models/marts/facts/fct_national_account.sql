with

load_units as (
    {{ load_units_to_load('national_account') }}
),

accounts as (
    select * from {{ ref('stg_national_account') }}
),

final as (
    select
        {{ surrogate_key([
            'accounts._extract', 'accounts.vintage', 'accounts.reference_year', 'accounts.country_code',
        ]) }} as national_account_key,
        {{ date_key('make_date(accounts.reference_year, 1, 1)') }} as date_key,
        coalesce(countries.country_key, -1) as country_key,
        {{ source_key('accounts._extract', 'accounts.vintage') }} as source_key,
        accounts._landing_id as submission_key,

        accounts.reference_year,
        accounts.vintage,
        'flow' as measure_type,
        'reported' as estimation_method,
        accounts.obs_status,

        accounts.gdp_usd,
        accounts.gdp_lak,

        load_units.load_key as _load_key,
        accounts._row
    from accounts
    inner join load_units on accounts._landing_id = load_units.landing_id
    left join {{ ref('dim_country') }} as countries on accounts.country_code = countries.country_code
)

select * from final
order by reference_year, national_account_key
