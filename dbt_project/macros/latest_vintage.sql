{# The rows of a fact's newest vintage, per sender and per group of columns within which a vintage stands or falls as a whole. #}
{% macro latest_vintage(fact, columns) %}
with

observations as (
    select
        facts.*,
        sources.sender,
        {{ vintage_date('facts.vintage') }} as vintage_on
    from {{ fact }} as facts
    inner join {{ ref('dim_source') }} as sources on facts.source_key = sources.source_key
),

final as (
    select * exclude (sender, vintage_on)
    from observations
    qualify (vintage_on, vintage) = max((vintage_on, vintage)) over (partition by sender, {{ columns | join(', ') }})
)

select * from final
{% endmacro %}
