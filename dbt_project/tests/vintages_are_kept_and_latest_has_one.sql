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
{% for record, columns in {
    'national_account': ['country_key', 'reference_year'],
    'migrant_stock': ['reference_year'],
    'remittance_flow': ['quarter_starts_on'],
    'refugee_stock': ['reference_year'],
    'asylum_application': ['reference_year'],
}.items() %}
select '{{ record }}', 'two vintages of ' || {{ columns | last }}
from {{ ref(record ~ '_latest') }} as latest
inner join {{ ref('dim_source') }} as sources on latest.source_key = sources.source_key
group by sources.sender, {{ columns | join(', ') }}
having count(distinct latest.vintage) > 1
{{ 'union all' if not loop.last }}
{% endfor %}
