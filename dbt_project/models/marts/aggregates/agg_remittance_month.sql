with

months as (
    select * from {{ ref('int_remittance_transfer_month') }}
),

final as (
    select
        {{ date_key('month_on') }} as date_key,
        corridor_country_key,
        receiver_sex_key,

        month_on,
        channel_code,
        direction_code,
        'flow' as measure_type,
        'reported' as estimation_method,

        cast(sum(transfers) as bigint) as transfers,
        cast(sum(transfers_without_rate) as bigint) as transfers_without_rate,
        cast(sum(amount_usd) as decimal(18, 2)) as amount_usd,
        cast(sum(amount_lak) as decimal(18, 2)) as amount_lak,
        cast(sum(fee_usd) as decimal(18, 2)) as fee_usd
    from months
    group by all
)

select * from final
order by all
