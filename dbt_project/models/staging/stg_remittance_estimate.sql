with

landed as (
    select * from {{ source('raw', 'remittance_estimate') }}
),

final as (
    select
        year as reference_year,
        direction as direction_code,
        reporting_country as reporting_country_code,
        counterpart_country as counterpart_country_code,
        series,
        estimation_method,
        amount_usd,
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
