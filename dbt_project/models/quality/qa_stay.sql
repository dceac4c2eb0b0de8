with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.person_key) as persons,
        count(*) filter (where facts.spell_status = 'matched') as matched_rows,
        {{ share_of_rows("facts.spell_status = 'open'") }} as open_share,
        {{ share_of_rows("facts.spell_status = 'start_missing'") }} as start_missing_share,
        {{ share_of_rows("facts.spell_status = 'end_missing'") }} as end_missing_share,
        {{ share_of_rows("facts.spell_status = 'repeated'") }} as repeated_share,
        {{ share_of_rows("facts.is_border_trip") }} as border_trip_share,
        {{ share_of_rows("facts.duration_class = 'ge_12m'") }} as ge_12m_share,
        count(*) filter (where facts.duration_days < 0) as negative_duration_rows,
        median(facts.duration_days) as duration_days_median,
        max(facts.duration_days) as duration_days_maximum
    from {{ ref('fct_stay') }} as facts
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
