with

calendar as (
    select * from {{ ref('qa_delivery_calendar') }}
),

senders as (
    select sender, min(ministry_en) as sender_en, min(ministry_lo) as sender_lo
    from {{ ref('stg_extract') }}
    group by sender
),

final as (
    select
        {{ date_key("cast(calendar.period || '-01' as date)") }} as date_key,

        calendar.sender,
        any_value(senders.sender_en) as sender_en,
        any_value(senders.sender_lo) as sender_lo,
        cast(calendar.period || '-01' as date) as month_on,

        count(*) filter (where calendar.status <> 'not_due') as deliveries_due,
        count(*) filter (where calendar.status = 'on_time') as deliveries_on_time,
        count(*) filter (where calendar.status = 'late') as deliveries_late,
        count(*) filter (where calendar.status = 'missing') as deliveries_missing,
        cast(sum(calendar.superseded) as bigint) as files_superseded,
        cast(sum(calendar.refused) as bigint) as files_refused,
        round(100 * (deliveries_on_time + deliveries_late) / nullif(deliveries_due, 0), 2) as completeness_pct,
        max(calendar.late_days) as late_days_maximum,
        cast(sum(calendar.rows_accepted) as bigint) as rows_accepted,
        cast(sum(calendar.rows_rejected) as bigint) as rows_rejected,
        round(100 * sum(calendar.rows_rejected)
            / nullif(sum(calendar.rows_accepted) + sum(calendar.rows_rejected), 0), 4) as quarantined_pct
    from calendar
    left join senders on calendar.sender = senders.sender
    group by calendar.sender, calendar.period
)

select * from final
order by sender, month_on
