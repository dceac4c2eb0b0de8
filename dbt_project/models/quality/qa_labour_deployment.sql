with

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.person_key) as persons,
        count(distinct facts.recruitment_agency_key) as recruitment_agencies,
        {{ female_share() }} as female_share,
        {{ share_of_rows("facts.sex_key = -1") }} as sex_unknown_share,
        {{ share_of_rows("facts.age_group_key = -1") }} as age_group_unknown_share,
        {{ share_of_rows("facts.destination_country_key = -1") }} as destination_unknown_share,
        {{ share_of_rows("facts.province_key = -1") }} as province_unknown_share,
        {{ share_of_rows("facts.district_key = -1") }} as district_unknown_share,
        {{ share_of_rows("facts.occupation_key = -1") }} as occupation_unknown_share,
        {{ share_of_rows("facts.industry_key = -1") }} as industry_unknown_share,
        {{ share_of_rows("facts.recruitment_agency_key = -1") }} as recruitment_agency_unknown_share,
        {{ share_of_rows("agencies.licence_status_code = 'not_registered'") }} as agency_not_registered_share,
        -- nothing can be said of licences while no register has been delivered
        case when any_value(registers.entries) > 0 then {{ share_of_rows(
            "facts.recruitment_agency_key <> -1 and not agencies.is_licensed"
        ) }} end as agency_not_licensed_share,
        {{ share_of_rows("facts.wage is null") }} as wage_null_share,
        {{ share_of_rows("facts.fee is null") }} as fee_null_share,
        count(*) filter (where facts.wage is not null and facts.wage_usd is null) as wage_without_rate_rows,
        count(*) filter (where facts.fee is not null and facts.fee_usd is null) as fee_without_rate_rows,
        cast(median(facts.wage_usd) as double) as wage_usd_median,
        cast(median(facts.fee_usd) as double) as fee_usd_median,
        cast(sum(facts.fee_usd) as double) as fee_usd,
        count(*) filter (where facts.contract_days < 0) as contract_ends_before_start_rows,
        count(*) filter (where facts.age_years < 15 or facts.age_years > 70) as age_implausible_rows,
        {{ outside_period_rows() }},
        count(*) - count(distinct facts.permit_key) as duplicate_rows
    from {{ ref('fct_labour_deployment') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    left join {{ ref('dim_recruitment_agency') }} as agencies
        on facts.recruitment_agency_key = agencies.recruitment_agency_key
    cross join (select count(*) as entries from {{ ref('int_agency_licence_version') }}) as registers
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
