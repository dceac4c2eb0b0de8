with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct nullif(facts.person_key, -1)) as persons,
        count(distinct facts.centre_code) as centres,
        {{ share_of_rows("facts.person_key = -1") }} as document_missing_share,
        {{ female_share() }} as female_share,
        {{ share_of_rows("facts.sex_key = -1") }} as sex_unknown_share,
        {{ share_of_rows("facts.centre_code = 'unknown'") }} as centre_unknown_share,
        {{ share_of_rows("facts.service_code = 'unknown'") }} as service_unknown_share,
        {{ share_of_rows("facts.topic_code = 'unknown'") }} as topic_unknown_share,
        {{ share_of_rows("facts.destination_country_key = -1") }} as destination_unknown_share,
        count(*) filter (where facts.amount_recovered > 0) as recovered_rows,
        cast(sum(facts.amount_recovered_usd) as double) as amount_recovered_usd,
        cast(max(facts.amount_recovered_usd) as double) as amount_recovered_usd_maximum,
        count(*) filter (where facts.amount_recovered is not null and facts.amount_recovered_usd is null)
            as amount_without_rate_rows,
        count(*) filter (where facts.amount_recovered > 0 and facts.currency_key = -1) as amount_without_currency_rows,
        {{ outside_period_rows() }}
    from {{ ref('fct_service_contact') }} as facts
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
