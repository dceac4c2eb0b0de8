{{ config(materialized='view') }}

with

submissions as (
    select * from {{ ref('stg_submission') }}
),

final as (
    select
        record,
        extract,
        period,
        landing_id,
        max(received_at) as received_at,
        max(rows_accepted) as rows_accepted
    from submissions
    where status = 'landed' and landing_id is not null
    group by record, extract, period, landing_id
)

select * from final
