with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.quarter_starts_on) as quarters,
        count(distinct (facts.send_country_key, facts.receive_country_key)) as corridors,
        {{ share_of_rows("facts.total_cost_pct is null") }} as total_cost_null_share,
        min(facts.total_cost_pct) as total_cost_pct_minimum,
        median(facts.total_cost_pct) as total_cost_pct_median,
        max(facts.total_cost_pct) as total_cost_pct_maximum,
        count(*) filter (where day(facts.quarter_starts_on) <> 1 or month(facts.quarter_starts_on) % 3 <> 1)
            as not_a_quarter_rows
    from {{ ref('fct_remittance_price') }} as facts
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
