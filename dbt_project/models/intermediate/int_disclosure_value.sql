with

indicator_values as (
    select * from {{ ref('indicator_value') }} where value is not null
),

measures as (
    select * from {{ ref('indicator') }}
),

rules as (
    select * from {{ ref('disclosure') }}
),

sensitive as (
    select * from {{ ref('sensitive_member') }}
),

units as (
    select unnest(['persons', 'households', 'events', 'contracts']) as unit
),

ruled as (
    select
        indicator_values.*,
        measures.unit,
        coalesce(measures.withheld_with, measures.measure_code) as leading_measure_code,
        units.unit is not null as is_count,
        if(sensitive.breakdown_code is null, rules.largest_withheld, harder.largest_withheld) as largest_withheld,
        if(sensitive.breakdown_code is null, rules.protection, harder.protection) as protection,
        -- a rate tells its numerator to whoever knows its denominator; of a share the rest is a count as well
        measures.unit in ('pct', 'per_1000', 'per_100000') and rules.is_counted_by_value as tells_its_parts,
        cast(
            case
                when rules.is_counted_by_value and units.unit is not null then value
                when tells_its_parts then coalesce(denominator, observations)
                else observations
            end as bigint
        ) as counted,
        units.unit is not null or measures.is_additive as adds_up
    from indicator_values
    inner join measures on indicator_values.measure_code = measures.measure_code
    inner join rules on measures.disclosure_code = rules.code
    left join units on measures.unit = units.unit
    left join sensitive
        on indicator_values.breakdown_name = sensitive.breakdown_name
        and indicator_values.breakdown_code = sensitive.breakdown_code
        and rules.largest_withheld is not null
    inner join rules as harder on harder.code = 'sensitive'
),

final as (
    select
        indicator_value_key,
        {{ surrogate_key(['leading_measure_code'] + value_coordinates()) }} as cell_key,
        measure_code,
        leading_measure_code,
        {{ value_coordinates() | join(',\n        ') }},
        measure_code = leading_measure_code as is_leading,
        is_count,
        adds_up,
        largest_withheld,
        protection,
        counted,
        coalesce(
            counted between 1 and largest_withheld
            or tells_its_parts and numerator between 1 and largest_withheld
            or tells_its_parts and unit = 'pct' and denominator - numerator between 1 and largest_withheld,
            false
        ) as is_small
    from ruled
)

select * from final
