with

landed as (
    select * from {{ source('raw', 'occupational_injury') }}
),

final as (
    select
        reference_year,
        sex as sex_code,
        industry as industry_code,
        migrant_status as migrant_status_code,
        severity as injury_severity_code,
        injuries,
        workers,
        obs_status,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
