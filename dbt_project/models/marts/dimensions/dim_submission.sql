with

submissions as (
    select * from {{ ref('stg_submission') }}
),

keyed as (
    select
        coalesce(
            landing_id,
            {{ surrogate_key(['extract', 'period', 'submission_sha256', 'received_at', 'file_name']) }}
        ) as submission_key,
        *
    from submissions
),

-- bytes that were superseded and then sent again keep their landing: one row, the landed one
final as (
    select
        submission_key,

        extract,
        record,
        sender,
        period,
        file_name,
        submission_sha256,
        status,
        reason,
        is_synthetic,
        received_at,
        landed_at,
        due_on,

        bytes,
        rows_read,
        rows_accepted,
        rows_rejected,
        rows_out_of_scope
    from keyed
    qualify row_number() over (
        partition by submission_key order by status <> 'landed', received_at desc, file_name
    ) = 1

    union all

    select
        -1, '_U', '_U', '_U', null, null, null, '_U', null, false, null, null, null,
        null, null, null, null, null
)

select * from final
