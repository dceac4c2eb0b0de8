with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.reference_year) as years,
        count(distinct facts.vintage) as vintages,
        min(facts.reference_year) as first_year,
        max(facts.reference_year) as last_year,
        {{ share_of_rows("facts.amount_usd is null") }} as amount_null_share,
        {{ share_of_rows("facts.estimation_method = 'modelled'") }} as modelled_share,
        count(*) filter (where facts.amount_usd < 0) as negative_amount_rows,
        count(*) filter (where facts.amount_usd is null and facts.obs_status in ('A', 'E', 'P'))
            as null_without_mark_rows,
        count(*) filter (where facts.counterpart_country_key = -1) as counterpart_country_unknown_rows,
        cast(sum(facts.amount_usd) as double) as amount_usd
    from {{ ref('fct_remittance_estimate') }} as facts
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
