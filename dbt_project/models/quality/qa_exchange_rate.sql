with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.rate_on) as days,
        count(distinct facts.base_currency_key) as base_currencies,
        count(distinct facts.quote_currency_key) as quote_currencies,
        count(*)
            filter (where quotes.currency_code = 'LAK'
                and facts.rate not between bases.min_lak_per_unit and bases.max_lak_per_unit)
            as implausible_rows,
        count(*) filter (where facts.rate <= 0) as not_positive_rows,
        count(*) filter (where dayofweek(facts.rate_on) in (0, 6)) as weekend_rows,
        avg(facts.rate) filter (where bases.currency_code = 'USD' and quotes.currency_code = 'LAK')
            as lak_per_usd_mean,
        max(facts.rate_on) as last_rate_on
    from {{ ref('fct_exchange_rate') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join {{ ref('dim_currency') }} as bases on facts.base_currency_key = bases.currency_key
    inner join {{ ref('dim_currency') }} as quotes on facts.quote_currency_key = quotes.currency_key
    group by submissions.extract, submissions.period
),

final as (
    select
        *,
        {{ evidence_ratios('rows') }}
    from evidence
)

select * from final
order by extract, period
