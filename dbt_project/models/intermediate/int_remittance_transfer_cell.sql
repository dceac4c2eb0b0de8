{{ config(
    materialized='incremental',
    incremental_strategy='replace_parts',
    on_schema_change='fail',
    meta={'parts_of': 'transfer_year'},
) }}

with

parts as (
    {{ parts_to_make('transfer_year') }}
),

transfers as (
    {{ coded('fct_remittance_transfer', {
        'counterpart_country_code': ['country', 'corridor_country_key'],
        'area_code': ['province', 'province_key'],
        'receiver_sex_code': ['sex', 'receiver_sex_key'],
        'sender_sex_code': ['sex', 'sender_sex_key'],
        'covid_period': ['date', 'date_key', 'covid_period_code'],
    }) }}
    where facts.date_key // 10000 in (select part from parts)
),

-- the sex is that of the person in Lao PDR
sent as (
    select
        transfers.*,
        if(transfers.direction_code = 'received', receiver_sex_code, sender_sex_code) as sex_code,
        transfers.channel_code as channel,
        if(transfers.direction_code = 'received', transfers.amount_usd, null) as received_usd,
        if(transfers.direction_code = 'paid', transfers.amount_usd, null) as paid_usd
    from transfers
),

cells as (
    {% call cells(
        'sent', frequencies=['M', 'Q', 'S', 'A'], basis="'remittance_transfer'",
        obs_status="if(obs_status = 'M', 'P', 'A')",
        by=['counterpart_country_code', 'channel', 'covid_period', 'area_code', ['counterpart_country_code', 'channel']],
    ) %}
        sum(received_usd) as received_usd,
        count(received_usd) as received,
        sum(paid_usd) as paid_usd,
        count(paid_usd) as paid
    {% endcall %}
)

{{ rows_of_parts('cells', 'year(rows.period_starts_on)') }}
