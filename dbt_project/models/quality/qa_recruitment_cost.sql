with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.survey_round) as rounds,
        sum(facts.survey_weight) as persons,
        sum(facts.survey_weight * facts.recruitment_cost_usd) / sum(facts.survey_weight) as recruitment_cost_usd_mean,
        sum(facts.survey_weight * facts.first_month_earnings_usd) / sum(facts.survey_weight)
            as first_month_earnings_usd_mean,
        sum(facts.survey_weight * facts.recruitment_cost_usd)
        / sum(facts.survey_weight * facts.first_month_earnings_usd) as ratio_of_means,
        sum(facts.survey_weight * facts.cost_in_months_of_earnings) / sum(facts.survey_weight) as mean_of_ratios,
        max(facts.cost_in_months_of_earnings) as months_maximum,
        max(facts.survey_weight) / sum(facts.survey_weight) as weight_largest_share,
        {{ share_of_rows("facts.sex_key = -1") }} as sex_unknown_share,
        {{ share_of_rows("facts.industry_key = -1") }} as industry_unknown_share,
        {{ share_of_rows("facts.has_social_security is null") }} as social_security_unknown_share
    from {{ ref('fct_recruitment_cost') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    group by submissions.extract, submissions.period
),

final as (
    select
        *,
        {{ evidence_ratios('rows') }},
        {{ evidence_ratios('persons') }}
    from evidence
)

select * from final
order by extract, period
