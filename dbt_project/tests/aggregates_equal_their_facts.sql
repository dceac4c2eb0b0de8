-- Detects money that an aggregate gained or lost against its fact.
-- Likely cause: a join in the aggregate that multiplies or drops rows.
-- A row is one aggregate and measure with both sums.
{{ config(meta={'dagster': {'ref': {'name': 'agg_remittance_month'}}}) }}

with

sums as (
    select 'agg_remittance_month.amount_usd' as measure,
        (select sum(amount_usd) from {{ ref('fct_remittance_transfer') }}) as in_fact,
        (select sum(amount_usd) from {{ ref('agg_remittance_month') }}) as in_aggregate
    union all
    select 'agg_remittance_month.amount_lak',
        (select sum(amount_lak) from {{ ref('fct_remittance_transfer') }}),
        (select sum(amount_lak) from {{ ref('agg_remittance_month') }})
    union all
    select 'agg_labour_deployment_month.wage_usd',
        (select sum(wage_usd) from {{ ref('fct_labour_deployment') }}),
        (select sum(wage_usd) from {{ ref('agg_labour_deployment_month') }})
)

select *
from sums
where in_fact is distinct from in_aggregate
