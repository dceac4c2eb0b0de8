with

evidence as (
    select * exclude (_part, _part_state) from {{ ref('int_delivery_stay') }}
),

final as (
    select
        *,
        {{ evidence_ratios('rows') }}
    from evidence
)

select * from final
order by extract, period
