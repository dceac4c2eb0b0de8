with

landed as (
    select * from {{ source('raw', 'remittance_transfer') }}
),

final as (
    select
        sent_on,
        provider as provider_name,
        channel as channel_code,
        direction as direction_code,
        corridor_country as corridor_country_code,
        province as province_code,
        sender_sex as sender_sex_code,
        receiver_sex as receiver_sex_code,
        amount,
        currency as currency_code,
        fee,
        fee_currency as fee_currency_code,
        fx_rate_applied,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
