with

-- months are numbered, so that a month, a quarter and a year are 1, 3 and 12 of them
extracts as (
    select
        *,
        case cadence when 'monthly' then 1 when 'quarterly' then 3 when 'yearly' then 12 end as months
    from {{ ref('stg_extract') }}
    where is_current and cadence in ('monthly', 'quarterly', 'yearly')
),

deliveries as (
    select
        submissions.*,
        submissions.status in ('landed', 'superseded') as is_taken,
        {{ month_number('submissions.period') }} // extracts.months as turn
    from {{ ref('stg_submission') }} as submissions
    inner join extracts on submissions.extract = extracts.extract
    where submissions.period <> 'unplaced'
),

received as (
    select
        extract,
        turn,
        min(received_at) filter (where is_taken) as received_at,
        min(due_on) filter (where is_taken) as agreed_due_on,
        count(*) filter (where status = 'superseded') as superseded,
        count(*) filter (where status = 'refused') as refused,
        count(*) filter (where status = 'duplicate') as duplicates,
        sum(rows_accepted) filter (where status = 'landed') as rows_accepted,
        sum(rows_rejected) filter (where status = 'landed') as rows_rejected
    from deliveries
    group by extract, turn
),

-- the calendar starts with the first delivery: nothing was due before the sender began; it ends with the extract
spans as (
    select
        extracts.extract,
        min(received.turn) as first_turn,
        greatest(max(received.turn), least(
            (year({{ as_of_date() }}) * 12 + month({{ as_of_date() }}) - 1) // any_value(extracts.months),
            {{ month_number('any_value(extracts.due_until)') }} // any_value(extracts.months)
        )) as last_turn
    from extracts
    inner join received on extracts.extract = received.extract
    where received.received_at is not null
    group by extracts.extract
),

turns as (
    select
        extracts.*,
        unnest(range(spans.first_turn, spans.last_turn + 1)) as turn
    from extracts
    inner join spans on extracts.extract = spans.extract
),

due as (
    select
        turns.*,
        make_date((turns.turn + 1) * turns.months // 12, (turns.turn + 1) * turns.months % 12 + 1, 1) as ended_by,
        received.* exclude (extract, turn),
        coalesce(received.agreed_due_on, ended_by + cast(coalesce(turns.due_day, 15) - 1 as integer)) as due_on
    from turns
    left join received on turns.extract = received.extract and turns.turn = received.turn
),

final as (
    select
        extract,
        sender,
        cadence,
        strftime(ended_by - 1, '%Y-%m') as period,
        due_on,
        received_at,
        case
            when cast(received_at as date) <= due_on then 'on_time'
            when received_at is not null then 'late'
            when {{ as_of_date() }} <= due_on then 'not_due'
            else 'missing'
        end as status,

        case when received_at is not null
            then greatest(date_diff('day', due_on, cast(received_at as date)), 0) end as late_days,
        coalesce(superseded, 0) as superseded,
        coalesce(refused, 0) as refused,
        coalesce(duplicates, 0) as duplicates,
        cast(coalesce(rows_accepted, 0) as bigint) as rows_accepted,
        cast(coalesce(rows_rejected, 0) as bigint) as rows_rejected,
        round(coalesce(rows_rejected, 0) / nullif(coalesce(rows_accepted, 0) + coalesce(rows_rejected, 0), 0), 6)
            as quarantined_share
    from due
)

select * from final
order by extract, period
