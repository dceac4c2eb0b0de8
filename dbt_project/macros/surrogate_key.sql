{# A 60-bit key from md5: the same in every DuckDB version (hash() is not) and a plain BIGINT for every reader. #}
{% macro surrogate_key(columns) -%}
    cast('0x' || substr(md5(concat_ws('|'
    {%- for column in columns %}, coalesce(cast({{ column }} as varchar), '~'){% endfor -%}
    )), 1, 15) as bigint)
{%- endmacro %}

{# The key of a code-list member; the unknown member of every dimension is -1. #}
{% macro member_key(columns, is_unknown='is_unknown') -%}
    case when cast({{ is_unknown }} as boolean) then cast(-1 as bigint) else {{ surrogate_key(columns) }} end
{%- endmacro %}

{# Keys of dimensions made from what was delivered are derived, never looked up:
   a fact row loaded last month must not depend on what the dimension held that night. Recruitment agencies alone are
   looked up: the versions of their licences are part of a deployment's load unit. #}
{% macro source_key(extract, vintage="'_Z'") -%}
    {{ surrogate_key([extract, vintage]) }}
{%- endmacro %}

{% macro name_key(name) -%}
    case when {{ name }} is null then cast(-1 as bigint) else {{ surrogate_key([folded(name)]) }} end
{%- endmacro %}

{# Names that differ only in case or spacing are one provider or agency. #}
{% macro folded(name) -%}
    upper(trim(regexp_replace({{ name }}, '\s+', ' ', 'g')))
{%- endmacro %}

{% macro date_key(date) -%}
    coalesce(cast(year({{ date }}) * 10000 + month({{ date }}) * 100 + day({{ date }}) as integer), -1)
{%- endmacro %}

{# Condition of a join with a slowly changing dimension: the version that held on the date. Versions of a member
   tile all time, so a row finds exactly one; a row without a date finds the present version. #}
{% macro held_on(dimension, date) -%}
    coalesce({{ date }}, date '9999-12-31') between {{ dimension }}.valid_from and {{ dimension }}.valid_to
{%- endmacro %}
