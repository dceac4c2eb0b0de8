with

codes as (
    select * from {{ ref('province') }}
),

final as (
    select
        {{ member_key(['code']) }} as province_key,

        code as province_code,
        label_en as province_en,
        label_lo as province_lo,
        lsb_code as province_lsb_code,
        iso_code as province_iso_code,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to
    from codes
)

select * from final
