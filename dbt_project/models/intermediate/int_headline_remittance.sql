{{ config(materialized='view') }}

with

transfers as (
    select * from {{ ref('agg_remittance_month') }}
),

estimates as (
    select
        *,
        counterpart_code = 'WLD' as is_total,
        bool_or(counterpart_code = 'WLD') over (
            partition by extract, series, vintage, reference_year, direction_code
        ) as has_total
    from {{ ref('int_remittance_estimate_oriented') }}
),

reported as (
    select
        'remittances_' || direction_code || '_usd' as figure_code,
        'transactions' as basis,
        '_Z' as series,
        '_T' as breakdown,
        cast(year(month_on) as bigint) as reference_year,
        '_Z' as vintage,
        estimation_method,
        count(distinct month_on) as months,
        cast(sum(amount_usd) as double) as value
    from transfers
    group by all
),

-- a source's own total where it has one, else the sum of its counterparts
totals as (
    select 'remittances_' || direction_code || '_usd' as figure_code, extract, series, '_T',
        reference_year, vintage, estimation_method, 12, sum(amount_usd)
    from estimates
    where is_total or not has_total
    group by all
),

counterparts as (
    select 'remittances_' || direction_code || '_usd' as figure_code, extract, series, counterpart_code,
        reference_year, vintage, estimation_method, 12, sum(amount_usd)
    from estimates
    where not is_total
    group by all
),

final as (
    select * from reported
    union all
    select * from totals
    union all
    select * from counterparts
)

select * from final
