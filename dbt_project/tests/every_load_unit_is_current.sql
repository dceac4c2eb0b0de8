-- Detects fact rows of a load unit that is no longer current: an incremental night that differs from a full refresh.
-- Likely cause: the delete of replace_load_units did not run, or the exchange rates changed after the fact was built.
-- A row is one fact and stale load unit.
{{ config(meta={'dagster': {'ref': {'name': 'int_load_units'}}}) }}

{% for fact in records_loaded_by_unit() %}
select '{{ fact }}' as record, _load_key, count(*) as rows
from {{ ref(fact_of(fact)) }}
where _load_key not in (select load_key from {{ ref('int_load_units') }} where record = '{{ fact }}')
group by all
union all
{% endfor %}
select 'stay', _load_key, count(*)
from {{ ref('fct_stay') }}
where _load_key not in (select load_key from {{ ref('int_load_units') }} where record = 'border_crossing')
group by all
