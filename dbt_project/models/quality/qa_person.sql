with

compared as (
    select submissions.extract, submissions.period, deliveries.* exclude (_part, _part_state)
    from {{ ref('int_delivery_person') }} as deliveries
    inner join {{ ref('dim_submission') }} as submissions on deliveries._part = submissions.submission_key
)

select * from compared
order by extract, period
