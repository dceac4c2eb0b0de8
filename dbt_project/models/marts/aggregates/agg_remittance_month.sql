with

transfers as (
    select * from {{ ref('fct_remittance_transfer') }}
),

final as (
    select
        {{ date_key("date_trunc('month', sent_on)") }} as date_key,
        corridor_country_key,
        receiver_sex_key,

        cast(date_trunc('month', sent_on) as date) as month_on,
        channel_code,
        direction_code,
        'flow' as measure_type,
        'reported' as estimation_method,

        count(*) as transfers,
        count(*) filter (where obs_status = 'M') as transfers_without_rate,
        cast(sum(amount_usd) as decimal(18, 2)) as amount_usd,
        cast(sum(amount_lak) as decimal(18, 2)) as amount_lak,
        cast(sum(fee_usd) as decimal(18, 2)) as fee_usd
    from transfers
    group by all
)

select * from final
order by all
