-- Detects modelled values counted as reported ones.
-- Likely cause: an indicator that reads a fact without its estimation_method.
-- A row is one reported value of an estimate that is not the sum of what was reported, or an aggregate with modelled rows.
{{ config(meta={'dagster': {'ref': {'name': 'indicator_value'}}}) }}

with

reported as (
    select extract, vintage, reference_year, direction_code, sum(amount_usd) as amount_usd
    from {{ ref('int_remittance_estimate_oriented') }}
    where estimation_method = 'reported'
    group by all
),

compiled as (
    select *, if(measure_code = 'remittances_received_usd', 'received', 'paid') as direction_code
    from {{ ref('indicator_value') }}
    where measure_code in ('remittances_received_usd', 'remittances_paid_usd')
        and estimation_method = 'reported'
        and frequency_code = 'A'
        and counterpart_country_code = '_T'
        and basis in (select extract from {{ ref('int_remittance_estimate_oriented') }})
)

select compiled.measure_code, compiled.basis, compiled.time_period, compiled.value
from compiled
left join reported
    on compiled.basis = reported.extract
    and compiled.vintage = reported.vintage
    and year(compiled.period_starts_on) = reported.reference_year
    and compiled.direction_code = reported.direction_code
where compiled.value > coalesce(reported.amount_usd, 0) + 1

union all

select 'agg_remittance_month', 'transfers', cast(min(year(month_on)) as varchar), count(*)
from {{ ref('agg_remittance_month') }}
where estimation_method <> 'reported'
having count(*) > 0
