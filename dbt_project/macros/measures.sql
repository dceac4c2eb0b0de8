{# Complete years at the event from a birth date; from a birth year alone, the age reached in that year. #}
{% macro age_in_years(birth_date, birth_year, event_date) -%}
    case
        when {{ birth_date }} is not null then date_sub('year', {{ birth_date }}, {{ event_date }})
        else year({{ event_date }}) - {{ birth_year }}
    end
{%- endmacro %}

{% macro five_year_age_group(age) -%}
    case
        when {{ age }} is null or {{ age }} < 0 then '_U'
        when {{ age }} >= 100 then 'Y_GE100'
        else 'Y' || ({{ age }} // 5 * 5) || 'T' || ({{ age }} // 5 * 5 + 4)
    end
{%- endmacro %}

{# Conversion at the rate of the transaction's date. An amount already in the wanted currency needs no rate. #}
{% macro converted(amount, currency, into, rate) -%}
    cast(round(case when {{ currency }} = '{{ into }}' then {{ amount }} else {{ amount }} * {{ rate }} end, 2)
        as decimal(18, 2))
{%- endmacro %}

{% macro share_of_rows(condition) -%}
    round(count(*) filter (where {{ condition }}) / nullif(count(*), 0), 6)
{%- endmacro %}

{# Keys are derived from codes, so no dimension is needed to tell who is female. #}
{% macro female_share(sex_key='facts.sex_key') -%}
    {{ share_of_rows(sex_key ~ ' = ' ~ surrogate_key(["'female'"])) }}
{%- endmacro %}

{# Twelve calendar months change residence; a year from 29 February ends on the 28th. The two days are the spell's
   own where both ends were seen; else the ones between which it lies, which tell its class only if they are near. #}
{% macro duration_class(earliest_on, latest_on, spell_status) -%}
    case
        when {{ spell_status }} = 'open' then 'open'
        when {{ latest_on }} < {{ earliest_on }} + interval 3 months then 'lt_3m'
        when {{ spell_status }} <> 'matched' then 'unknown'
        when {{ latest_on }} >= {{ earliest_on }} + interval 12 months then 'ge_12m'
        else 'm3_to_12'
    end
{%- endmacro %}

{# Sources write their releases in many ways; the newest is the latest date among them, text last. #}
{% macro vintage_date(vintage) -%}
    coalesce(
        cast(try_strptime({{ vintage }}, ['%Y-%m-%d', '%Y_%m_%d', '%m/%d/%Y', '%B %Y', '%b%Y', '%b %Y', '%Y-%m', '%Y'])
            as date),
        try_cast(regexp_extract({{ vintage }}, '\d{4}') || '-01-01' as date),
        date '1900-01-01'
    )
{%- endmacro %}
