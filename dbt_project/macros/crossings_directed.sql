{# Crossings with the side of a spell that each stands for; the CTEs upon `crossings`, a relation that holds all crossings of its
   persons. A macro and not a view alone: no filter on persons finds its way through the view to the fact below it. #}
{% macro crossings_directed(crossings) -%}
-- one nationality per person: the last one known, so that one unreadable code does not turn a spell round
persons as (
    select
        person_key,
        last(nationality_key order by crossed_at, border_crossing_key) filter (where nationality_key <> -1)
            as nationality_key
    from {{ crossings }}
    group by person_key
),

lao as (
    select country_key from {{ ref('dim_country') }} where country_code = 'LAO'
),

directed as (
    select
        crossings.* exclude (nationality_key),
        coalesce(persons.nationality_key, -1) as nationality_key,
        if(lao.country_key is not null, 'abroad', 'in_lao_pdr') as stay_kind_code,
        -- a Lao citizen's spell opens with an exit, anyone else's with an entry
        crossings.direction_code = if(lao.country_key is not null, 'exit', 'entry') as is_opening,
        coalesce(points.point_of_entry_kind in ('land', 'rail', 'river', 'local'), false) as is_by_land
    from {{ crossings }} as crossings
    inner join persons on crossings.person_key = persons.person_key
    left join {{ ref('dim_point_of_entry') }} as points on crossings.point_of_entry_key = points.point_of_entry_key
    left join lao on persons.nationality_key = lao.country_key
)

select * from directed
{%- endmacro %}
