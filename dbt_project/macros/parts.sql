{# A derived table that is kept by its parts (a month, a year, a delivery): a part is made again when the state of what it is
   made of has changed, and is dropped when nothing is left of that. `int_part` tells the parts and their states; the model
   names its kind of part in `meta.parts_of` and has the columns `_part` and `_part_state`. The body of a CTE `parts`: the
   parts that this run must make. #}
{% macro parts_to_make(kind) -%}
    select part, part_state
    from {{ ref('int_part') }}
    where kind = '{{ kind }}'
    {%- if is_incremental() %}
    except
    select distinct _part, _part_state from {{ this }}
    {%- endif %}
{%- endmacro %}

{% macro get_incremental_replace_parts_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    delete from {{ target }}
    where (_part, _part_state) not in (
        select part, part_state from {{ ref('int_part') }} where kind = '{{ config.get('meta')['parts_of'] }}'
    );
    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{%- endmacro %}

{# The rows of a CTE, each with the part that it is of; `part` tells which. #}
{% macro rows_of_parts(rows, part) -%}
    select rows.*, parts.part as _part, parts.part_state as _part_state
    from {{ rows }} as rows
    inner join parts on {{ part }} = parts.part
{%- endmacro %}

{# A number that changes with any value of a row; of several rows, their sum, whatever their order. #}
{% macro state_of(columns) -%}
    cast(sum(hash({{ columns }})) as varchar)
{%- endmacro %}
