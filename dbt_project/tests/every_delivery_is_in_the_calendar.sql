-- Detects landed files of a regular extract that stand in no turn of the calendar: the sender's completeness would be wrong.
-- Likely cause: a period that the cadence does not count to, or a contract whose cadence changed.
-- A row is one extract with its landed rows here and there.
{{ config(meta={'dagster': {'ref': {'name': 'qa_delivery_calendar'}}}) }}

with

landed as (
    select submissions.extract, sum(submissions.rows_accepted) as rows_accepted
    from {{ ref('stg_submission') }} as submissions
    inner join {{ ref('stg_extract') }} as extracts on submissions.extract = extracts.extract
    where submissions.status = 'landed' and extracts.is_current and extracts.cadence <> 'irregular'
    group by submissions.extract
),

counted as (
    select extract, sum(rows_accepted) as rows_accepted
    from {{ ref('qa_delivery_calendar') }}
    group by extract
)

select landed.extract, landed.rows_accepted, counted.rows_accepted as rows_in_calendar
from landed
left join counted on landed.extract = counted.extract
where landed.rows_accepted is distinct from counted.rows_accepted
