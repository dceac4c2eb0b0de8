with

landed as (
    select * from {{ source('raw', 'consular_case') }}
),

final as (
    select
        opened_on,
        mission_country as mission_country_code,
        case_kind as case_kind_code,
        sex as sex_code,
        age_group as age_group_code,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
