{{ config(materialized='view') }}

with

crossings as (
    select * from {{ ref('fct_border_crossing') }}
),

{{ crossings_directed('crossings') }}
