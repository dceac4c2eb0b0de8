with

indicator_values as (
    select * from {{ ref('indicator_value') }}
),

disclosure_values as (
    select * from {{ ref('int_disclosure_value') }}
),

patterns as (
    select * from {{ ref('int_disclosure_pattern') }}
),

provinces as (
    select distinct province_code from {{ ref('dim_province') }}
),

controlled as (
    select
        indicator_values.*,
        coalesce(patterns.is_withheld, disclosure_values.is_small, false) as is_withheld
    from indicator_values
    left join disclosure_values on indicator_values.indicator_value_key = disclosure_values.indicator_value_key
    left join patterns on disclosure_values.cell_key = patterns.cell_key
    -- nothing sensitive is told below the province, not even that there is something
    inner join {{ ref('indicator') }} as measures on indicator_values.measure_code = measures.measure_code
    where measures.disclosure_code <> 'sensitive'
        or indicator_values.area_code = 'LAO'
        or indicator_values.area_code in (select province_code from provinces)
),

final as (
    select
        indicator_value_key,
        indicator_key,
        date_key,
        source_key,

        indicator_code,
        measure_code,
        frequency_code,
        time_period,
        period_starts_on,
        area_code,
        counterpart_country_code,
        sex_code,
        age_group_code,
        breakdown_name,
        breakdown_code,
        basis,
        vintage,
        estimation_method,
        if(is_withheld, 'Q', obs_status) as obs_status,
        periods_covered,

        if(is_withheld, null, value) as value
    from controlled
)

select * from final
order by measure_code, basis, vintage, frequency_code, period_starts_on, indicator_value_key
