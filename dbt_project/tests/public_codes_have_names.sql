-- Detects a code in a public table that pub_label does not name: a reader would see the bare code.
-- Likely cause: a new breakdown or a total of a new dimension that is in neither a code list nor dimension_member.
-- A row is one table, dimension and code with how many rows have it.
{{ config(meta={'dagster': {'ref': {'name': 'pub_label'}}}) }}

{#- A contract declares every column of a public table, so the query is the same whatever the database holds. -#}
{%- set tables = [
    ref('pub_indicator_value'), ref('pub_border_crossing'), ref('pub_foreign_permit'), ref('pub_labour_deployment'),
    ref('pub_reconciliation'), ref('pub_remittance_transfer'), ref('pub_return'), ref('pub_suppression'), ref('pub_trafficking_victim'),
] -%}
{%- set coded = ['basis', 'estimation_method', 'obs_status', 'breakdown_name'] -%}
{%- set selects = [] -%}
{%- for table in tables %}
    {%- for column in (graph.nodes['model.' ~ project_name ~ '.' ~ table.name].columns if execute else []) %}
        {%- if column == 'breakdown_code' %}
            {%- do selects.append("'" ~ table.name ~ "' as table_name, breakdown_name as dimension_code, breakdown_code as code from " ~ table) %}
        {%- elif column.endswith('_code') or column in coded %}
            {%- set dimension = column.removesuffix('_code') %}
            {%- do selects.append("'" ~ table.name ~ "' as table_name, '" ~ dimension ~ "' as dimension_code, " ~ column ~ " as code from " ~ table) %}
        {%- endif %}
    {%- endfor %}
{%- endfor -%}
with

used as (
    select {{ selects | join(' union all select ') if selects else 'null as table_name, null as dimension_code, null as code' }}
)

select used.table_name, used.dimension_code, used.code, count(*) as rows
from used
anti join {{ ref('pub_label') }} as labels on used.dimension_code = labels.dimension_code and used.code = labels.code
group by all
