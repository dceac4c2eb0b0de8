with

rates as (
    select * from {{ ref('int_exchange_rate_deduplicated') }}
    where frequency_code = 'M'
),

kip_prices as (
    select * from rates
    where quote_currency_code = 'LAK'
),

-- the base itself is priced directly; any other currency is (kip per base) ÷ (currency per base)
priced as (
    select extract, rate_on, base_currency_code as currency_code, rate as lak_per_unit, false as is_cross
    from kip_prices

    union all

    select
        kip_prices.extract,
        kip_prices.rate_on,
        rates.quote_currency_code,
        kip_prices.rate / rates.rate,
        true
    from kip_prices
    inner join rates
        on kip_prices.extract = rates.extract
        and kip_prices.rate_on = rates.rate_on
        and kip_prices.base_currency_code = rates.base_currency_code
        and rates.quote_currency_code <> 'LAK'
),

final as (
    select
        cast(date_trunc('month', rate_on) as date) as month_on,
        currency_code,
        lak_per_unit,
        extract
    from priced
    qualify row_number() over (
        partition by month_on, currency_code order by is_cross, extract, rate_on, lak_per_unit
    ) = 1
)

select * from final
