-- Detects modelled values counted as reported ones.
-- Likely cause: a headline figure that reads a fact without its estimation_method.
-- A row is one reported headline figure that exceeds what was reported, or an aggregate with modelled rows.
{{ config(meta={'dagster': {'ref': {'name': 'headline_figure'}}}) }}

with

reported as (
    select extract, series, vintage, reference_year, direction_code, sum(abs(amount_usd)) as amount_usd
    from {{ ref('int_remittance_estimate_oriented') }}
    where estimation_method = 'reported'
    group by all
)

select figures.figure_code, figures.basis, figures.reference_year, figures.value
from {{ ref('headline_figure') }} as figures
left join reported
    on figures.basis = reported.extract
    and figures.series = reported.series
    and figures.vintage = reported.vintage
    and figures.reference_year = reported.reference_year
    and figures.figure_code = 'remittances_' || reported.direction_code || '_usd'
where figures.figure_code in ('remittances_received_usd', 'remittances_paid_usd')
    and figures.estimation_method = 'reported'
    and figures.basis <> 'transactions'
    and figures.value > coalesce(reported.amount_usd, 0) + 1

union all

select 'agg_remittance_month', 'transactions', min(year(month_on)), count(*)
from {{ ref('agg_remittance_month') }}
where estimation_method <> 'reported'
having count(*) > 0
