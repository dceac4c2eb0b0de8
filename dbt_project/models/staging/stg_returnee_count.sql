with

landed as (
    select * from {{ source('raw', 'returnee_count') }}
),

final as (
    select
        reported_on,
        province as province_code,
        sex as sex_code,
        cumulative_returnees,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
