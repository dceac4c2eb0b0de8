-- Detects one of our values that differs from a published one by more than 10 per cent without a known reason.
-- Likely cause: a series read wrongly, a unit, a vintage, or a discrepancy nobody has written down yet.
-- A row is one comparison; discrepancies are disclosed, never a reason to hold the release.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'qa_reconciliation'}}}) }}

-- 10 per cent: synthetic extracts are calibrated to come nearer than that (2026-11)
select measure_code, basis, part, time_period, vintage, our_value, their_value, relative_difference
from {{ ref('qa_reconciliation') }}
where abs(relative_difference) > 0.1 and reason is null
