-- Detects facts in a province or district that did not exist on their day, or at a checkpoint that was not open.
-- Likely cause: a sender that reports the past in today's units, a mistyped year, or a date of the code lists that is wrong.
-- A row is one fact and place with the number of its rows.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'dim_province'}}}) }}

{%- set facts = {
    'province': [
        'displacement', 'foreign_permit', 'health_screening', 'household_remittance', 'labour_deployment', 'population',
        'remittance_transfer', 'return', 'returnee_count', 'service_contact', 'student_abroad', 'trafficking_victim',
    ],
    'district': ['displacement', 'labour_deployment'],
    'point_of_entry': ['border_crossing', 'health_screening', 'return'],
} %}

with

uses as (
    {% for dimension, names in facts.items() %}
    {% set last_dimension = loop.last %}
    {% for name in names %}
    select
        'fct_{{ name }}' as fact,
        places.{{ dimension }}_code as place,
        places.{{ dimension }}_status_code as status,
        count(*) as rows
    from {{ ref('fct_' ~ name) }} as facts
    inner join {{ ref('dim_' ~ dimension) }} as places on facts.{{ dimension }}_key = places.{{ dimension }}_key
    group by all
    {% if not (loop.last and last_dimension) %}union all{% endif %}
    {% endfor %}
    {% endfor %}
)

select * from uses
where status in ('not_established', 'abolished', 'not_open', 'closed')
