with

load_units as (
    {{ load_units_to_load('exchange_rate') }}
),

rates as (
    select * from {{ ref('stg_exchange_rate') }}
),

currencies as (
    select * from {{ ref('dim_currency') }}
),

final as (
    select
        {{ surrogate_key([
            'rates._extract', 'rates._period', 'rates.rate_on', 'rates.base_currency_code',
            'rates.quote_currency_code', 'rates.frequency_code',
        ]) }} as exchange_rate_key,
        {{ date_key('rates.rate_on') }} as date_key,
        coalesce(bases.currency_key, -1) as base_currency_key,
        coalesce(quotes.currency_key, -1) as quote_currency_key,
        {{ source_key('rates._extract') }} as source_key,
        rates._landing_id as submission_key,

        rates.rate_on,
        rates.frequency_code,
        'price' as measure_type,
        'reported' as estimation_method,

        rates.rate,

        load_units.load_key as _load_key,
        rates._row
    from rates
    inner join load_units on rates._landing_id = load_units.landing_id
    left join currencies as bases on rates.base_currency_code = bases.currency_code
    left join currencies as quotes on rates.quote_currency_code = quotes.currency_code
)

select * from final
order by rate_on, exchange_rate_key
