{{ config(
    materialized='incremental',
    incremental_strategy='replace_load_units',
    on_schema_change='fail',
    meta={'load_units_of': 'border_crossing'},
) }}

with

load_units as (
    {{ load_units_to_load('border_crossing') }}
),

evidence as (
    select
        submissions.extract,
        submissions.period,
        facts._load_key,

        count(*) as rows,
        count(distinct facts.person_key) as persons,
        count(*) filter (where facts.direction_code = 'exit') as exits,
        count(*) filter (where facts.direction_code = 'entry') as entries,
        {{ share_of_rows("facts.direction_code = 'exit'") }} as exit_share,
        {{ share_of_rows("facts.sex_key = -1") }} as sex_unknown_share,
        {{ female_share() }} as female_share,
        {{ share_of_rows("facts.nationality_key = -1") }} as nationality_unknown_share,
        {{ share_of_rows("facts.counterpart_country_key = -1") }} as counterpart_country_unknown_share,
        {{ share_of_rows("facts.point_of_entry_key = -1") }} as point_of_entry_unknown_share,
        {{ share_of_rows("facts.age_group_key = -1") }} as age_group_unknown_share,
        {{ share_of_rows("facts.purpose_code = 'unknown'") }} as purpose_unknown_share,
        {{ share_of_rows("facts.visa_class_code = 'unknown'") }} as visa_class_unknown_share,
        {{ share_of_rows("facts.document_type_code = 'unknown'") }} as document_type_unknown_share,
        {{ share_of_rows("facts.intended_days is null") }} as intended_days_null_share,
        count(*) filter (where points.point_of_entry_status_code in ('not_open', 'closed'))
            as point_of_entry_not_open_rows,
        count(*) filter (where facts.age_years < 0 or facts.age_years > 120) as age_implausible_rows,
        {{ outside_period_rows() }},
        count(*) filter (where facts.crossed_at > submissions.received_at) as after_receipt_rows
    from {{ ref('fct_border_crossing') }} as facts
    inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
    left join {{ ref('dim_point_of_entry') }} as points on facts.point_of_entry_key = points.point_of_entry_key
    where facts._load_key in (select load_key from load_units)
    group by submissions.extract, submissions.period, facts._load_key
)

select * from evidence
