-- Detects a vintage that was overwritten, or two vintages of one observation in a latest view.
-- Likely cause: a key without the vintage, or a latest view that ranks over too many columns.
-- A row is one record and what is wrong with its vintages.
{{ config(meta={'dagster': {'ref': {'name': 'national_account_latest'}}}) }}

{% for record in records_with_vintages() %}
select '{{ record }}' as record, 'overwritten: ' || landed.extract || ' ' || landed.vintage as problem
from (select distinct _extract as extract, vintage from {{ ref('stg_' ~ record) }}) as landed
left join (
    select distinct sources.extract, facts.vintage
    from {{ ref('fct_' ~ record) }} as facts
    inner join {{ ref('dim_source') }} as sources on facts.source_key = sources.source_key
) as kept on landed.extract = kept.extract and landed.vintage = kept.vintage
where kept.vintage is null
union all
{% endfor %}
select 'national_account', 'two vintages of ' || reference_year
from {{ ref('national_account_latest') }} as latest
inner join {{ ref('dim_source') }} as sources on latest.source_key = sources.source_key
group by sources.sender, country_key, reference_year
having count(distinct latest.vintage) > 1
union all
select 'migrant_stock', 'two vintages of ' || reference_year
from {{ ref('migrant_stock_latest') }} as latest
inner join {{ ref('dim_source') }} as sources on latest.source_key = sources.source_key
group by sources.sender, reference_year
having count(distinct latest.vintage) > 1
union all
select 'remittance_flow', 'two vintages of ' || quarter_starts_on
from {{ ref('remittance_flow_latest') }} as latest
inner join {{ ref('dim_source') }} as sources on latest.source_key = sources.source_key
group by sources.sender, quarter_starts_on
having count(distinct latest.vintage) > 1
{% for record in ['refugee_stock', 'asylum_application'] %}
union all
select '{{ record }}', 'two vintages of ' || reference_year
from {{ ref(record ~ '_latest') }} as latest
inner join {{ ref('dim_source') }} as sources on latest.source_key = sources.source_key
group by sources.sender, reference_year
having count(distinct latest.vintage) > 1
{% endfor %}
