-- Detects a deployment permit in more than one delivery: a contract that may be counted twice.
-- Likely cause: the ministry and an agency report the same worker, or a departure moved to another month.
-- A row is one permit with the files it is in.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_labour_deployment'}}}) }}

select facts.permit_key, string_agg(distinct submissions.extract || ' ' || submissions.period, ', ') as deliveries
from {{ ref('fct_labour_deployment') }} as facts
inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
group by facts.permit_key
having count(*) > 1
