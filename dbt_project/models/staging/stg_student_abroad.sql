with

landed as (
    select * from {{ source('raw', 'student_abroad') }}
),

final as (
    select
        person_key,
        sex as sex_code,
        birth_date,
        province as province_code,
        destination as destination_code,
        level as isced_level_code,
        field as isced_field_code,
        sponsor as sponsor_code,
        start_year,
        make_date(start_year, 9, 1) as starts_on,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
