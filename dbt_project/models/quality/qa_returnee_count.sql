with

-- the two sides that differencing must keep equal: all that was new, and the last count, over all months delivered
series as (
    select
        sources.extract,
        sum(facts.new_returnees) as all_new,
        arg_max(facts.cumulative_returnees, facts.reported_on) as last_count
    from {{ ref('fct_returnee_count') }} as facts
    inner join {{ ref('dim_source') }} as sources on facts.source_key = sources.source_key
    inner join {{ ref('dim_province') }} as provinces on facts.province_key = provinces.province_key
    group by sources.extract, provinces.province_code, facts.sex_key
),

extracts as (
    select extract, max(abs(all_new - last_count)) as new_less_last_count
    from series
    group by extract
),

last_days as (
    select submission_key, max(reported_on) as reported_on
    from {{ ref('fct_returnee_count') }}
    group by submission_key
),

evidence as (
    select
        submissions.extract,
        submissions.period,

        count(*) as rows,
        count(distinct facts.reported_on) as days,
        count(distinct facts.province_key) as provinces,
        cast(sum(facts.cumulative_returnees) filter (where facts.reported_on = last_days.reported_on) as bigint)
            as cumulative_returnees,
        cast(sum(facts.new_returnees) as bigint) as new_returnees,
        count(*) filter (where facts.new_returnees < 0) as revised_downwards_rows,
        min(facts.new_returnees) as new_returnees_minimum,
        max(facts.reported_on - facts.previous_reported_on) as days_since_previous_maximum,
        {{ share_of_rows("facts.sex_key = -1") }} as sex_unknown_share,
        cast(max(extracts.new_less_last_count) as bigint) as new_less_last_count
    from {{ ref('fct_returnee_count') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    inner join extracts on submissions.extract = extracts.extract
    inner join last_days on facts.submission_key = last_days.submission_key
    group by submissions.extract, submissions.period
),

final as (
    select
        *,
        cumulative_returnees - lag(cumulative_returnees) over (partition by extract order by period)
            as cumulative_returnees_change,
        {{ evidence_ratios('rows') }}
    from evidence
)

select * from final
order by extract, period
