{{ config(
    materialized='incremental',
    incremental_strategy='replace_persons',
    on_schema_change='fail',
    meta={'load_units_of': 'border_crossing'},
) }}

with

load_units as (
    select load_key from {{ ref('int_load_units') }} where record = 'border_crossing'
),

crossings as (
    select person_key, _load_key from {{ ref('fct_border_crossing') }}
),

-- persons with a crossing in a load unit that is new, or that is gone
events as (
    select * from {{ ref('int_crossing_directed') }}
    {% if is_incremental() %}
    where person_key in (
        select person_key from crossings
        where _load_key not in (
            select _opening_load_key from {{ this }} where _opening_load_key is not null
            union all
            select _closing_load_key from {{ this }} where _closing_load_key is not null
        )
        union all
        select person_key from {{ this }}
        where _opening_load_key not in (select load_key from load_units)
            or _closing_load_key not in (select load_key from load_units)
    )
    {% endif %}
),

sequenced as (
    select
        *,
        coalesce(lag(is_opening) over person_history, false) as follows_opening,
        lead(is_opening) over person_history as next_is_opening,
        lead(struct_pack(
            border_crossing_key, crossed_at, point_of_entry_key, counterpart_country_key, _load_key
        )) over person_history as next_event
    from events
    window person_history as (partition by person_key order by crossed_at, is_opening desc, border_crossing_key)
),

-- an opening takes the closing that follows it; a closing left over has lost its beginning
spells as (
    select
        *,
        case
            when not is_opening then 'start_missing'
            when next_event is null then 'open'
            when next_is_opening then 'end_missing'
            else 'matched'
        end as spell_status
    from sequenced
    where is_opening or not follows_opening
),

timed as (
    select
        *,
        if(is_opening, crossed_at, null) as opened_at,
        case spell_status when 'matched' then next_event.crossed_at
            when 'start_missing' then crossed_at end as closed_at,
        cast(opened_at as date) as opened_on,
        cast(closed_at as date) as closed_on
    from spells
),

final as (
    select
        {{ surrogate_key(['border_crossing_key']) }} as stay_key,
        person_key,
        {{ date_key('opened_on') }} as opening_date_key,
        {{ date_key('closed_on') }} as closing_date_key,
        if(is_opening, border_crossing_key, null) as opening_crossing_key,
        case spell_status when 'matched' then next_event.border_crossing_key
            when 'start_missing' then border_crossing_key end as closing_crossing_key,
        if(is_opening, point_of_entry_key, -1) as opening_point_of_entry_key,
        case spell_status when 'matched' then next_event.point_of_entry_key
            when 'start_missing' then point_of_entry_key else -1 end as closing_point_of_entry_key,
        case when counterpart_country_key = -1 and spell_status = 'matched'
            then next_event.counterpart_country_key else counterpart_country_key end as counterpart_country_key,
        nationality_key,
        sex_key,
        age_group_key,
        source_key,
        submission_key,

        stay_kind_code,
        spell_status,
        {{ duration_class('opened_on', 'closed_on', 'spell_status') }} as duration_class,
        opened_at,
        closed_at,
        'spell' as measure_type,
        'reported' as estimation_method,

        if(spell_status = 'matched', date_diff('day', opened_on, closed_on), null) as duration_days,

        if(is_opening, _load_key, null) as _opening_load_key,
        case spell_status when 'matched' then next_event._load_key
            when 'start_missing' then _load_key end as _closing_load_key,
        _load_key,
        _row
    from timed
)

select * from final
order by coalesce(opened_at, closed_at), stay_key
