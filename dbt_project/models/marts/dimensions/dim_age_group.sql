with

codes as (
    select * from {{ ref('age_group') }}
),

final as (
    select
        {{ member_key(['code']) }} as age_group_key,

        code as age_group_code,
        label_en as age_group_en,
        label_lo as age_group_lo,
        cast(lower_age as integer) as lower_age,
        cast(upper_age as integer) as upper_age,
        cast(is_five_year as boolean) as is_five_year
    from codes
)

select * from final
