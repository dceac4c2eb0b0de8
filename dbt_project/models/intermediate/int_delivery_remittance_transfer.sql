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

evidence as (
    select
        submissions.extract,
        submissions.period,
        facts._load_key,

        count(*) as rows,
        count(distinct facts.provider_key) as providers,
        count(distinct facts.corridor_country_key) as corridors,
        cast(sum(facts.amount_usd) as double) as amount_usd,
        cast(sum(facts.amount_usd) filter (where facts.direction_code = 'received') as double) as received_usd,
        cast(median(facts.amount_usd) as double) as amount_usd_median,
        cast(max(facts.amount_usd) as double) as amount_usd_maximum,
        {{ share_of_rows("facts.obs_status = 'M'") }} as without_rate_share,
        {{ share_of_rows("facts.rate_source = 'monthly'") }} as monthly_rate_share,
        {{ share_of_rows("facts.corridor_country_key = -1") }} as corridor_country_unknown_share,
        {{ share_of_rows("facts.province_key = -1") }} as province_unknown_share,
        {{ share_of_rows("facts.sender_sex_key = -1") }} as sender_sex_unknown_share,
        {{ share_of_rows("facts.receiver_sex_key = -1") }} as receiver_sex_unknown_share,
        {{ female_share('facts.receiver_sex_key') }} as receiver_female_share,
        {{ share_of_rows("facts.fee is null") }} as fee_null_share,
        round(cast(sum(facts.fee_usd) as double)
            / nullif(cast(sum(facts.amount_usd) filter (where facts.fee_usd is not null) as double), 0) * 100, 4)
            as fee_pct,
        round(median(facts.fx_margin_pct), 4) as fx_margin_pct_median,
        -- of kip no margin can be told, but kip are converted at one: any other rate is that of the true currency
        count(*) filter (
            where abs(facts.fx_margin_pct) > 20
                or (currencies.currency_code = 'LAK' and facts.fx_rate_applied not between 0.8 and 1.2)
        ) as fx_rate_implausible_rows,
        count(*) filter (where facts.amount = 0) as zero_amount_rows,
        {{ outside_period_rows() }}
    from {{ ref('fct_remittance_transfer') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join {{ ref('dim_currency') }} as currencies on facts.currency_key = currencies.currency_key
    where facts._load_key in (select load_key from load_units)
    group by submissions.extract, submissions.period, facts._load_key
)

select * from evidence
