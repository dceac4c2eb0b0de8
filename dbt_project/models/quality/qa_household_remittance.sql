with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.survey_round) as rounds,
        sum(facts.survey_weight) as households,
        sum(facts.survey_weight) filter (where facts.receives)
        / sum(facts.survey_weight) filter (where facts.receives is not null) as receiving_share,
        max(facts.survey_weight) / sum(facts.survey_weight) as weight_largest_share,
        sum(facts.survey_weight * coalesce(facts.amount_usd, 0))
            filter (where facts.obs_status = 'A' and facts.household_income_usd is not null)
        / sum(facts.survey_weight * facts.household_income_usd) filter (where facts.obs_status = 'A')
            as remittance_income_share,
        sum(facts.survey_weight) filter (where facts.receives and modes.is_formal)
        / sum(facts.survey_weight) filter (where facts.receives and modes.is_formal is not null) as formal_share,
        {{ share_of_rows("facts.province_key = -1") }} as province_unknown_share,
        {{ share_of_rows("facts.receives is null") }} as receives_unknown_share,
        round(count(*) filter (where facts.receives and facts.amount is null)
            / nullif(count(*) filter (where facts.receives), 0), 6) as receives_without_amount_share,
        count(*) filter (where (facts.amount is not null and facts.amount_usd is null)
            or (facts.household_income is not null and facts.household_income_usd is null)) as without_rate_rows,
        count(*) filter (where facts.covid_period_key <> days.covid_period_key) as period_conflict_rows
    from {{ ref('fct_household_remittance') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join {{ ref('dim_date') }} as days on facts.date_key = days.date_key
    left join {{ ref('remittance_mode') }} as modes on facts.channel_code = modes.code
    group by submissions.extract, submissions.period
),

final as (
    select
        *,
        {{ evidence_ratios('rows') }},
        {{ evidence_ratios('households') }}
    from evidence
)

select * from final
order by extract, period
