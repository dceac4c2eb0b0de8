with

disclosure_values as (
    select * from {{ ref('int_disclosure_value') }}
),

cells as (
    select
        cell_key,
        any_value(leading_measure_code) as measure_code,
        {%- for name in value_coordinates() %}
        any_value({{ name }}) as {{ name }},
        {%- endfor %}
        coalesce(max(counted) filter (where is_leading), max(counted)) as counted,
        bool_or(is_small) as is_primary,
        max(protection) as protection,
        coalesce(bool_or(is_leading and adds_up), false) as adds_up
    from disclosure_values
    where largest_withheld is not null
    group by cell_key
),

-- what a reader would miss most: large figures, and above all the country's total of a period
final as (
    select
        *,
        sqrt(counted) * if(
            area_code = 'LAO' and counterpart_country_code = '_T' and sex_code = '_T' and age_group_code = '_T' and breakdown_name = '_Z',
            1000,
            1
        ) as worth
    from cells
    -- an empty group may be shown and gives nothing to hide
    where counted > 0
)

select * from final
