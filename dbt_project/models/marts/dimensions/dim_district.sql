with

codes as (
    select * from {{ ref('district') }}
),

provinces as (
    select * from {{ ref('dim_province') }}
),

final as (
    select
        {{ member_key(['codes.code'], 'codes.is_unknown') }} as district_key,
        coalesce(provinces.province_key, -1) as province_key,

        codes.code as district_code,
        codes.label_en as district_en,
        codes.label_lo as district_lo,
        codes.province_code
    from codes
    left join provinces on codes.province_code = provinces.province_code
)

select * from final
