with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct nullif(facts.person_key, -1)) as persons,
        {{ share_of_rows("facts.person_key = -1") }} as document_missing_share,
        {{ female_share() }} as female_share,
        {{ share_of_rows("facts.sex_key = -1") }} as sex_unknown_share,
        {{ share_of_rows("facts.age_group_key = -1") }} as age_group_unknown_share,
        {{ share_of_rows("facts.point_of_entry_key = -1") }} as point_of_entry_unknown_share,
        {{ share_of_rows("facts.province_key = -1") }} as province_unknown_share,
        {{ share_of_rows("facts.country_left_key = -1") }} as country_left_unknown_share,
        {{ share_of_rows("facts.return_reason_code = 'unknown'") }} as return_reason_unknown_share,
        {{ share_of_rows("facts.return_reason_code = 'deported'") }} as deported_share,
        {{ share_of_rows("facts.is_assisted is null") }} as is_assisted_null_share,
        count(*) filter (where points.point_of_entry_status_code in ('not_open', 'closed'))
            as point_of_entry_not_open_rows,
        count(*) filter (where facts.age_years < 0 or facts.age_years > 100) as age_implausible_rows,
        count(*) filter (where facts.returned_on > submissions.received_at) as after_receipt_rows,
        {{ outside_period_rows() }},
        count(*) filter (where facts.person_key <> -1)
        - count(distinct (facts.person_key, facts.returned_on)) filter (where facts.person_key <> -1)
            as duplicate_rows
    from {{ ref('fct_return') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join {{ ref('dim_point_of_entry') }} as points on facts.point_of_entry_key = points.point_of_entry_key
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
