{# How Spark makes the tables of this project: Parquet in folders named as their layers, with the types of their contracts. #}

{% macro spark__create_schema(relation) -%}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation.schema }} location '{{ env_var('WAREHOUSE_DATA') }}/spark/{{ relation.schema }}'
    {%- endcall -%}
{%- endmacro %}

{# The types of contracts are DuckDB's, of which Spark knows one by another name. #}
{% macro type_in_spark(data_type) -%}
    {{ return('string' if data_type | lower == 'varchar' else data_type) }}
{%- endmacro %}

{# A contract is kept by casting to its types: a count may be one size smaller here, and the day of a sum of days a moment. #}
{% macro spark__get_assert_columns_equivalent(sql) -%}
{%- endmacro %}

{% macro spark__get_select_subquery(sql) -%}
    select
        {%- for column in model.columns.values() %}
        cast({{ column.name }} as {{ type_in_spark(column.data_type) }}) as {{ column.name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        {{ sql }}
    )
{%- endmacro %}

{# Spark's Parquet knows no constraints; the tests of the same columns ask. #}
{% macro spark__persist_constraints(relation, model) -%}
{%- endmacro %}

{# Readers have the files and not the session, so a view that they may ask is a table. #}
{% materialization view, adapter='spark' -%}
    {%- if schema in ['staging', 'intermediate'] -%}
        {{ return(create_or_replace_view()) }}
    {%- else -%}
        {{ return(materialization_table_spark()) }}
    {%- endif -%}
{%- endmaterialization %}
