{{ config(materialized='view') }}

with

{{ crossings_directed(ref('fct_border_crossing')) }}
