with

codes as (
    select * from {{ ref('occupation') }}
),

final as (
    select
        {{ member_key(['code']) }} as occupation_key,

        code as occupation_code,
        label_en as occupation_en,
        label_lo as occupation_lo,
        cast(level as integer) as occupation_level,
        parent_code as occupation_parent_code,
        case when cast(is_unknown as boolean) then code else left(code, 1) end as occupation_major_code
    from codes
)

select * from final
