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
        submissions.extract,
        submissions.received_at,
        submissions.due_on,
        (cast(left(submissions.period, 4) as bigint) * 12
            + cast(right(submissions.period, 2) as bigint) - 1) // extracts.months as turn
    from {{ ref('stg_submission') }} as submissions
    inner join extracts on submissions.extract = extracts.extract
    where submissions.status in ('landed', 'superseded')
),

received as (
    select extract, turn, min(received_at) as received_at, min(due_on) as agreed_due_on
    from deliveries
    group by extract, turn
),

-- the calendar starts with the first delivery: nothing was due before the sender began
started as (
    select
        extract,
        min(turn) as first_turn
    from received
    group by extract
),

turns as (
    select
        extracts.*,
        unnest(range(
            started.first_turn,
            (year({{ as_of_date() }}) * 12 + month({{ as_of_date() }}) - 1) // extracts.months + 1
        )) as turn
    from extracts
    inner join started on extracts.extract = started.extract
),

due as (
    select
        turns.*,
        make_date((turns.turn + 1) * turns.months // 12, (turns.turn + 1) * turns.months % 12 + 1, 1) as ended_by,
        received.received_at,
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
            then greatest(date_diff('day', due_on, cast(received_at as date)), 0) end as late_days
    from due
)

select * from final
order by extract, period
