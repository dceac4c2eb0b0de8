with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.reference_year) as years,
        count(distinct facts.origin_country_key) as origins,
        count(distinct facts.destination_country_key) as destinations,
        sum(facts.persons) as persons,
        coalesce(sum(facts.persons) filter (where facts.is_margin_residual), 0) as residual_persons,
        count(*) filter (where facts.is_margin_residual) as residual_rows,
        {{ share_of_rows("facts.persons is null") }} as persons_null_share,
        {{ share_of_rows("facts.sex_key = -1") }} as sex_unknown_share,
        {{ share_of_rows("facts.person_basis_code = 'unknown'") }} as person_basis_unknown_share,
        {{ share_of_rows("facts.estimation_method = 'modelled'") }} as modelled_share,
        count(*) filter (where facts.persons < 0 and not facts.is_margin_residual) as negative_persons_rows,
        count(*)
            filter (where facts.origin_country_key = facts.destination_country_key and facts.origin_country_key <> -1)
            as origin_is_destination_rows
    from {{ ref('fct_migrant_stock') }} as facts
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
