with

landed as (
    select * from {{ source('raw', 'trafficking_victim') }}
),

final as (
    select
        case_key,
        identified_on,
        sex as sex_code,
        age_group as age_group_code,
        nationality as nationality_code,
        province as province_code,
        exploitation_form as exploitation_form_code,
        exploitation_country as exploitation_country_code,
        assistance as assistance_code,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
