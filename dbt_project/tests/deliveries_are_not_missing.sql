-- Detects months, quarters and years that are due and not delivered: series have holes.
-- Likely cause: the sender is late, or the extract ended and its contract still says it is current.
-- A row is one extract and turn.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'qa_delivery_calendar'}}}) }}

select extract, period, due_on
from {{ ref('qa_delivery_calendar') }}
where status = 'missing'
