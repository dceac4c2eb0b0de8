with

compared as (
    select * from {{ ref('qa_reconciliation') }}
),

measures as (
    select * from {{ ref('dim_indicator') }}
),

units as (
    select * from {{ ref('measure_unit') }}
),

-- Ours is told by its key alone: whether it is shown is decided there, and once.
withheld as (
    select indicator_value_key, true as is_withheld
    from {{ ref('pub_indicator_value') }}
    where obs_status = 'Q'
),

final as (
    select
        compared.reconciliation_key,
        measures.indicator_key,
        compared.our_indicator_value_key as indicator_value_key,

        compared.measure_code,
        compared.basis,
        compared.area_code,
        compared.counterpart_country_code,
        compared.sex_code,
        compared.breakdown_name,
        compared.breakdown_code,
        compared.time_period,
        compared.vintage,
        compared.relation,
        compared.description,
        compared.unit,
        units.label_en as unit_en,
        units.label_lo as unit_lo,
        compared.citation,
        compared.reason as reason_en,
        compared.reason_lo,
        -- whether it agrees would tell what is withheld
        if(withheld.is_withheld, 'withheld', compared.verdict) as verdict,

        compared.their_value::double as their_value
    from compared
    inner join measures on compared.measure_code = measures.measure_code
    inner join units on compared.unit = units.code
    left join withheld on compared.our_indicator_value_key = withheld.indicator_value_key
)

select * from final
order by measure_code, basis, time_period, vintage, their_value
