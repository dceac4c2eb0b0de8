with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.person_key) as persons,
        count(distinct facts.destination_country_key) as destinations,
        {{ female_share() }} as female_share,
        {{ share_of_rows("facts.sex_key = -1") }} as sex_unknown_share,
        {{ share_of_rows("facts.age_group_key = -1") }} as age_group_unknown_share,
        {{ share_of_rows("facts.province_key = -1") }} as province_unknown_share,
        {{ share_of_rows("facts.destination_country_key = -1") }} as destination_unknown_share,
        {{ share_of_rows("facts.isced_level_code = '_U'") }} as isced_level_unknown_share,
        {{ share_of_rows("facts.isced_field_code = '99'") }} as isced_field_unknown_share,
        {{ share_of_rows("facts.sponsor_code = 'unknown'") }} as sponsor_unknown_share,
        count(*) filter (where facts.age_years < 10 or facts.age_years > 70) as age_implausible_rows,
        count(*) filter (where facts.start_year > cast(left(submissions.period, 4) as integer))
            as starts_after_period_rows,
        {{ share_of_rows("facts.start_year < cast(left(submissions.period, 4) as integer)") }}
            as registered_late_share,
        count(*) - count(distinct (facts.person_key, facts.start_year)) as duplicate_rows
    from {{ ref('fct_student_abroad') }} as facts
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
