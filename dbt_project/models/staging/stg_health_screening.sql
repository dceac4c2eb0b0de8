with

landed as (
    select * from {{ source('raw', 'health_screening') }}
),

final as (
    select
        screened_on,
        point_of_entry as point_of_entry_code,
        nationality as nationality_code,
        persons_screened,
        suspected,
        confirmed,
        quarantined,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
