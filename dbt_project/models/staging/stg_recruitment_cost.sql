with

landed as (
    select * from {{ source('raw', 'recruitment_cost') }}
),

final as (
    select
        person_key,
        round as survey_round,
        reference_year,
        sex as sex_code,
        destination as destination_code,
        sector as industry_code,
        recruitment_cost_usd,
        first_month_earnings_usd,
        case social_security when 'yes' then true when 'no' then false end as has_social_security,
        case informal when 'yes' then true when 'no' then false end as is_informal,
        survey_weight,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
