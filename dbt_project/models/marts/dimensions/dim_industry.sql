with

codes as (
    select * from {{ ref('industry') }}
),

final as (
    select
        {{ member_key(['code']) }} as industry_key,

        code as industry_code,
        label_en as industry_en,
        label_lo as industry_lo
    from codes
)

select * from final
