-- Detects a sex lost or counted twice between a fact and what is made of it: female + male + unknown = total.
-- Likely cause: an inner join on sex, or a margin residual dropped.
-- A row is one table with the total and the sum over the sexes.
{{ config(meta={'dagster': {'ref': {'name': 'dim_sex'}}}) }}

with

totals as (
    select 'fct_population' as table_name,
        (select coalesce(sum(persons), 0) from {{ ref('stg_population') }}) as total,
        (select coalesce(sum(persons), 0) from {{ ref('fct_population') }}
            inner join {{ ref('dim_sex') }} using (sex_key)) as over_sexes
    union all
    select 'fct_migrant_stock',
        (select coalesce(sum(persons), 0) from {{ ref('stg_migrant_stock') }}),
        (select coalesce(sum(persons), 0) from {{ ref('fct_migrant_stock') }}
            inner join {{ ref('dim_sex') }} using (sex_key))
    union all
    select 'agg_border_crossing_month',
        (select count(*) from {{ ref('fct_border_crossing') }}),
        (select coalesce(sum(crossings), 0) from {{ ref('agg_border_crossing_month') }}
            inner join {{ ref('dim_sex') }} using (sex_key))
    union all
    select 'agg_labour_deployment_month',
        (select count(*) from {{ ref('fct_labour_deployment') }}),
        (select coalesce(sum(contracts), 0) from {{ ref('agg_labour_deployment_month') }}
            inner join {{ ref('dim_sex') }} using (sex_key))
    union all
    select 'agg_remittance_month',
        (select count(*) from {{ ref('fct_remittance_transfer') }}),
        (select coalesce(sum(transfers), 0) from {{ ref('agg_remittance_month') }} as months
            inner join {{ ref('dim_sex') }} as sexes on months.receiver_sex_key = sexes.sex_key)
)

select *
from totals
-- half a person of rounding in sums of modelled decimals
where abs(total - over_sexes) > 0.5
