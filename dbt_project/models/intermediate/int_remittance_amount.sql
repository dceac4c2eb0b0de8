with

estimates as (
    select * from {{ ref('int_remittance_estimate_oriented') }}
),

flows as (
    {{ coded('fct_remittance_flow') }}
),

transfers as (
    select * from {{ ref('int_remittance_transfer_month') }}
),

-- what a source's total leaves over its counterparts is of an unknown one; a source of totals only has no counterparts
estimated as (
    select
        * replace (
            amount_usd - if(counterpart_code = 'WLD',
                coalesce(sum(amount_usd) filter (where counterpart_code <> 'WLD') over one_year, 0), 0) as amount_usd
        ),
        bool_or(counterpart_code <> 'WLD') over one_year as has_counterparts
    from estimates
    window one_year as (partition by extract, series, vintage, reference_year, direction_code, estimation_method)
),

final as (
    select
        make_date(reference_year, 1, 1) as observed_on,
        12 as months,
        direction_code,
        if(counterpart_code = 'WLD', 'XXX', counterpart_code) as counterpart_country_code,
        has_counterparts,
        '_Z' as bop_item,
        extract as basis,
        source_key,
        submission_key,
        vintage,
        estimation_method,
        obs_status,
        amount_usd
    from estimated
    where counterpart_code <> 'WLD' or not has_counterparts or amount_usd <> 0

    union all

    select
        observed_on, 3, direction_code, 'XXX', false, bop_item_code, basis, source_key, submission_key, vintage, estimation_method,
        obs_status, cast(amount_usd as double)
    from flows

    union all

    select
        month_on, 1, direction_code, 'XXX', false, '_Z', 'remittance_transfer',
        source_key, null, '_Z', 'reported', if(bool_or(has_unconverted), 'P', 'A'), cast(sum(amount_usd) as double)
    from transfers
    group by source_key, direction_code, month_on
)

select * from final
