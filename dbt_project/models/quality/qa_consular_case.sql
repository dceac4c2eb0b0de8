with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.mission_country_key) as mission_countries,
        {{ female_share() }} as female_share,
        {{ share_of_rows("facts.sex_key = -1") }} as sex_unknown_share,
        {{ share_of_rows("facts.age_group_key = -1") }} as age_group_unknown_share,
        {{ share_of_rows("facts.mission_country_key = -1") }} as mission_country_unknown_share,
        {{ share_of_rows("facts.case_kind_code = 'unknown'") }} as case_kind_unknown_share,
        {{ share_of_rows("facts.case_kind_code = 'death'") }} as death_share,
        count(*) filter (where countries.country_code = 'LAO') as mission_in_lao_pdr_rows,
        count(*) filter (
            where facts.opened_on > last_day(cast(submissions.period || '-01' as date))
                or facts.opened_on < cast(submissions.period || '-01' as date) - interval 2 months
        ) as outside_period_rows
    from {{ ref('fct_consular_case') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join {{ ref('dim_country') }} as countries on facts.mission_country_key = countries.country_key
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
