with

victims as (
    select
        facts.*,
        submissions.extract,
        submissions.period,
        cast(submissions.period || '-01' as date) as last_month_on,
        row_number() over (
            partition by facts.source_key, facts.case_key order by submissions.period, facts._row
        ) > 1 as is_repeated
    from {{ ref('fct_trafficking_victim') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
),

evidence as (
    select
        extract,
        period,

        count(*) as rows,
        cast(sum(victims) as bigint) as victims,
        {{ female_share('sex_key') }} as female_share,
        {{ share_of_rows("is_minor") }} as minor_share,
        {{ share_of_rows("sex_key = -1") }} as sex_unknown_share,
        {{ share_of_rows("is_minor is null") }} as minor_unknown_share,
        {{ share_of_rows("nationality_key = -1") }} as nationality_unknown_share,
        {{ share_of_rows("province_key = -1") }} as province_unknown_share,
        {{ share_of_rows("exploitation_country_key = -1") }} as exploitation_country_unknown_share,
        {{ share_of_rows("exploitation_form_code = 'unknown'") }} as exploitation_form_unknown_share,
        {{ share_of_rows("assistance_code = 'unknown'") }} as assistance_unknown_share,
        count(*) filter (
            where identified_on < last_month_on - interval 2 months
            or identified_on >= last_month_on + interval 1 month
        ) as outside_period_rows,
        count(*) filter (where is_repeated) as repeated_case_rows
    from victims
    group by extract, period
),

final as (
    select
        *,
        {{ evidence_ratios('rows') }}
    from evidence
)

select * from final
order by extract, period
