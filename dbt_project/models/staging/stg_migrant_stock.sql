with

landed as (
    select * from {{ source('raw', 'migrant_stock') }}
),

final as (
    select
        reference_year,
        origin as origin_code,
        destination as destination_code,
        origin_province as origin_province_code,
        destination_province as destination_province_code,
        sex as sex_code,
        age_group as age_group_code,
        person_basis as person_basis_code,
        permit_status as permit_status_code,
        estimation_method,
        persons,
        is_margin_residual,
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
