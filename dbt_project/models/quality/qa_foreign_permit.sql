with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.person_key) as persons,
        {{ female_share() }} as female_share,
        {{ share_of_rows("facts.sex_key = -1") }} as sex_unknown_share,
        {{ share_of_rows("facts.age_group_key = -1") }} as age_group_unknown_share,
        {{ share_of_rows("facts.nationality_key = -1") }} as nationality_unknown_share,
        {{ share_of_rows("facts.province_key = -1") }} as province_unknown_share,
        -- work permits alone tell these; without any of them the share is null, which no limit is set on
        round(count(*) filter (where facts.permit_kind_code = 'work' and facts.occupation_key = -1)
            / nullif(count(*) filter (where facts.permit_kind_code = 'work'), 0), 6) as occupation_unknown_share,
        round(count(*) filter (where facts.permit_kind_code = 'work' and facts.industry_key = -1)
            / nullif(count(*) filter (where facts.permit_kind_code = 'work'), 0), 6) as industry_unknown_share,
        round(count(*) filter (
            where facts.permit_kind_code = 'work' and facts.special_economic_zone_code = '_U'
        ) / nullif(count(*) filter (where facts.permit_kind_code = 'work'), 0), 6)
            as special_economic_zone_unknown_share,
        {{ share_of_rows("facts.province_key <> -1 and zones.province_code <> provinces.province_code") }}
            as zone_in_another_province_share,
        count(*) filter (where nationalities.country_code = 'LAO') as lao_citizen_rows,
        cast(median(facts.valid_days) as double) as valid_days_median,
        count(*) filter (where facts.valid_until < facts.issued_on) as permit_ends_before_issue_rows,
        count(*) filter (where facts.age_years < 0 or facts.age_years > 100) as age_implausible_rows,
        {{ outside_period_rows() }},
        count(*) - count(distinct facts.permit_key) as duplicate_rows
    from {{ ref('fct_foreign_permit') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join {{ ref('dim_country') }} as nationalities on facts.nationality_key = nationalities.country_key
    inner join {{ ref('dim_province') }} as provinces on facts.province_key = provinces.province_key
    left join {{ ref('special_economic_zone') }} as zones on facts.special_economic_zone_code = zones.code
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
