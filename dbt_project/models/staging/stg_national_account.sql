with

landed as (
    select * from {{ source('raw', 'national_account') }}
),

final as (
    select
        year as reference_year,
        country as country_code,
        gdp_usd,
        gdp_lak,
        obs_status,
        vintage,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
