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
        sum(facts.persons)
            filter (where facts.origin_country_key = facts.destination_country_key and facts.origin_country_key <> -1)
            as internal_persons,
        -- within a country only a move from one known province to another is migration
        count(*)
            filter (where facts.origin_country_key = facts.destination_country_key and facts.origin_country_key <> -1
                and (facts.origin_province_key = facts.destination_province_key
                    or -1 in (facts.origin_province_key, facts.destination_province_key)))
            as origin_is_destination_rows,
        count(*)
            filter (where (facts.origin_province_key <> -1 and origins.country_code <> 'LAO')
                or (facts.destination_province_key <> -1 and destinations.country_code <> 'LAO'))
            as province_of_another_country_rows
    from {{ ref('fct_migrant_stock') }} as facts
    inner join {{ ref('dim_country') }} as origins on facts.origin_country_key = origins.country_key
    inner join {{ ref('dim_country') }} as destinations on facts.destination_country_key = destinations.country_key
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
