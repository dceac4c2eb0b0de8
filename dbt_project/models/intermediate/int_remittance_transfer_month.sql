{{ config(
    materialized='incremental',
    incremental_strategy='replace_parts',
    on_schema_change='fail',
    meta={'parts_of': 'transfer_month'},
) }}

with

parts as (
    {{ parts_to_make('transfer_month') }}
),

transfers as (
    select *
    from {{ ref('fct_remittance_transfer') }}
    where date_key // 100 in (select part from parts)
),

months as (
    select
        make_date(date_key // 10000, date_key // 100 % 100, 1) as month_on,
        source_key,
        corridor_country_key,
        receiver_sex_key,
        channel_code,
        direction_code,

        count(*) as transfers,
        count(*) filter (where obs_status = 'M') as transfers_without_rate,
        bool_or(amount_usd is null) as has_unconverted,
        cast(sum(amount_usd) as decimal(18, 2)) as amount_usd,
        cast(sum(amount_lak) as decimal(18, 2)) as amount_lak,
        cast(sum(fee_usd) as decimal(18, 2)) as fee_usd
    from transfers
    group by all
)

{{ rows_of_parts('months', 'year(rows.month_on) * 100 + month(rows.month_on)') }}
