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
        'sex_code': ['sex', 'receiver_sex_key'],
    }) }}
    where facts.date_key // 10000 in (select part from parts)
),

-- our own transfers: the fee, and what the provider's rate keeps of what is received
transferred as (
    select
        *,
        amount_usd between 150 and 250 as is_about_200,
        amount_usd between 400 and 600 as is_about_500,
        100 * fee_usd / amount_usd + coalesce(fx_margin_pct, 0) as cost_pct,
        channel_code as channel
    from transfers
    where direction_code = 'received' and fee_usd is not null and amount_usd > 0
),

cells as (
    {% call cells(
        'transferred', frequencies=['Q', 'A'], by=['counterpart_country_code', 'channel'], basis="'remittance_transfer'",
    ) %}
        avg(cost_pct) filter (where is_about_200) as cost_200_usd,
        count(*) filter (where is_about_200) as seen_200_usd,
        avg(cost_pct) filter (where is_about_500) as cost_500_usd,
        count(*) filter (where is_about_500) as seen_500_usd,
        avg(cost_pct) as cost_any_amount,
        count(*) as seen_any_amount
    {% endcall %}
)

{{ rows_of_parts('cells', 'year(rows.period_starts_on)') }}
