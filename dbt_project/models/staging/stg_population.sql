with

landed as (
    select * from {{ source('raw', 'population') }}
),

final as (
    select
        reference_year,
        province as province_code,
        sex as sex_code,
        age_group as age_group_code,
        persons,
        is_margin_residual,
        obs_status,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
