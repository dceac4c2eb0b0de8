{{ config(
    materialized='incremental',
    incremental_strategy='replace_parts',
    on_schema_change='fail',
    meta={'parts_of': 'stay_delivery'},
) }}

with

parts as (
    {{ parts_to_make('stay_delivery') }}
),

evidence as (
    select
        submissions.extract,
        submissions.period,
        parts.part as _part,
        parts.part_state as _part_state,

        count(*) as rows,
        count(distinct facts.person_key) as persons,
        count(*) filter (where facts.spell_status = 'matched') as matched_rows,
        {{ share_of_rows("facts.spell_status = 'open'") }} as open_share,
        {{ share_of_rows("facts.spell_status = 'start_missing'") }} as start_missing_share,
        {{ share_of_rows("facts.spell_status = 'end_missing'") }} as end_missing_share,
        {{ share_of_rows("facts.spell_status = 'repeated'") }} as repeated_share,
        {{ share_of_rows("facts.is_border_trip") }} as border_trip_share,
        {{ share_of_rows("facts.duration_class = 'ge_12m'") }} as ge_12m_share,
        count(*) filter (where facts.duration_days < 0) as negative_duration_rows,
        median(facts.duration_days) as duration_days_median,
        max(facts.duration_days) as duration_days_maximum
    from {{ ref('fct_stay') }} as facts
    inner join parts on facts.submission_key = parts.part
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    group by submissions.extract, submissions.period, parts.part, parts.part_state
)

select * from evidence
