with

landed as (
    select * from {{ source('raw', 'displacement') }}
),

final as (
    select
        regexp_replace(event, '\s+', ' ', 'g') as event,
        recorded_on,
        province as province_code,
        district as district_code,
        regexp_replace(site, '\s+', ' ', 'g') as site,
        cause as cause_code,
        households,
        persons,
        female,
        male,
        under_18,

        _extract,
        _period,
        _landing_id,
        _sheet,
        _row
    from landed
)

select * from final
