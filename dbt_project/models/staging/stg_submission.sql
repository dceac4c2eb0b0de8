with

registered as (
    select * from {{ source('raw', 'submissions') }}
),

final as (
    select
        landing_id,
        submission_sha256,
        extract,
        sender,
        record,
        period,
        file_name,
        bytes,
        received_at,
        landed_at,
        status,
        rows_read,
        rows_accepted,
        rows_rejected,
        rows_out_of_scope,
        rows_totals,
        due_on,
        is_synthetic,
        reason
    from registered
)

select * from final
