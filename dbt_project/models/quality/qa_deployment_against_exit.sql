with

deployed as (
    {{ seen_at_the_border('fct_labour_deployment', 'labour_deployment_key', 'departed_on', 'exit') }}
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
        round(avg(cast(deployed.is_seen as integer)), 6) as exit_seen_share,
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
