with

landed as (
    select * from {{ source('raw', 'return_migration') }}
),

final as (
    select
        person_key,
        returned_on,
        sex as sex_code,
        birth_date,
        birth_year,
        age as age_years,
        point_of_entry as point_of_entry_code,
        province_of_return as province_code,
        country_left as country_left_code,
        reason as return_reason_code,
        case assisted when 'yes' then true when 'no' then false end as is_assisted,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
