{#- The graph dbt builds by, walked from each indicator's model to what was delivered; not on from dimensions, which name
    things and may read of every sender, nor from the load units, which decide when a row is loaded and not what it holds. -#}
{%- set steps = [] -%}
{%- if execute -%}
    {%- for start in graph.nodes.values() if start.resource_type == 'model' and start.name.startswith('ind_') -%}
        {%- set seen = [start.unique_id] -%}
        {%- set level = namespace(nodes=[start], distance=0) -%}
        {%- for _ in graph.nodes if level.nodes -%}
            {%- set level.distance = level.distance + 1 -%}
            {%- set next = [] -%}
            {%- for node in level.nodes -%}
                {%- for id in node.depends_on.nodes | unique | sort -%}
                    {%- set read = graph.nodes.get(id) or graph.sources.get(id) -%}
                    {%- do steps.append([
                        start.name[4:] | upper, level.distance, node.schema, node.name,
                        'landed' if read.resource_type == 'source' else read.schema, read.name,
                    ]) -%}
                    {%- if id not in seen -%}
                        {%- do seen.append(id) -%}
                        {%- if read.resource_type == 'model' and not (read.name.startswith('dim_') or read.name == 'int_load_units') -%}
                            {%- do next.append(read) -%}
                        {%- endif -%}
                    {%- endif -%}
                {%- endfor -%}
            {%- endfor -%}
            {%- set level.nodes = next -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endif -%}
with

steps (indicator_code, distance, layer, model, read_layer, read_model) as (
    values
    {%- for step in steps or [['', 0, '', '', '', '']] %}
    ('{{ step[0] }}', {{ step[1] }}, '{{ step[2] }}', '{{ step[3] }}', '{{ step[4] }}', '{{ step[5] }}'){{ ',' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        indicator_code,
        layer,
        model,
        read_layer,
        read_model,
        cast(distance as integer) as distance
    from steps
)

select * from final
where indicator_code in (select indicator_code from {{ ref('indicator') }})
order by indicator_code, distance, layer, model, read_layer, read_model
