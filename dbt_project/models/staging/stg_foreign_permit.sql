with

landed as (
    select * from {{ source('raw', 'foreign_permit') }}
),

final as (
    select
        person_key,
        permit_key,
        kind as permit_kind_code,
        nationality as nationality_code,
        sex as sex_code,
        birth_date,
        occupation as occupation_code,
        occupation_text,
        occupation_score,
        industry as industry_code,
        province as province_code,
        special_economic_zone as special_economic_zone_code,
        issued_on,
        valid_until,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
