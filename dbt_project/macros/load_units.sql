{# Load units are what incremental facts add and remove: one landing of one file, and for converted amounts
   the exchange rates it was converted at. The body of a CTE `load_units`: the units this run must load. #}
{% macro load_units_to_load(records) -%}
    select landing_id, load_key
    from {{ ref('int_load_units') }}
    where {{ are_load_units_of(records) }}
    {%- if is_incremental() %}
        -- distinct first: what is held has many rows of few load units
        and load_key not in (select distinct _load_key from {{ this }})
    {%- endif %}
{%- endmacro %}

{# Whether a load unit is of one of these records: a name or a list of them. #}
{% macro are_load_units_of(records) -%}
    record in ('{{ ([records] if records is string else records) | join("', '") }}')
{%- endmacro %}

{# Deletes every row whose load unit is no longer current, also when nothing new arrived, then inserts
   the new units. The model names its record, or several, in `meta.load_units_of`. #}
{% macro get_incremental_replace_load_units_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    delete from {{ target }}
    where _load_key not in (
        select load_key from {{ ref('int_load_units') }}
        where {{ are_load_units_of(config.get('meta')['load_units_of']) }}
    );
    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{%- endmacro %}

{# For spells: a person touched by a new or a vanished load unit is rebuilt whole. Persons with crossings left
   are in the new rows; those without are found by the load units that are gone. #}
{% macro get_incremental_replace_persons_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set current %}(select load_key from {{ ref('int_load_units') }}
        where {{ are_load_units_of(config.get('meta')['load_units_of']) }}){% endset -%}
    delete from {{ target }}
    where person_key in (select person_key from {{ arg_dict['temp_relation'] }})
        or (_opening_load_key is not null and _opening_load_key not in {{ current }})
        or (_closing_load_key is not null and _closing_load_key not in {{ current }});
    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
{%- endmacro %}
