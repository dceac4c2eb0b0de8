{{ config(
    materialized='incremental',
    incremental_strategy='replace_parts',
    on_schema_change='fail',
    meta={'parts_of': 'compared_delivery'},
) }}

{# Facts that name persons, each with the day and the age on it where it tells one. #}
{% set facts = {
    'fct_border_crossing': ('age_years', 'nationality_key'), 'fct_foreign_permit': ('age_years', 'nationality_key'),
    'fct_labour_deployment': ('age_years', none), 'fct_return': ('age_years', none),
    'fct_student_abroad': ('age_years', none), 'fct_service_contact': (none, none),
} %}
with

parts as (
    {{ parts_to_make('compared_delivery') }}
),

units as (
    select * from {{ ref('int_load_units') }}
),

months as (
    select landing_id, {{ month_number('period') }} as month from units
),

-- the deliveries to judge, and all that were delivered for the twelve months before them
looked_at as (
    select distinct earlier.landing_id, earlier.month
    from months as later
    inner join parts on later.landing_id = parts.part
    inner join months as earlier on earlier.month between later.month - 12 and later.month
),

told as (
    {% for fact, (age, nationality) in facts.items() %}
    select
        facts.person_key,
        facts.submission_key,
        min(facts.sex_key) filter (where facts.sex_key <> -1) as sex_key,
        min(facts.date_key // 10000 - {{ age or 'cast(null as integer)' }}) as birth_year,
        min({{ nationality or 'cast(null as bigint)' }}) filter (where {{ nationality or -1 }} <> -1) as nationality_key
    from {{ ref(fact) }} as facts
    where facts.person_key <> -1 and facts.submission_key in (select landing_id from looked_at)
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

{%- set attributes = ['sex_key', 'birth_year', 'nationality_key'] %}

-- each person as the delivery before told of them, whoever sent it
compared as (
    select
        told.*,
        looked_at.month
        {%- for name in attributes %},
        lag(if({{ name }} is null, null, {'value': {{ name }}, 'month': looked_at.month}) ignore nulls) over person as {{ name }}_told
        {%- endfor %}
    from told
    inner join looked_at on told.submission_key = looked_at.landing_id
    window person as (partition by told.person_key order by looked_at.month, told.submission_key)
),

-- what was told more than a year before is not held against a delivery: it need not be looked at for it
recent as (
    select
        parts.part as _part,
        parts.part_state as _part_state
        {%- for name in attributes %},
        {{ name }},
        if({{ name }}_told.month >= month - 12, {{ name }}_told.value, null) as {{ name }}_before
        {%- endfor %}
    from compared
    inner join parts on compared.submission_key = parts.part
),

final as (
    select
        _part,
        _part_state,

        count(*) as persons,
        count(*) filter (where sex_key is not null and sex_key_before is not null) as persons_known_by_sex,
        count(*) filter (where birth_year is not null and birth_year_before is not null) as persons_known_by_birth_year,
        count(*) filter (where nationality_key is not null and nationality_key_before is not null)
            as persons_known_by_nationality,
        round(count(*) filter (where sex_key <> sex_key_before) / nullif(persons_known_by_sex, 0), 6)
            as sex_contradicted_share,
        -- an age without its birthday is one year off either way
        round(count(*) filter (where abs(birth_year - birth_year_before) > 2) / nullif(persons_known_by_birth_year, 0), 6)
            as birth_year_contradicted_share,
        -- some hold two passports; few change them between one delivery and the next
        round(count(*) filter (where nationality_key <> nationality_key_before) / nullif(persons_known_by_nationality, 0), 6)
            as nationality_contradicted_share
    from recent
    group by all
)

select * from final
