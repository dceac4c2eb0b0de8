-- What the public file shows, beside the restricted values and the rules, and every equation between what it shows.
-- Written apart from the models that decide what is withheld, and reads none of them: it is their judge.
-- Made before: temp table shown (public_table, measure_code, coordinates, obs_status, value).

create temp table audited as
with

measures as (
    select *, unit in ('persons', 'households', 'events', 'contracts') as is_count from marts.dim_indicator
),

known as (
    select
        held.*,
        measures.disclosure_code,
        measures.withheld_with,
        measures.unit,
        measures.is_count,
        measures.is_count or measures.is_additive as adds_up,
        case
            when rules.largest_withheld is null then 0
            when members.breakdown_code is not null or measures.disclosure_code = 'sensitive' then 10
            else 4
        end as largest,
        case
            when measures.is_count and measures.disclosure_code <> 'sample' then held.value
            when measures.unit in ('pct', 'per_1000', 'per_100000') and measures.disclosure_code in ('persons', 'sensitive')
                then coalesce(held.denominator, held.observations)
            else held.observations
        end as counted,
        coalesce(
            counted between 1 and largest
            or measures.unit = 'pct' and measures.disclosure_code in ('persons', 'sensitive')
                and held.denominator - held.numerator between 1 and largest
            or measures.unit in ('pct', 'per_1000', 'per_100000') and measures.disclosure_code in ('persons', 'sensitive')
                and held.numerator between 1 and largest,
            false
        ) as is_few,
        -- a few of many whose sex nobody wrote down; of what is said of few persons but how many they are, all is small
        held.sex_code = 'unknown' and measures.disclosure_code = 'persons' and largest = 4
        and (measures.is_count or measures.unit in ('pct', 'per_1000', 'per_100000'))
        and coalesce(measures.withheld_with, measure_code) not in (
            select coalesce(withheld_with, measure_code) from measures where unit = 'usd' and is_additive
        ) as is_unrecorded
    from marts.indicator_value as held
    inner join measures using (measure_code)
    inner join warehouse.codes.disclosure as rules on rules.code = measures.disclosure_code
    left join warehouse.codes.sensitive_member as members using (breakdown_name, breakdown_code)
),

judged as (
    select
        * exclude (is_few, is_unrecorded),
        is_few and not (
            is_unrecorded
            and coalesce(not bool_or(is_few) filter (where sex_code = '_T') over (
                partition by coalesce(withheld_with, measure_code), frequency_code, period_starts_on, area_code,
                    counterpart_country_code, age_group_code, breakdown_name, breakdown_code, basis, vintage, estimation_method
            ), false)
        ) as is_small
    from known
),

public_values as (
    select
        measure_code, frequency_code, period_starts_on, area_code, counterpart_country_code, sex_code, age_group_code,
        breakdown_name, breakdown_code, basis, vintage, estimation_method,
        -- a value is told when any table tells it
        coalesce(max(value) filter (where public_table = 'pub_indicator_value'), max(value)) as value,
        bool_or(value is null) and bool_or(value is not null) as is_told_and_withheld,
        max(value) - min(value) > 0.006 as is_told_in_two_ways,
        -- where measures stand side by side the status is that of the count, and what rests on it may be withheld alone
        bool_or((value is null) <> (obs_status in ('Q', 'M'))) filter (
            where public_table = 'pub_indicator_value' or value is not null or withheld_with is null
        ) as is_unmarked,
        max(value) is null and bool_or(obs_status = 'Q') as is_withheld
    from shown
    inner join measures using (measure_code)
    group by all
)

select
    row_number() over (order by measure_code, basis, vintage, frequency_code, period_starts_on, indicator_value_key) - 1 as cell,
    public_values.* exclude (is_unmarked),
    -- a table of several measures has a null where one of them has no value in a cell
    known.indicator_value_key is null and public_values.value is not null as is_unknown,
    public_values.is_unmarked and (known.indicator_value_key is not null or public_values.value is not null) as is_unmarked,
    known.value as true_value,
    known.unit,
    known.disclosure_code,
    coalesce(known.adds_up, false) and known.value is not null as adds_up,
    known.is_count,
    coalesce(known.is_small, false) as is_small,
    case
        when public_values.is_withheld and known.is_small and known.is_count and known.disclosure_code <> 'sample'
            then if(known.largest = 10, 5, 3)
        else 1
    end as asked,
    if(known.is_count and known.disclosure_code <> 'sample', 1, 0) as least
from public_values
left join judged as known using (
    measure_code, frequency_code, period_starts_on, area_code, counterpart_country_code, sex_code, age_group_code,
    breakdown_name, breakdown_code, basis, vintage, estimation_method
);

create temp table equation as
with

points as (
    select point_of_entry_code, any_value(province_code) as province_code
    from marts.dim_point_of_entry where is_current group by all
),

ages as (
    select age_group_code, if(upper_age < 18, 'minor', 'adult') as age_class
    from marts.dim_age_group where upper_age < 18 or lower_age >= 18
),

parts as (
    select * from audited where adds_up and true_value <> 0
),

