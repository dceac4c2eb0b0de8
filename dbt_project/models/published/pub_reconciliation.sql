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

-- what is withheld from the public in any vintage is withheld here, with all that would tell it
withheld as (
    select distinct
        measure_code, basis, area_code, counterpart_country_code, sex_code, breakdown_name, breakdown_code, time_period,
        true as is_withheld
    from {{ ref('pub_indicator_value') }}
    where obs_status = 'Q' and age_group_code = '_T'
),

final as (
    select
        compared.reconciliation_key,
        measures.indicator_key,

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
        units.label_en as unit_en,
        units.label_lo as unit_lo,
        compared.citation,
        compared.reason as reason_en,
        compared.reason_lo,
        compared.our_time_period,
        coalesce(withheld.is_withheld, false) as is_withheld,
        if(withheld.is_withheld, 'withheld', compared.verdict) as verdict,

        if(withheld.is_withheld, null, compared.our_value)::double as our_value,
        compared.their_value::double as their_value,
        if(withheld.is_withheld, null, compared.relative_difference)::double as relative_difference
    from compared
    inner join measures on compared.measure_code = measures.measure_code
    inner join units on compared.unit = units.code
    left join withheld
        on compared.measure_code = withheld.measure_code
        and compared.basis = withheld.basis
        and compared.area_code = withheld.area_code
        and compared.counterpart_country_code = withheld.counterpart_country_code
        and compared.sex_code = withheld.sex_code
        and compared.breakdown_name = withheld.breakdown_name
        and compared.breakdown_code = withheld.breakdown_code
        and compared.our_time_period = withheld.time_period
)

select * from final
order by measure_code, basis, time_period, vintage, their_value
