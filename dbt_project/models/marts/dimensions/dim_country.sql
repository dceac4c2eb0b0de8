with

codes as (
    select * from {{ ref('country') }}
),

final as (
    select
        {{ member_key(['code']) }} as country_key,

        code as country_code,
        label_en as country_en,
        label_lo as country_lo,
        alpha2 as country_alpha2,
        numeric as country_numeric,
        kind as country_kind
    from codes
)

select * from final
