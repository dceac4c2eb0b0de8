with

evidence as (
    select * exclude (_load_key) from {{ ref('int_delivery_border_crossing') }}
),

final as (
    select
        *,
        {{ evidence_ratios('rows') }},
        {{ evidence_ratios('persons') }}
    from evidence
)

select * from final
order by extract, period
