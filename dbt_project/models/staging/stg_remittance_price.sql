with

landed as (
    select * from {{ source('raw', 'remittance_price') }}
),

final as (
    select
        quarter_start as quarter_starts_on,
        send_country as send_country_code,
        receive_country as receive_country_code,
        amount_usd,
        total_cost_pct,
        obs_status,
        vintage,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
