{# A code list is read by Spark from its file at once; dbt would insert it value by value. #}
{% macro spark__create_csv_table(model, agate_table) -%}
    {%- set types = model.config.get('column_types', {}) -%}
    {%- set file = model.root_path ~ '/' ~ model.original_file_path -%}
    {%- call statement('read') -%}
        create or replace temporary view {{ model.alias }}_file (
            {%- for name in agate_table.column_names %}{{ name }} string{{ ', ' if not loop.last }}{% endfor %})
        using csv options (path '{{ file }}', header 'true', multiLine 'true', escape '"', mode 'FAILFAST')
    {%- endcall -%}
    {%- set table %}
        create table {{ this }} as
        select
            {%- for name in agate_table.column_names %}
            cast({{ name }} as {{ type_in_spark(types.get(name, adapter.convert_type(agate_table, loop.index0))) }}) as {{ name }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ model.alias }}_file
    {%- endset -%}
    {%- call statement('table') -%}{{ table }}{%- endcall -%}
    {{ return(table) }}
{%- endmacro %}

{% macro spark__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {{ adapter.drop_relation(old_relation) }}
    {{ return(create_csv_table(model, agate_table)) }}
{%- endmacro %}

{% macro spark__load_csv_rows(model, agate_table) -%}
    {{ return('') }}
{%- endmacro %}
