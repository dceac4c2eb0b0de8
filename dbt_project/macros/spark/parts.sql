{# What a build on Spark keeps of the one before. Parquet knows no delete, so a table is kept in folders of its parts (its load
   units, or what `int_part` tells): the files of parts that are no longer current are removed, and what is new is added, which is what
   `replace_load_units` and `replace_parts` do on DuckDB. What is kept by persons has no such parts and is made whole. #}

{# The columns that tell the part of a row; none of a table that is made whole. #}
{% macro part_columns() -%}
    {{ return({'replace_load_units': ['_load_key'], 'replace_parts': ['_part', '_part_state']}.get(config.get('incremental_strategy'), [])) }}
{%- endmacro %}

{# The parts that are current, in columns of these names. #}
{% macro current_parts() -%}
    {%- if config.get('incremental_strategy') == 'replace_load_units' -%}
        select load_key as _load_key from {{ ref('int_load_units') }}
        where {{ are_load_units_of(config.get('meta')['load_units_of']) }}
    {%- else -%}
        select part as _part, part_state as _part_state from {{ ref('int_part') }}
        where kind = '{{ config.get('meta')['parts_of'] }}'
    {%- endif -%}
{%- endmacro %}

{% macro spark__partition_cols(label, required=false) -%}
    {%- if part_columns() -%} {{ label }} ({{ part_columns() | join(', ') }}) {%- endif -%}
{%- endmacro %}

{# A part in few files, whichever tasks made its rows. #}
{% macro gathered(sql) -%}
    select /*+ rebalance({{ part_columns() | join(', ') }}) */ * from (
        {{ sql }}
    )
{%- endmacro %}

{% materialization incremental, adapter='spark' -%}
    {%- if not part_columns() -%}
        {{ return(materialization_table_spark()) }}
    {%- endif -%}
    {%- set target = this.incorporate(type='table') -%}
    {%- set held = load_cached_relation(this) -%}
    {%- set rows = gathered(get_select_subquery(compiled_code) if config.get('contract').enforced else compiled_code) -%}
    {{ run_hooks(pre_hooks) }}
    {%- if held is none or should_full_refresh() -%}
        {%- do adapter.drop_relation(target) -%}
        {%- call statement('main') -%}
            create table {{ target }}
            using parquet
            {{ partition_cols(label='partitioned by') }}
            as
            {{ rows }}
        {%- endcall -%}
    {%- else -%}
        {%- do adapter.remove_all_but(target, current_parts(), part_columns()) -%}
        {%- call statement('main') -%}
            insert into {{ target }} by name
            {{ rows }}
        {%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target]}) }}
{%- endmaterialization %}
