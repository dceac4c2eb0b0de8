{{ config(
    materialized='incremental',
    incremental_strategy='replace_load_units',
    on_schema_change='fail',
    meta={'load_units_of': 'remittance_transfer'},
) }}

with

load_units as (
    {{ load_units_to_load('remittance_transfer') }}
),

transfers as (
    select
        landed.*,
        load_units.load_key,
        rates.rate_source,
        {{ converted('landed.amount', 'landed.currency_code', 'USD', 'rates.usd_per_unit') }} as amount_usd,
        {{ converted('landed.amount', 'landed.currency_code', 'LAK', 'rates.lak_per_unit') }} as amount_lak,
        {{ converted('landed.fee', 'landed.fee_currency_code', 'USD', 'fee_rates.usd_per_unit') }} as fee_usd,
        {{ converted('landed.fee', 'landed.fee_currency_code', 'LAK', 'fee_rates.lak_per_unit') }} as fee_lak,
        -- what the provider's rate costs the customer: kip withheld on receipt, kip added on payment
        case when landed.currency_code <> 'LAK' then 100
            * (rates.lak_per_unit - nullif(landed.fx_rate_applied, 0)) / rates.lak_per_unit
            * if(landed.direction_code = 'paid', -1, 1) end as fx_margin_pct
    from {{ ref('stg_remittance_transfer') }} as landed
    inner join load_units on landed._landing_id = load_units.landing_id
    left join {{ ref('int_exchange_rate_daily') }} as rates
        on landed.sent_on = rates.rate_on and landed.currency_code = rates.currency_code
    left join {{ ref('int_exchange_rate_daily') }} as fee_rates
        on landed.sent_on = fee_rates.rate_on and landed.fee_currency_code = fee_rates.currency_code
),

final as (
    select
        {{ surrogate_key(['transfers._extract', 'transfers._period', 'transfers._sheet', 'transfers._row']) }}
            as remittance_transfer_key,
        {{ date_key('transfers.sent_on') }} as date_key,
        {{ name_key('transfers.provider_name') }} as provider_key,
        coalesce(corridors.country_key, -1) as corridor_country_key,
        coalesce(provinces.province_key, -1) as province_key,
        coalesce(senders.sex_key, -1) as sender_sex_key,
        coalesce(receivers.sex_key, -1) as receiver_sex_key,
        coalesce(currencies.currency_key, -1) as currency_key,
        coalesce(fee_currencies.currency_key, -1) as fee_currency_key,
        {{ source_key('transfers._extract') }} as source_key,
        transfers._landing_id as submission_key,

        transfers.sent_on,
        transfers.channel_code,
        transfers.direction_code,
        'flow' as measure_type,
        'reported' as estimation_method,
        case when transfers.amount_usd is null or transfers.amount_lak is null then 'M' else 'A' end as obs_status,
        coalesce(transfers.rate_source, 'none') as rate_source,

        transfers.amount,
        transfers.amount_usd,
        transfers.amount_lak,
        transfers.fee,
        transfers.fee_usd,
        transfers.fee_lak,
        transfers.fx_rate_applied,
        round(transfers.fx_margin_pct, 4) as fx_margin_pct,

        transfers.load_key as _load_key,
        transfers._row
    from transfers
    left join {{ ref('dim_country') }} as corridors on transfers.corridor_country_code = corridors.country_code
    left join {{ ref('dim_province') }} as provinces
        on transfers.province_code = provinces.province_code
        and {{ held_on('provinces', 'transfers.sent_on') }}
    left join {{ ref('dim_sex') }} as senders on transfers.sender_sex_code = senders.sex_code
    left join {{ ref('dim_sex') }} as receivers on transfers.receiver_sex_code = receivers.sex_code
    left join {{ ref('dim_currency') }} as currencies on transfers.currency_code = currencies.currency_code
    left join {{ ref('dim_currency') }} as fee_currencies
        on transfers.fee_currency_code = fee_currencies.currency_code
)

select * from final
order by sent_on, remittance_transfer_key
