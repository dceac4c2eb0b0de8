{{ config(materialized='view') }}

with

stocks as (
    select
        *,
        bool_or(destination_code = 'WLD') over (
            partition by extract, vintage, reference_year, origin_code
        ) as has_destination_total,
        bool_or(origin_code = 'WLD') over (
            partition by extract, vintage, reference_year, destination_code
        ) as has_origin_total
    from {{ ref('int_migrant_stock_totalled') }}
),

deployments as (
    select * from {{ ref('agg_labour_deployment_month') }}
),

crossings as (
    select * from {{ ref('agg_border_crossing_month') }}
),

-- a source's own total where it has one, else the sum of its countries
abroad as (
    select
        'lao_abroad_persons' as figure_code,
        extract as basis,
        '_Z' as series,
        unnest(case
            when destination_code = 'WLD' then ['_T']
            when has_destination_total then [destination_code]
            else [destination_code, '_T']
        end) as breakdown,
        reference_year,
        vintage,
        estimation_method,
        12 as months,
        persons as value
    from stocks
    where origin_code = 'LAO'
),

foreigners as (
    select 'foreigners_in_lao_pdr_persons', extract, '_Z',
        unnest(case
            when origin_code = 'WLD' then ['_T']
            when has_origin_total then [origin_code]
            else [origin_code, '_T']
        end),
        reference_year, vintage, estimation_method, 12, persons
    from stocks
    where destination_code = 'LAO'
),

events as (
    select 'labour_deployments_contracts', 'transactions', '_Z', '_T',
        year(month_on), '_Z', 'reported', count(distinct month_on), cast(sum(contracts) as double)
    from deployments
    group by all
    union all
    select 'border_crossings_events', 'transactions', '_Z', direction_code,
        year(month_on), '_Z', 'reported', count(distinct month_on), cast(sum(crossings) as double)
    from crossings
    group by all
),

stacked as (
    select * from abroad
    union all
    select * from foreigners
    union all
    select * from events
),

final as (
    select
        * exclude (value),
        sum(value) as value
    from stacked
    group by all
)

select * from final
