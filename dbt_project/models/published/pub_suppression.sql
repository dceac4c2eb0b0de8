with

disclosure_values as (
    select * from {{ ref('int_disclosure_value') }}
),

patterns as (
    select * from {{ ref('int_disclosure_pattern') }}
),

cells as (
    select cell_key, is_primary from {{ ref('int_disclosure_cell') }}
),

measures as (
    select * from {{ ref('dim_indicator') }}
),

judged as (
    select
        disclosure_values.*,
        coalesce(cells.is_primary, disclosure_values.is_small) as is_primary,
        coalesce(patterns.is_withheld, disclosure_values.is_small) as is_withheld
    from disclosure_values
    left join cells on disclosure_values.cell_key = cells.cell_key
    left join patterns on disclosure_values.cell_key = patterns.cell_key
),

final as (
    select
        measures.indicator_key,

        judged.measure_code,
        judged.frequency_code,
        year(judged.period_starts_on)::integer as year,
        measures.disclosure_code,

        count(*) as value_cells,
        count(*) filter (where is_primary) as primary_cells,
        count(*) filter (where is_withheld and not is_primary) as complementary_cells,
        round(100.0 * count(*) filter (where is_withheld) / count(*), 1)::double as withheld_pct
    from judged
    inner join measures on judged.measure_code = measures.measure_code
    group by all
)

select * from final
order by measure_code, frequency_code, year
