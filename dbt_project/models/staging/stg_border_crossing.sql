with

landed as (
    select * from {{ source('raw', 'border_crossing') }}
),

final as (
    select
        person_key,
        crossed_at,
        direction as direction_code,
        point_of_entry as point_of_entry_code,
        document_type as document_type_code,
        nationality as nationality_code,
        sex as sex_code,
        birth_date,
        birth_year,
        purpose as purpose_code,
        counterpart_country as counterpart_country_code,
        visa_class as visa_class_code,
        intended_days,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
