with

recordings as (
    select
        facts.*,
        submissions.extract,
        submissions.period
    from {{ ref('fct_displacement') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
),

-- a recording with the days since the one before of its event, in whatever file that came
recording_days as (
    select
        extract,
        period,
        recorded_on,
        event,
        date_diff('day', lag(recorded_on) over (partition by extract, event order by recorded_on), recorded_on)
            as days_since_previous,
        count(distinct cause_code) as causes
    from recordings
    group by extract, period, event, recorded_on
),

days_of_period as (
    select
        extract,
        period,
        count(*) as recordings,
        min(days_since_previous) as shortest_gap_days,
        max(causes) as causes_of_an_event_max
    from recording_days
    group by extract, period
),

final as (
    select
        recordings.extract,
        recordings.period,

        count(*) as rows,
        count(distinct recordings.event) as events,
        any_value(days_of_period.recordings) as recordings,
        any_value(days_of_period.shortest_gap_days) as shortest_gap_days,
        any_value(days_of_period.causes_of_an_event_max) as causes_of_an_event_max,
        cast(sum(recordings.persons) as bigint) as persons,
        round(sum(recordings.female)
            / nullif(sum(recordings.persons) filter (where recordings.female is not null), 0), 6) as female_share,
        round(sum(recordings.under_18)
            / nullif(sum(recordings.persons) filter (where recordings.under_18 is not null), 0), 6) as under_18_share,
        round(sum(recordings.persons) filter (where recordings.households > 0)
            / nullif(sum(recordings.households), 0), 4) as persons_per_household,
        round(sum(abs(recordings.sex_not_stated)) / nullif(sum(recordings.persons), 0), 6) as sex_not_stated_share,
        {{ share_of_rows("recordings.district_key = -1") }} as district_unknown_share,
        {{ share_of_rows("recordings.cause_code = 'unknown'") }} as cause_unknown_share,
        count(*) filter (
            where greatest(recordings.female, recordings.male, recordings.under_18, recordings.households)
                > recordings.persons
        ) as part_exceeds_persons_rows,
        {{ outside_period_rows('recordings.date_key', 'recordings.period') }}
    from recordings
    inner join days_of_period
        on recordings.extract = days_of_period.extract
        and recordings.period = days_of_period.period
    group by recordings.extract, recordings.period
)

select * from final
order by extract, period
