with

facts as (
    select
        stocks.*,
        origins.country_code = 'LAO' as is_from_lao_pdr,
        asylums.country_code = 'LAO' as is_in_lao_pdr,
        max(stocks.reference_year) over (partition by stocks.submission_key) as last_year
    from {{ ref('fct_refugee_stock') }} as stocks
    inner join {{ ref('dim_country') }} as origins on stocks.origin_country_key = origins.country_key
    inner join {{ ref('dim_country') }} as asylums on stocks.asylum_country_key = asylums.country_key
),

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.reference_year) as years,
        count(distinct facts.vintage) as vintages,
        max(facts.reference_year) as last_year,
        coalesce(sum(facts.persons) filter (where facts.population_type_code = 'refugees'
            and facts.is_from_lao_pdr and facts.reference_year = facts.last_year), 0) as refugees_from_lao_pdr,
        coalesce(sum(facts.persons) filter (where facts.population_type_code = 'refugees'
            and facts.is_in_lao_pdr and facts.reference_year = facts.last_year), 0) as refugees_in_lao_pdr,
        {{ share_of_rows("facts.persons is null") }} as persons_null_share,
        count(*) filter (where facts.persons is null and facts.obs_status in ('A', 'E', 'P')) as null_without_mark_rows,
        count(*) filter (where not facts.is_from_lao_pdr and not facts.is_in_lao_pdr) as neither_end_in_lao_pdr_rows,
        {{ share_of_rows("facts.origin_country_key = -1") }} as origin_unknown_share
    from facts
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
