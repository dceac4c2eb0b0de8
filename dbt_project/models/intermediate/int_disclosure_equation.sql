{%- set sums = [
    ('sex_code', '_T'), ('area_code', 'LAO'), ('counterpart_country_code', '_T'), ('age_group_code', '_T'),
] -%}
{%- set spans = [('A', 'S', 'year'), ('A', 'Q', 'year'), ('A', 'M', 'year'), ('S', 'Q', 'half'), ('S', 'M', 'half'), ('Q', 'M', 'quarter')] -%}
{%- set breakdown = ['breakdown_name', 'breakdown_code'] -%}
with

cells as (
    select * from {{ ref('int_disclosure_cell') }} where adds_up
),

identities as (
    select * from {{ ref('measure_identity') }}
),

points as (
    select distinct point_of_entry_code, province_code from {{ ref('dim_point_of_entry') }} where is_current
),

age_groups as (
    select age_group_code, if(upper_age < 18, 'minor', 'adult') as age_class
    from {{ ref('dim_age_group') }}
    where upper_age < 18 or lower_age >= 18
),

-- a total over one dimension and its members; members of nil are not there
summed as (
    {%- for name, all_members in sums %}
    select '{{ name }}' as equation, total.cell_key as total_key, part.cell_key as part_key
    from cells as total inner join cells as part on {{ part_of_total([name]) }}
    where total.{{ name }} = '{{ all_members }}' and part.{{ name }} <> '{{ all_members }}'
    union all
    {%- endfor %}
    select part.breakdown_name, total.cell_key, part.cell_key
    from cells as total inner join cells as part on {{ part_of_total(breakdown) }}
    where total.breakdown_name = '_Z' and part.breakdown_name <> '_Z'
    {%- for long, short, span in spans %}
    union all
    select '{{ long }} of {{ short }}', total.cell_key, part.cell_key
    from cells as total inner join cells as part on {{ part_of_total(['frequency_code', 'period_starts_on']) }}
    where total.frequency_code = '{{ long }}' and part.frequency_code = '{{ short }}'
        and total.period_starts_on = {{ period_start({'year': 'A', 'half': 'S', 'quarter': 'Q'}[span], 'part.period_starts_on') }}
    {%- endfor %}
),

-- members of one breakdown that make up a member of another
nested as (
    select 'points of a province' as equation, total.cell_key as total_key, part.cell_key as part_key
    from cells as total
    inner join cells as part on {{ part_of_total(['area_code'] + breakdown) }}
    inner join points on part.breakdown_code = points.point_of_entry_code and total.area_code = points.province_code
    where total.breakdown_name = '_Z' and part.breakdown_name = 'point_of_entry' and part.area_code = 'LAO'
    union all
    select 'ages of a class', total.cell_key, part.cell_key
    from cells as total
    inner join cells as part on {{ part_of_total(['age_group_code'] + breakdown) }}
    inner join age_groups on part.age_group_code = age_groups.age_group_code and total.breakdown_code = age_groups.age_class
    where total.breakdown_name = 'age_class' and part.breakdown_name = '_Z'
),

tied as (
    select
        identities.identity_code,
        cells.cell_key,
        identities.coefficient,
        if(identities.breakdown_name is null, cells.breakdown_name || ' ' || cells.breakdown_code, '') as breakdown,
        {{ surrogate_key(['identities.identity_code', 'breakdown'] + value_coordinates() | reject('in', breakdown) | list) }} as equation_key
    from cells
    inner join identities
        on cells.measure_code = identities.measure_code
        and cells.breakdown_name = coalesce(identities.breakdown_name, cells.breakdown_name)
        and cells.breakdown_code = coalesce(identities.breakdown_code, cells.breakdown_code)
),

terms as (
    select {{ surrogate_key(['equation', 'total_key']) }} as equation_key, equation, part_key as cell_key, 1 as coefficient
    from (select * from summed union all select * from nested)
    union all
    select distinct {{ surrogate_key(['equation', 'total_key']) }}, equation, total_key, -1
    from (select * from summed union all select * from nested)
    union all
    select equation_key, identity_code, cell_key, coefficient from tied
),

final as (
    select terms.equation_key, terms.equation, terms.cell_key, terms.coefficient
    from terms
    inner join cells on terms.cell_key = cells.cell_key
    -- different persons may be fewer in total than in parts: where parts do not add up, nobody can subtract
    qualify sum(terms.coefficient * cells.counted) over (partition by terms.equation_key) = 0
)

select * from final
