with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.screened_on) as days,
        count(distinct facts.point_of_entry_key) as points_of_entry,
        cast(sum(facts.persons_screened) as bigint) as persons_screened,
        cast(sum(facts.suspected) as bigint) as suspected,
        cast(sum(facts.confirmed) as bigint) as confirmed,
        cast(sum(facts.quarantined) as bigint) as quarantined,
        round(sum(facts.suspected) / nullif(sum(facts.persons_screened), 0), 6) as suspected_share,
        {{ share_of_rows("facts.point_of_entry_key = -1") }} as point_of_entry_unknown_share,
        {{ share_of_rows("facts.province_key = -1") }} as province_unknown_share,
        {{ share_of_rows("facts.nationality_key = -1") }} as nationality_unknown_share,
        {{ share_of_rows("facts.suspected is null") }} as suspected_null_share,
        count(*) filter (where points.point_of_entry_status_code in ('not_open', 'closed'))
            as point_of_entry_not_open_rows,
        count(*) filter (where facts.suspected > facts.persons_screened) as suspected_exceed_screened_rows,
        count(*) filter (where facts.confirmed > facts.suspected) as confirmed_exceed_suspected_rows,
        count(*) filter (where facts.quarantined > facts.persons_screened) as quarantined_exceed_screened_rows,
        {{ outside_period_rows() }},
        count(*) - count(distinct (facts.screened_on, facts.point_of_entry_key, facts.nationality_key)) as duplicate_rows
    from {{ ref('fct_health_screening') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join {{ ref('dim_point_of_entry') }} as points on facts.point_of_entry_key = points.point_of_entry_key
    group by submissions.extract, submissions.period
),

final as (
    select
        *,
        {{ evidence_ratios('rows') }},
        {{ evidence_ratios('persons_screened') }}
    from evidence
)

select * from final
order by extract, period
