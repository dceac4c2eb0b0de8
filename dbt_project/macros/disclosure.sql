{# What tells one value of a measure from another: with the measure, its key. #}
{% macro value_coordinates() -%}
    {{ return([
        'frequency_code', 'period_starts_on', 'area_code', 'counterpart_country_code', 'sex_code', 'age_group_code',
        'breakdown_name', 'breakdown_code', 'basis', 'vintage', 'estimation_method',
    ]) }}
{%- endmacro %}

{# Cells of which one is the sum of others: the condition of a join of `total` with `part`, which agree in all coordinates but
   those that are `summed` over. #}
{% macro part_of_total(summed, measure=true) -%}
    {{ 'total.measure_code = part.measure_code' if measure else 'true' }}
    {%- for name in value_coordinates() if name not in summed %}
        and total.{{ name }} = part.{{ name }}
    {%- endfor %}
{%- endmacro %}

{# The coordinates of a public value, as every public table begins. #}
{% macro public_coordinates() -%}
    {{ return([
        'date_key', 'frequency_code', 'time_period', 'period_starts_on', 'area_code', 'counterpart_country_code', 'sex_code',
        'age_group_code', 'breakdown_name', 'breakdown_code', 'basis',
    ]) }}
{%- endmacro %}

{# Measures of pub_indicator_value side by side, one row per cell: `counts` and `others` are {column: measure}. What is withheld
   of one is withheld of all that could tell it, so one status serves the row: that of the counts. #}
{% macro public_table(counts, others={}) -%}
    {%- set measures = dict(counts, **others) -%}
    {%- set counted = "measure_code in ('" ~ counts.values() | join("', '") ~ "')" -%}
    select
        {%- for name in public_coordinates() %}
        {{ name }},
        {%- endfor %}

        case
            when bool_or(obs_status = 'Q' and {{ counted }}) then 'Q'
            {%- for code in ['D', 'E', 'P', 'B'] %}
            when bool_or(obs_status = '{{ code }}' and {{ counted }}) then '{{ code }}'
            {%- endfor %}
            when bool_and(obs_status = 'M') filter (where {{ counted }}) then 'M'
            else 'A'
        end as obs_status,
        {%- for column, measure in measures.items() %}
        {% if column in counts -%}
            cast(max(value) filter (where measure_code = '{{ measure }}') as bigint) as {{ column }}
        {%- else -%}
            cast(max(value) filter (where measure_code = '{{ measure }}') as decimal(18, 2)) as {{ column }}
        {%- endif %}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('pub_indicator_value') }}
    where measure_code in ({% for measure in measures.values() %}'{{ measure }}'{{ ', ' if not loop.last }}{% endfor %})
    group by all
{%- endmacro %}

{# Measures that count the same of different kinds, one below the other: `kinds` is {measure: code of its kind}. #}
{% macro public_table_of_kinds(kind_column, counted, kinds) -%}
    {%- for measure, kind in kinds.items() %}
    select '{{ measure }}' as measure_code, '{{ kind }}' as {{ kind_column }}, *
    from ({{ public_table({counted: measure}) }})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
