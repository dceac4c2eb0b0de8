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

-- measures that are withheld together; sums, counts and means of money tell each other in every cell
groups as (
    select
        coalesce(withheld_with, measure_code) as leading_measure_code,
        bool_or(is_additive and unit = 'usd') as tells_money
    from measures
    group by all
),

ruled as (
    select
        indicator_values.*,
        measures.unit,
        groups.leading_measure_code,
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
        units.unit is not null or measures.is_additive as adds_up,
        indicator_values.sex_code = 'unknown'
        and not rules.is_unknown_sex_withheld
        and sensitive.breakdown_code is null
        and not groups.tells_money as may_be_open
    from indicator_values
    inner join measures on indicator_values.measure_code = measures.measure_code
    inner join rules on measures.disclosure_code = rules.code
    inner join groups on groups.leading_measure_code = coalesce(measures.withheld_with, measures.measure_code)
    left join units on measures.unit = units.unit
    left join sensitive
        on indicator_values.breakdown_name = sensitive.breakdown_name
        and indicator_values.breakdown_code = sensitive.breakdown_code
        and rules.largest_withheld is not null
    inner join rules as harder on harder.code = 'sensitive'
),

judged as (
    select
        *,
        is_count or tells_its_parts as counts_persons,
        coalesce(
            counted between 1 and largest_withheld
            or tells_its_parts and numerator between 1 and largest_withheld
            or tells_its_parts and unit = 'pct' and denominator - numerator between 1 and largest_withheld,
            false
        ) as is_few
    from ruled
),

-- nobody knows of a neighbour that his sex was not recorded, so a few of them are not told apart among many
opened as (
    select
        *,
        may_be_open and not coalesce(bool_or(is_few) filter (where sex_code = '_T') over everybody, true) as is_open
    from judged
    window everybody as (
        partition by leading_measure_code, {{ value_coordinates() | reject('eq', 'sex_code') | join(', ') }}
    )
),

-- what rests on the few, such as their median wage, is withheld all the same, but alone
parted as (
    select * replace (if(is_open and not counts_persons, measure_code, leading_measure_code) as leading_measure_code)
    from opened
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
        is_few and not (is_open and counts_persons) as is_small
    from parted
)

select * from final
