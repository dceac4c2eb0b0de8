with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.reference_year) as years,
        count(distinct facts.vintage) as vintages,
        max(facts.reference_year) as last_year,
        coalesce(sum(facts.applications) filter (where facts.persons_or_cases_code = 'persons'), 0)
            as applications_in_persons,
        coalesce(sum(facts.applications) filter (where facts.persons_or_cases_code = 'cases'), 0)
            as applications_in_cases,
        {{ share_of_rows("facts.applications is null") }} as applications_null_share,
        count(*) filter (where facts.applications <> round(facts.applications)) as not_whole_rows,
        count(*) filter (where origins.country_code <> 'LAO' and asylums.country_code <> 'LAO')
            as neither_end_in_lao_pdr_rows
    from {{ ref('fct_asylum_application') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join {{ ref('dim_country') }} as origins on facts.origin_country_key = origins.country_key
    inner join {{ ref('dim_country') }} as asylums on facts.asylum_country_key = asylums.country_key
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
