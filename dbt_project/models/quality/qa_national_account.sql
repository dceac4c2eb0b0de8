with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.reference_year) as years,
        count(distinct facts.vintage) as vintages,
        min(facts.reference_year) as first_year,
        max(facts.reference_year) as last_year,
        {{ share_of_rows("facts.gdp_usd is null") }} as gdp_usd_null_share,
        {{ share_of_rows("facts.gdp_lak is null") }} as gdp_lak_null_share,
        round(cast(median(facts.gdp_lak / nullif(facts.gdp_usd, 0)) as double), 2) as lak_per_usd_median,
        count(*) filter (where facts.gdp_usd <= 0) as not_positive_rows
    from {{ ref('fct_national_account') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
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
