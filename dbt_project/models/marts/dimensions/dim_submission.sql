with

submissions as (
    select * from {{ ref('stg_submission') }}
),

-- the same bytes sent again have the landing of before: its key is that of the delivery that landed last
keyed as (
    select
        case
            when landing_id is not null and row_number() over (
                partition by landing_id order by status <> 'landed', received_at desc, file_name
            ) = 1 then landing_id
            else {{ surrogate_key(['extract', 'period', 'submission_sha256', 'received_at', 'file_name']) }}
        end as submission_key,
        row_number() over (partition by extract, period order by received_at, submission_sha256) as delivery_number,
        *
    from submissions
),

final as (
    select
        submission_key,

        extract,
        record,
        sender,
        period,
        delivery_number,
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
        rows_out_of_scope,
        rows_totals
    from keyed

    union all

    select
        -1, '_U', '_U', '_U', null, null, null, null, '_U', null, false, null, null, null,
        null, null, null, null, null, null
)

select * from final
