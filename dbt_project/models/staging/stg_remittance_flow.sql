with

landed as (
    select * from {{ source('raw', 'remittance_flow') }}
),

final as (
    select
        quarter_start as quarter_starts_on,
        item as bop_item_code,
        direction as direction_code,
        amount_usd,
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
