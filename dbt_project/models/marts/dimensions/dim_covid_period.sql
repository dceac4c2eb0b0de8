with

codes as (
    select * from {{ ref('covid_period') }}
),

final as (
    select
        {{ surrogate_key(['code']) }} as covid_period_key,

        code as covid_period_code,
        label_en as covid_period_en,
        label_lo as covid_period_lo,
        cast(starts_on as date) as starts_on,
        cast(ends_on as date) as ends_on
    from codes

    union all

    select -1, '_U', 'Unknown', 'ບໍ່ລະບຸ', null, null
)

select * from final
