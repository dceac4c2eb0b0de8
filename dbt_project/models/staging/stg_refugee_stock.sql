with

landed as (
    select * from {{ source('raw', 'refugee_stock') }}
),

final as (
    select
        reference_year,
        origin as origin_code,
        asylum as asylum_code,
        population_type as population_type_code,
        persons,
        obs_status,
        {{ vintage_or_reach('vintage', '_period') }} as vintage,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
