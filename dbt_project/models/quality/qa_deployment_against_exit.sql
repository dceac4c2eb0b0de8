with

exits as (
    select distinct person_key, cast(crossed_at as date) as exited_on
    from {{ ref('fct_border_crossing') }}
    where direction_code = 'exit'
),

known as (
    {{ months_with_all_crossings() }}
),

deployed as (
    select
        submissions.extract,
        submissions.period,
        facts.labour_deployment_key,
        max(exits.person_key is not null) as has_exit
    from {{ ref('fct_labour_deployment') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join known on submissions.period = known.period
    left join exits
        on facts.person_key = exits.person_key
        and exits.exited_on between facts.departed_on - interval 15 days and facts.departed_on + interval 15 days
    group by all
),

-- exits for work of citizens, by month, beside all departures of the same month
work_exits as (
    select facts.date_key // 100 as year_month, count(*) as work_exits
    from {{ ref('fct_border_crossing') }} as facts
    inner join {{ ref('dim_country') }} as nationalities on facts.nationality_key = nationalities.country_key
    where facts.direction_code = 'exit' and facts.purpose_code = 'work' and nationalities.country_code = 'LAO'
    group by all
),

evidence as (
    select
        deployed.extract,
        deployed.period,
        count(*) as rows,
        round(avg(cast(deployed.has_exit as integer)), 6) as exit_seen_share,
        any_value(work_exits.work_exits) as work_exits,
        round(count(*) / nullif(any_value(work_exits.work_exits), 0), 6) as deployments_per_work_exit
    from deployed
    left join work_exits on cast(replace(deployed.period, '-', '') as integer) = work_exits.year_month
    group by deployed.extract, deployed.period
),

final as (
    select
        *,
        {{ periods_before() }},
        {{ evidence_ratios('exit_seen_share') }},
        {{ evidence_ratios('deployments_per_work_exit') }}
    from evidence
)

select * from final
order by extract, period
