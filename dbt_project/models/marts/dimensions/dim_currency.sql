with

codes as (
    select * from {{ ref('currency') }}
),

final as (
    select
        {{ member_key(['code']) }} as currency_key,

        code as currency_code,
        label_en as currency_en,
        label_lo as currency_lo,
        numeric_code as currency_numeric,
        cast(minor_unit as integer) as minor_unit,
        cast(min_lak_per_unit as double) as min_lak_per_unit,
        cast(max_lak_per_unit as double) as max_lak_per_unit
    from codes
)

select * from final
