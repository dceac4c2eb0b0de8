with

indicator_values as (
    select
        facts.*,
        cast(year(facts.period_starts_on) as integer) as year,
        measures.unit,
        measures.is_additive
    from {{ ref('indicator_value') }} as facts
    inner join {{ ref('dim_indicator') }} as measures on facts.indicator_key = measures.indicator_key
),

-- the value over all sexes beside those of each, where there are any
totalled as (
    select
        measure_code,
        basis,
        year,
        unit,
        is_additive,
        max(value) filter (where sex_code = '_T') as total,
        sum(value) filter (where sex_code <> '_T') as over_sexes,
        max(value) filter (where sex_code <> '_T') as largest_sex,
        bool_or(sex_code = '_T') as has_total
    from indicator_values
    group by
        measure_code, basis, year, unit, is_additive, frequency_code, period_starts_on, area_code, counterpart_country_code,
        age_group_code, breakdown_name, breakdown_code, vintage, estimation_method
    having bool_or(sex_code <> '_T')
),

over_sexes as (
    select
        measure_code,
        basis,
        year,
        count(*) as cells_by_sex,
        count(*) filter (where not has_total) as cells_without_total,
        round(max(abs(total - over_sexes) / greatest(abs(total), 1)) filter (where is_additive), 9) as sex_gap_share,
        -- different persons need not add up, but no sex has more of them than all have, and all no more than the sexes together
        count(*) filter (where unit = 'persons' and not is_additive and not total between largest_sex and over_sexes)
            as impossible_count_rows
    from totalled
    group by measure_code, basis, year
),

evidence as (
    select
        measure_code,
        basis,
        year,

        count(*) as rows,
        count(distinct time_period) as periods,
        count(*) filter (where value is null) as missing_rows,
        count(*) filter (where obs_status in ('P', 'E', 'D')) as unsettled_rows,
        {{ share_of_rows('value is null') }} as missing_share,
        count(*) filter (where (value is null) <> (obs_status = 'M')) as status_mismatch_rows,
        -- what parts leave of a total may be negative, and stands as unknown
        count(*) filter (
            where value < 0 and sex_code <> 'unknown' and age_group_code <> '_U' and counterpart_country_code <> 'XXX'
        ) as negative_rows,
        count(*) filter (where unit = 'pct' and indicator_code <> 'SDG_10_C_1' and not value between 0 and 100)
            as outside_pct_rows
    from indicator_values
    group by measure_code, basis, year
),

final as (
    select
        evidence.*,
        evidence.year = max(evidence.year) over () as is_newest_year,
        coalesce(over_sexes.cells_by_sex, 0) as cells_by_sex,
        coalesce(over_sexes.cells_without_total, 0) as cells_without_total,
        coalesce(over_sexes.impossible_count_rows, 0) as impossible_count_rows,
        over_sexes.sex_gap_share
    from evidence
    left join over_sexes
        on evidence.measure_code = over_sexes.measure_code
        and evidence.basis = over_sexes.basis
        and evidence.year = over_sexes.year
)

select * from final
order by measure_code, basis, year
