-- Detects a value of an indicator whose area, country, sex or breakdown no code list knows: it could not be labelled or joined.
-- Likely cause: a grouping over a column with nulls, or a breakdown named after no code list.
-- A row is one column and code with how many values have it.
{{ config(meta={'dagster': {'ref': {'name': 'indicator_value'}}}) }}

{%- set lists = {
    'age_class': "select unnest(['minor', 'adult', 'unknown'])",
    'application_type': "select code from " ~ ref('asylum_application_type'),
    'bop_item': "select code from " ~ ref('bop_item'),
    'case_kind': "select code from " ~ ref('consular_case_kind'),
    'cause': "select code from " ~ ref('displacement_cause'),
    'channel': "select code from " ~ ref('channel'),
    'covid_period': "select covid_period_code from " ~ ref('dim_covid_period'),
    'exploitation_form': "select code from " ~ ref('exploitation_form'),
    'extract': "select extract from " ~ ref('dim_source'),
    'industry': "select code from " ~ ref('industry'),
    'isced_field': "select code from " ~ ref('isced_field'),
    'isced_level': "select code from " ~ ref('isced_level'),
    'migrant_status': "select code from " ~ ref('migrant_status'),
    'occupation_major': "select code from " ~ ref('occupation'),
    'other_province': "select code from " ~ ref('province'),
    'permit_status': "select code from " ~ ref('permit_status'),
    'point_of_entry': "select code from " ~ ref('point_of_entry'),
    'point_of_entry_kind': "select kind from " ~ ref('point_of_entry'),
    'population_type': "select code from " ~ ref('population_type'),
    'residence': "select code from " ~ ref('residence'),
    'return_reason': "select code from " ~ ref('return_reason'),
    'sender': "select sender from " ~ ref('dim_source'),
    'service': "select code from " ~ ref('contact_service'),
    'special_economic_zone': "select code from " ~ ref('special_economic_zone'),
    'sponsor': "select code from " ~ ref('sponsor'),
    'topic': "select code from " ~ ref('contact_topic'),
} %}

with

known as (
    select 'area_code' as name, code from {{ ref('province') }}
    union all select 'area_code', code from {{ ref('district') }}
    union all select 'area_code', 'LAO'
    union all select 'counterpart_country_code', code from {{ ref('country') }}
    union all select 'counterpart_country_code', '_T'
    union all select 'sex_code', code from {{ ref('sex') }}
    union all select 'sex_code', '_T'
    union all select '_Z', '_T'
    {%- for name, codes in lists.items() %}
    union all select '{{ name }}', * from ({{ codes }})
    {%- endfor %}
),

used as (
    select 'area_code' as name, area_code as code from {{ ref('indicator_value') }}
    union all select 'counterpart_country_code', counterpart_country_code from {{ ref('indicator_value') }}
    union all select 'sex_code', sex_code from {{ ref('indicator_value') }}
    -- events are named by the sender, from no list
    union all select breakdown_name, breakdown_code from {{ ref('indicator_value') }} where breakdown_name <> 'event'
)

select used.name, used.code, count(*) as values
from used
anti join known on used.name = known.name and used.code = known.code
group by used.name, used.code
