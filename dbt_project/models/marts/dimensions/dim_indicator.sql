with

measures as (
    select * from {{ ref('indicator') }}
),

units as (
    select * from {{ ref('measure_unit') }}
),

themes as (
    select * from {{ ref('theme') }}
),

final as (
    select
        {{ surrogate_key(['measures.measure_code']) }} as indicator_key,

        measures.indicator_code,
        measures.measure_code,
        measures.indicator_en,
        measures.indicator_lo,
        measures.measure_en,
        measures.measure_lo,
        measures.formula_en,
        measures.formula_lo,
        measures.unit,
        units.label_en as unit_en,
        units.label_lo as unit_lo,
        units.decimals as unit_decimals,
        coalesce(measures.disaggregations, '') as disaggregations,
        measures.records,
        measures.sdg_indicator,
        measures.theme_code,
        themes.label_en as theme_en,
        themes.label_lo as theme_lo,
        themes.holds_en as theme_holds_en,
        themes.holds_lo as theme_holds_lo,
        measures.is_additive,
        measures.is_modelled,
        measures.disclosure_code,
        measures.withheld_with,
        'ind_' || lower(measures.indicator_code) as model
    from measures
    left join units on measures.unit = units.code
    left join themes on measures.theme_code = themes.code

    union all

    select
        -1, '_U', '_U', 'Unknown', 'ບໍ່ລະບຸ', 'Unknown', 'ບໍ່ລະບຸ', null, null, null, null, null, null, '', '', null,
        null, null, null, null, null, false, false, 'none', null, '_U'
)

select * from final
