with

rates as (
    select * from {{ ref('stg_exchange_rate') }}
),

landings as (
    select * from {{ ref('int_submission_landed') }}
),

-- history files overlap: of one source's prices for one day the newest submission wins
final as (
    select
        rates._extract as extract,
        rates.rate_on,
        rates.base_currency_code,
        rates.quote_currency_code,
        rates.frequency_code,
        rates.rate
    from rates
    inner join landings on rates._landing_id = landings.landing_id
    qualify row_number() over (
        partition by rates._extract, rates.rate_on, rates.base_currency_code,
            rates.quote_currency_code, rates.frequency_code
        order by landings.received_at desc, landings.period desc, rates._row desc
    ) = 1
)

select * from final
