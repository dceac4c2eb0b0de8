with

codes as (
    select * from {{ ref('sex') }}
),

final as (
    select
        {{ member_key(['code']) }} as sex_key,

        code as sex_code,
        label_en as sex_en,
        label_lo as sex_lo,
        sdmx_code as sex_sdmx_code
    from codes
)

select * from final
