with

landed as (
    select * from {{ source('raw', 'exchange_rate') }}
),

final as (
    select
        rate_date as rate_on,
        base_currency as base_currency_code,
        quote_currency as quote_currency_code,
        rate,
        frequency as frequency_code,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
