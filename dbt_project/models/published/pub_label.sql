{%- set lists = {
    'age_group': 'age_group', 'application_type': 'asylum_application_type', 'area': ['province', 'district'], 'bop_item': 'bop_item',
    'case_kind': 'consular_case_kind', 'cause': 'displacement_cause', 'channel': 'channel', 'counterpart_country': 'country',
    'covid_period': 'covid_period', 'direction': 'direction', 'disclosure': 'disclosure', 'estimation_method': 'estimation_method',
    'exploitation_form': 'exploitation_form', 'frequency': 'frequency', 'industry': 'industry', 'isced_field': 'isced_field',
    'isced_level': 'isced_level', 'migrant_status': 'migrant_status', 'obs_status': 'obs_status', 'occupation_major': 'occupation',
    'other_province': 'province', 'permit_kind': 'permit_kind', 'permit_status': 'permit_status', 'point_of_entry': 'point_of_entry',
    'population_type': 'population_type', 'residence': 'residence', 'return_reason': 'return_reason', 'service': 'contact_service',
    'sex': 'sex', 'special_economic_zone': 'special_economic_zone', 'sponsor': 'sponsor', 'topic': 'contact_topic',
} -%}
with

sources as (
    select * from {{ ref('dim_source') }}
),

measures as (
    select * from {{ ref('dim_indicator') }}
),

-- a list is read in the order of its file, and stands behind the members that are in none
members as (
    select dimension_code, code, label_en, label_lo, 0 as place, rowid as position from {{ ref('dimension_member') }}
    {%- for dimension, names in lists.items() %}
    {%- for name in ([names] if names is string else names) %}
    union all
    select '{{ dimension }}', code, label_en, label_lo, if(code = '_T', 0, {{ loop.index }}), rowid from {{ ref(name) }}
    {%- if dimension == 'occupation_major' %} where length(code) = 1{% endif %}
    {%- endfor %}
    {%- endfor %}
    union all
    select 'covid_period', covid_period_code, covid_period_en, covid_period_lo, 2, 0
    from {{ ref('dim_covid_period') }} where covid_period_key = -1
    union all
    select
        unnest(['basis', 'extract']),
        extract,
        coalesce(max(title_en), if(extract = '_U', max(ministry_en), extract)),
        coalesce(max(title_lo), if(extract = '_U', max(ministry_lo), extract)),
        1,
        0
    from sources group by extract
    union all
    select 'sender', sender, min(ministry_en), min(ministry_lo), 1, 0 from sources group by sender
    union all
    select 'indicator', indicator_code, min(indicator_en), min(indicator_lo), 1, 0 from measures group by indicator_code
    union all
    select 'measure', measure_code, measure_en, measure_lo, 1, 0 from measures
    union all
    -- events are named by the sender, from no list
    select distinct 'event', breakdown_code, breakdown_code, breakdown_code, 1, 0
    from {{ ref('pub_indicator_value') }} where breakdown_name = 'event'
),

final as (
    select
        dimension_code,
        code,

        label_en,
        label_lo,
        cast(row_number() over (partition by dimension_code order by code = '_U', place, position, code) as integer) as sort_order
    from members
)

select * from final
order by dimension_code, sort_order
