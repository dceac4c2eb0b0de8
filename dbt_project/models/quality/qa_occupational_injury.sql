with

facts as (
    select
        *,
        -- a cell's workers stand on the row of each severity
        row_number() over (
            partition by submission_key, reference_year, sex_key, industry_key, migrant_status_code
            order by injury_severity_code
        ) = 1 as is_first_of_cell,
        workers is distinct from first_value(workers) over (
            partition by submission_key, reference_year, sex_key, industry_key, migrant_status_code
            order by injury_severity_code
        ) as differs_from_first
    from {{ ref('fct_occupational_injury') }}
),

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.reference_year) as years,
        sum(facts.injuries) as injuries,
        sum(facts.injuries) filter (where facts.injury_severity_code = 'fatal') as fatal_injuries,
        sum(facts.workers) filter (where facts.is_first_of_cell) as workers,
        {{ share_of_rows("facts.injuries is null") }} as injuries_null_share,
        {{ share_of_rows("facts.industry_key = -1") }} as industry_unknown_share,
        {{ share_of_rows("facts.migrant_status_code = '_U'") }} as migrant_status_unknown_share,
        count(*) filter (where facts.injuries > facts.workers) as more_injured_than_workers_rows,
        count(*) filter (where facts.differs_from_first) as workers_differ_rows
    from facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    group by submissions.extract, submissions.period
),

final as (
    select
        *,
        round(100000 * injuries / nullif(workers, 0), 2) as injuries_per_100000,
        {{ evidence_ratios('rows') }}
    from evidence
)

select * from final
order by extract, period
