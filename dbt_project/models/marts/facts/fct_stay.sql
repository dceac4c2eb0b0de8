{{ config(
    materialized='incremental',
    incremental_strategy='replace_persons',
    on_schema_change='fail',
    meta={'load_units_of': 'border_crossing'},
) }}

-- depends_on: {{ ref('fct_border_crossing') }}, {{ ref('dim_country') }}, {{ ref('dim_point_of_entry') }}
with

load_units as (
    select load_key from {{ ref('int_load_units') }} where record = 'border_crossing'
),

{% if is_incremental() %}
-- persons with a crossing in a load unit that is new, or that is gone
touched as (
    select person_key from {{ ref('fct_border_crossing') }}
    where _load_key not in (
        select distinct _opening_load_key from {{ this }} where _opening_load_key is not null
        union
        select distinct _closing_load_key from {{ this }} where _closing_load_key is not null
    )
    union
    select person_key from {{ this }}
    where _opening_load_key not in (select load_key from load_units)
        or _closing_load_key not in (select load_key from load_units)
),

-- all crossings of these persons, not the new ones alone: a new crossing may end what began years ago
of_touched as materialized (
    select * from {{ ref('fct_border_crossing') }} where person_key in (select person_key from touched)
),

events as (
    with {{ crossings_directed('of_touched') }}
),
{% else %}
events as (
    select * from {{ ref('int_crossing_directed') }}
),
{% endif %}

-- the same way again within the hour is one crossing scanned twice: the first scan stands
scans as (
    select
        *,
        coalesce(
            lag(is_opening) over person_history = is_opening
            and crossed_at - lag(crossed_at) over person_history <= interval 1 hour,
            false
        ) as is_repeat
    from events
    window person_history as (partition by person_key order by crossed_at, is_opening desc, border_crossing_key)
),

-- repeats are kept apart, among themselves, so that no other scan has one of them beside it
sequenced as (
    select
        *,
        coalesce(lag(is_opening) over person_history, false) as follows_opening,
        lag(crossed_at) over person_history as crossed_at_before,
        lead(is_opening) over person_history as next_is_opening,
        lead(struct_pack(
            border_crossing_key, crossed_at, point_of_entry_key, counterpart_country_key, is_by_land, _load_key
        )) over person_history as next_event
    from scans
    window person_history as (
        partition by person_key, is_repeat order by crossed_at, is_opening desc, border_crossing_key
    )
),

-- an opening takes the closing that follows it; a closing left over has lost its beginning
spells as (
    select
        *,
        case
            when is_repeat then 'repeated'
            when not is_opening then 'start_missing'
            when next_event is null then 'open'
            when next_is_opening then 'end_missing'
            else 'matched'
        end as spell_status
    from sequenced
    where is_repeat or is_opening or not follows_opening
),

timed as (
    select
        *,
        if(is_opening, crossed_at, null) as opened_at,
        case when spell_status = 'matched' then next_event.crossed_at
            when not is_opening then crossed_at end as closed_at,
        cast(opened_at as date) as opened_on,
        cast(closed_at as date) as closed_on,
        -- the end that was not scanned lies between the crossing and the one beside it
        case spell_status
            when 'matched' then opened_on
            when 'end_missing' then opened_on
            when 'start_missing' then cast(crossed_at_before as date)
        end as earliest_on,
        case spell_status
            when 'matched' then closed_on
            when 'end_missing' then cast(next_event.crossed_at as date)
            when 'start_missing' then closed_on
        end as latest_on
    from spells
),

final as (
    select
        border_crossing_key as stay_key,
        person_key,
        {{ date_key('opened_on') }} as opening_date_key,
        {{ date_key('closed_on') }} as closing_date_key,
        if(is_opening, border_crossing_key, null) as opening_crossing_key,
        case when spell_status = 'matched' then next_event.border_crossing_key
            when not is_opening then border_crossing_key end as closing_crossing_key,
        if(is_opening, point_of_entry_key, -1) as opening_point_of_entry_key,
        case when spell_status = 'matched' then next_event.point_of_entry_key
            when not is_opening then point_of_entry_key else -1 end as closing_point_of_entry_key,
        case when counterpart_country_key = -1 and spell_status = 'matched'
            then next_event.counterpart_country_key else counterpart_country_key end as counterpart_country_key,
        nationality_key,
        sex_key,
        age_group_key,
        source_key,
        submission_key,

        stay_kind_code,
        spell_status,
        {{ duration_class('earliest_on', 'latest_on', 'spell_status') }} as duration_class,
        spell_status = 'matched' and latest_on - earliest_on <= 2 and is_by_land and next_event.is_by_land
            as is_border_trip,
        opened_at,
        closed_at,
        'spell' as measure_type,
        'reported' as estimation_method,

        if(spell_status = 'matched', date_diff('day', opened_on, closed_on), null) as duration_days,
        date_diff('day', earliest_on, latest_on) as longest_days,
        if(is_opening, intended_days, null) as intended_days,

        if(is_opening, _load_key, null) as _opening_load_key,
        case when spell_status = 'matched' then next_event._load_key
            when not is_opening then _load_key end as _closing_load_key,
        _load_key,
        _row
    from timed
)

select * from final
order by coalesce(opened_at, closed_at), stay_key
