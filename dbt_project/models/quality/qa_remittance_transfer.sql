with

evidence as (
    select * exclude (_load_key) from {{ ref('int_delivery_remittance_transfer') }}
),

final as (
    select
        *,
        {{ evidence_ratios('rows') }},
        {{ evidence_ratios('amount_usd') }}
    from evidence
)

select * from final
order by extract, period
