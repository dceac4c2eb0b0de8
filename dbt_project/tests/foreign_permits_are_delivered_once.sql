-- Detects a permit of a foreigner in more than one delivery: a permit that is counted twice.
-- Likely cause: a month sent again under another month's name, or a permit reported as work and as residence permit.
-- A row is one permit with the files it is in.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_foreign_permit'}}}) }}

select facts.permit_key, string_agg(distinct submissions.extract || ' ' || submissions.period, ', ') as deliveries
from {{ ref('fct_foreign_permit') }} as facts
inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
group by facts.permit_key
having count(*) > 1
