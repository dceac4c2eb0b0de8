-- Detects a member that is in more than one delivery: a contract or permit that is counted twice.
-- Likely cause: a month sent again under another month's name, a permit reported by two senders or as two kinds, or an event
-- that moved to another month.
-- A row is one member with the files it is in.
{% test delivered_once(model, column_name) %}
{{ config(severity='warn') }}
select facts.{{ column_name }}, string_agg(distinct submissions.extract || ' ' || submissions.period, ', ') as deliveries
from {{ model }} as facts
inner join {{ ref('dim_submission') }} as submissions on facts.submission_key = submissions.submission_key
group by facts.{{ column_name }}
having count(*) > 1
{% endtest %}
