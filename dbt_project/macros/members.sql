{# What the rows of a fact are read by, counted: one row per delivery, dimension and member.
   `members` maps a name to its column: a key, with the dimension that tells its code (and the column of it, where
   it has no code), or a code itself. `tagged` keeps the load unit beside them, of facts that load by units, and counts the
   units of the CTE `load_units` alone.
   Counting comes before the join, so that a large fact is read once for each dimension and joined never. #}
{% macro counted_members(fact, members, weight='1', tagged=false) -%}
    {% for name, told in members.items() -%}
    select
        counted.submission_key,
        {% if tagged %}counted._load_key,{% endif %}
        '{{ name }}' as dimension,
        {% if told is string %}cast(counted.member as varchar){% else %}members.{{ told[2] | default(told[1] ~ '_code') }}{% endif %} as member,
        sum(counted.rows) as rows,
        sum(counted.weight) as weight
    from (
        select
            submission_key,
            {% if tagged %}_load_key,{% endif %}
            {{ told if told is string else told[0] }} as member,
            count(*) as rows,
            cast(sum({{ weight }}) as double) as weight
        from {{ ref(fact) }}
        {% if tagged %}where _load_key in (select load_key from load_units){% endif %}
        group by all
    ) as counted
    {% if told is not string -%}
    inner join {{ ref('dim_' ~ told[1]) }} as members on counted.member = members.{{ told[1] }}_key
    {% endif -%}
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}

{# Deliveries of an extract that follow each other: each beside the `before` ones before it. #}
{% macro deliveries_before(deliveries, before=12) -%}
    select
        later.extract,
        later.period,
        earlier.period as earlier_period,
        later.place - earlier.place <= 3 as is_recent
    from {{ deliveries }} as later
    inner join {{ deliveries }} as earlier
        on later.extract = earlier.extract
        and earlier.place between later.place - {{ before }} and later.place - 1
{%- endmacro %}

{# Medians of what is told in one unit, per delivery: `measures` are the fact, the name, the value, and what must be equal for
   values to be compared. `tagged` as above. #}
{% macro delivery_medians(measures, tagged=false) -%}
    {% for fact, measure, value, unit in measures %}
    select
        submission_key,
        {% if tagged %}_load_key,{% endif %}
        '{{ measure }}' as measure,
        {{ 'cast(' ~ unit ~ ' as varchar)' if unit else "'_T'" }} as unit,
        count(*) as rows,
        cast(median({{ value }}) as double) as median_value
    from {{ ref(fact) }}
    where {{ value }} > 0
        {% if tagged %}and _load_key in (select load_key from load_units){% endif %}
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}
{%- endmacro %}
