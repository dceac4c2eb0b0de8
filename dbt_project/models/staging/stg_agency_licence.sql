with

landed as (
    select * from {{ source('raw', 'agency_licence') }}
),

final as (
    select
        {{ folded('licence_no') }} as agency_licence,
        agency_name_lo as agency_lo,
        agency_name_en as agency_en,
        province as province_code,
        valid_from,
        valid_until,
        status as licence_status_code,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
