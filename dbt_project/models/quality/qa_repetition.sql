with

told as (
    select submissions.extract, submissions.period, deliveries.*
    from {{ ref('int_delivery_repetition') }} as deliveries
    inner join {{ ref('dim_submission') }} as submissions on deliveries._part = submissions.submission_key
),

final as (
    select
        extract,
        period,

        rows,
        repeated_rows,
        repeated_within_rows,
        round(repeated_rows / nullif(rows, 0), 6) as repeated_share,
        round(repeated_within_rows / nullif(rows, 0), 6) as repeated_within_share,
        last_told_before
    from told
)

select * from final
order by extract, period
