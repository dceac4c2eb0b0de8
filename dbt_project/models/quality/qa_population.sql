with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.reference_year) as years,
        count(distinct facts.province_key) as provinces,
        sum(facts.persons) as persons,
        sum(facts.persons) filter (where sexes.sex_code = 'female') as female_persons,
        round(sum(facts.persons) filter (where sexes.sex_code = 'female') / nullif(sum(facts.persons), 0), 6)
            as female_share,
        {{ share_of_rows("facts.sex_key = -1") }} as sex_unknown_share,
        count(*) filter (where facts.province_key = -1) as province_unknown_rows,
        count(*) filter (where facts.persons < 0) as negative_persons_rows
    from {{ ref('fct_population') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join {{ ref('dim_sex') }} as sexes on facts.sex_key = sexes.sex_key
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