-- each part with the values that it may be a part of
named as (
    select cell, true_value, unnest([
        {'total': 'sexes', 'm': measure_code, 'f': frequency_code, 'p': period_starts_on, 'a': area_code, 'c': counterpart_country_code,
            's': '_T', 'g': age_group_code, 'b': breakdown_name, 'bc': breakdown_code, 'is_wanted': sex_code <> '_T'},
        {'total': 'areas', 'm': measure_code, 'f': frequency_code, 'p': period_starts_on, 'a': 'LAO', 'c': counterpart_country_code,
            's': sex_code, 'g': age_group_code, 'b': breakdown_name, 'bc': breakdown_code, 'is_wanted': area_code <> 'LAO'},
        {'total': 'countries', 'm': measure_code, 'f': frequency_code, 'p': period_starts_on, 'a': area_code, 'c': '_T',
            's': sex_code, 'g': age_group_code, 'b': breakdown_name, 'bc': breakdown_code, 'is_wanted': counterpart_country_code <> '_T'},
        {'total': 'ages', 'm': measure_code, 'f': frequency_code, 'p': period_starts_on, 'a': area_code, 'c': counterpart_country_code,
            's': sex_code, 'g': '_T', 'b': breakdown_name, 'bc': breakdown_code, 'is_wanted': age_group_code <> '_T'},
        {'total': breakdown_name, 'm': measure_code, 'f': frequency_code, 'p': period_starts_on, 'a': area_code,
            'c': counterpart_country_code, 's': sex_code, 'g': age_group_code, 'b': '_Z', 'bc': '_T', 'is_wanted': breakdown_name <> '_Z'},
        {'total': 'quarter of ' || frequency_code, 'm': measure_code, 'f': 'Q', 'p': date_trunc('quarter', period_starts_on)::date,
            'a': area_code, 'c': counterpart_country_code, 's': sex_code, 'g': age_group_code, 'b': breakdown_name,
            'bc': breakdown_code, 'is_wanted': frequency_code = 'M'},
        {'total': 'half of ' || frequency_code, 'm': measure_code, 'f': 'S',
            'p': make_date(year(period_starts_on), if(month(period_starts_on) < 7, 1, 7), 1), 'a': area_code,
            'c': counterpart_country_code, 's': sex_code, 'g': age_group_code, 'b': breakdown_name, 'bc': breakdown_code,
            'is_wanted': frequency_code in ('M', 'Q')},
        {'total': 'year of ' || frequency_code, 'm': measure_code, 'f': 'A', 'p': make_date(year(period_starts_on), 1, 1),
            'a': area_code, 'c': counterpart_country_code, 's': sex_code, 'g': age_group_code, 'b': breakdown_name,
            'bc': breakdown_code, 'is_wanted': frequency_code <> 'A'},
        {'total': 'points', 'm': measure_code, 'f': frequency_code, 'p': period_starts_on, 'a': points.province_code,
            'c': counterpart_country_code, 's': sex_code, 'g': age_group_code, 'b': '_Z', 'bc': '_T',
            'is_wanted': breakdown_name = 'point_of_entry' and points.province_code is not null},
        {'total': 'ages of a class', 'm': measure_code, 'f': frequency_code, 'p': period_starts_on, 'a': area_code,
            'c': counterpart_country_code, 's': sex_code, 'g': '_T', 'b': 'age_class', 'bc': ages.age_class,
            'is_wanted': breakdown_name = '_Z' and ages.age_class is not null},
        {'total': 'directions', 'm': 'border_crossings_events', 'f': frequency_code, 'p': period_starts_on, 'a': area_code,
            'c': counterpart_country_code, 's': sex_code, 'g': age_group_code, 'b': breakdown_name, 'bc': breakdown_code,
            'is_wanted': measure_code in ('border_entries_events', 'border_exits_events')},
        {'total': 'deported', 'm': 'deported_returns_events', 'f': frequency_code, 'p': period_starts_on, 'a': area_code,
            'c': counterpart_country_code, 's': sex_code, 'g': age_group_code, 'b': '_Z', 'bc': '_T',
            'is_wanted': measure_code = 'returns_events' and breakdown_name = 'return_reason' and breakdown_code = 'deported'}
    ], recursive := true), basis, vintage, estimation_method
    from parts
    left join points on parts.breakdown_code = points.point_of_entry_code
    left join ages using (age_group_code)
),

summed as (
    select
        named.total, totals.cell as total_cell, any_value(totals.true_value) as total_value,
        list(named.cell order by named.cell) as cells, sum(named.true_value) as parts_value
    from named
    inner join audited as totals
        on totals.measure_code = named.m and totals.frequency_code = named.f and totals.period_starts_on = named.p
        and totals.area_code = named.a and totals.counterpart_country_code = named.c and totals.sex_code = named.s
        and totals.age_group_code = named.g and totals.breakdown_name = named.b and totals.breakdown_code = named.bc
        and totals.basis = named.basis and totals.vintage = named.vintage and totals.estimation_method = named.estimation_method
    where named.is_wanted and totals.adds_up
    group by all
)

select
    row_number() over (order by total_cell, total) - 1 as equation,
    total_cell,
    cells,
    -- amounts are told to the sixth decimal
    if(total_value = round(total_value) and parts_value = round(parts_value), 0, 0.01) as tolerance
from summed
-- different persons may be fewer in total than in parts: where parts do not add up, nobody can subtract
where abs(total_value - parts_value) <= 0.01;
