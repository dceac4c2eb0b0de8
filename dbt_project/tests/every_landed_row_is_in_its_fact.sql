-- Detects landed rows that are missing from their fact, or fact rows no landed file has.
-- Likely cause: an inner join in a fact, a load unit that did not load, or a file in raw that no submission registers.
-- A row is one landing whose layers differ in their number of rows.
{{ config(meta={'dagster': {'ref': {'name': 'qa_row_lineage'}}}) }}

select *
from {{ ref('qa_row_lineage') }}
where rows_landed <> rows_staged
    or rows_landed <> rows_in_fact
    or rows_landed <> rows_accepted
