with

entries as (
    select distinct person_key, cast(crossed_at as date) as entered_on
    from {{ ref('fct_border_crossing') }}
    where direction_code = 'entry'
),

known as (
    {{ months_with_all_crossings() }}
),

returned as (
    select
        submissions.extract,
        submissions.period,
        facts.return_key,
        max(entries.person_key is not null) as has_entry
    from {{ ref('fct_return') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join known on submissions.period = known.period
    left join entries
        on facts.person_key = entries.person_key
        and entries.entered_on between facts.returned_on - interval 15 days and facts.returned_on + interval 15 days
    where facts.person_key <> -1
    group by all
),

evidence as (
    select
        extract,
        period,
        count(*) as rows,
        round(avg(cast(has_entry as integer)), 6) as entry_seen_share
    from returned
    group by extract, period
),

final as (
    select
        *,
        {{ periods_before() }},
        {{ evidence_ratios('entry_seen_share') }}
    from evidence
)

select * from final
order by extract, period
