"""The grid's figures counted by SQL in its own database: parameters are an area and the first and last day."""


def on(instant: str) -> str:
    return f"(({instant}) at time zone 'Asia/Shanghai')::date"


OVER = "least($3, (now() at time zone 'Asia/Shanghai')::date - 1)"
"""What is due counts once its day is over."""
GRID = f"""
with r as (
    select *, {on("resolve_due_at - interval '1 microsecond'")} as due_on from report
    where starts_with(area_code, $1) and cancel_reason is distinct from 'DUPLICATE'
      and cancel_reason is distinct from 'INVALID'
), p as (
    select * from patrol where starts_with(area_code, $1) and status = 'FINISHED'
      and {on("started_at")} between $2 and $3
), d as (
    select * from demolition where starts_with(area_code, $1) and status <> 'VOIDED'
      and demolished_on between $2 and $3
), s as (
    select id from survey where closed_on between $2 and $3
), a as (
    select count(*) filter (where feeling <> 'DONT_KNOW') as sure,
        count(*) filter (where feeling in ('SAFE', 'BASICALLY_SAFE')) as safe,
        count(*) filter (where feeling = 'SAFE') as strictly_safe,
        count(*) filter (where aware <> '[]') as aware,
        count(*) filter (where took_part <> '[]') as took_part,
        count(*) as valid
    from survey_answer join s on s.id = survey_id where flaw is null and starts_with(township, $1)
), e as (
    select *, {on("closed_at")} - {on("submitted_at")} as days,
        {on("promised_by - interval '1 microsecond'")} as promised_on,
        outcome in ('OBTAINED', 'DIFFICULTY_RESOLVED') as is_solved
    from errand where starts_with(area_code, $1)
), solved as (
    select * from e where is_solved and {on("closed_at")} between $2 and $3
), promised as (
    select * from e where promised_on between $2 and {OVER} and status not in ('WITHDRAWN', 'IMPOSSIBLE')
), t as (
    select *, {on("due_at - interval '1 microsecond'")} as due_on from task_item
    where starts_with(area_code, $1)
), m as (
    select * from material_entry where starts_with(area_code, $1) and entry_kind = 'DISTRIBUTION'
      and {on("occurred_at")} between $2 and $3
), v as (
    select * from household_visit where starts_with(area_code, $1) and status = 'RECORDED'
      and {on("visited_at")} between $2 and $3
), owed as (
    select * from visit_task where starts_with(area_code, $1)
      and {on("due_at")} between $2 and {OVER}
), w as (
    select starts_on, line.* from duty_week, jsonb_to_recordset(lines) line
        (area_code text, due int, done int, members int, active int, active_daily jsonb)
    where starts_with(line.area_code, $1)
), o as (
    select * from w where starts_on + 6 between $2 and {OVER}
)
select count(*) filter (where {on("reported_at")} between $2 and $3) as reports_filed,
    count(*) filter (where {on("reported_at")} between $2 and $3
                     and finder = 'RED_MEMBER' and (not sensitive or told_with_all)) as reports_filed_by_red_member,
    (select count(*) from report where starts_with(area_code, $1) and {on("reported_at")} between $2 and $3
     and (credited or coalesce(cancel_reason, '') not in ('DUPLICATE', 'INVALID')))
        as reporters_credited,
    count(*) filter (where {on("accepted_at")} between $2 and $3) as reports_accepted,
    count(*) filter (where {on("closed_at")} between $2 and $3) as reports_closed,
    count(*) filter (where due_on between $2 and {OVER} and cancelled_at is null
                     and status <> 'SUSPENDED' and closed_at <= resolve_due_at
                     and resolve_overdue_at is null) as on_time_closing_rate_numerator,
    count(*) filter (where due_on between $2 and {OVER} and cancelled_at is null and status <> 'SUSPENDED')
        as on_time_closing_rate_denominator,
    count(*) filter (where {on("closed_at")} between $2 and $3 and close_kind = 'SELF')
        as self_handling_rate_numerator,
    count(*) filter (where {on("closed_at")} between $2 and $3) as self_handling_rate_denominator,
    count(*) filter (where {on("accepted_at")} between $2 and $3 and escalations > 0)
        as escalation_rate_numerator,
    count(*) filter (where {on("accepted_at")} between $2 and $3) as escalation_rate_denominator,
    count(*) filter (where {on("verified_at")} between $2 and $3 and rework_count > 0)
        as rework_rate_numerator,
    count(*) filter (where {on("verified_at")} between $2 and $3) as rework_rate_denominator,
    count(*) filter (where {on("evaluated_at")} between $2 and $3 and satisfied)
        as satisfaction_rate_numerator,
    count(*) filter (where {on("evaluated_at")} between $2 and $3) as satisfaction_rate_denominator,
    count(*) filter (where due_on between $2 and {OVER} and cancelled_at is null and status <> 'SUSPENDED'
                     and requests @> '[{{"kind": "EXTENSION", "state": "GRANTED"}}]')
        as extension_rate_numerator,
    count(*) filter (where due_on between $2 and {OVER} and cancelled_at is null and status <> 'SUSPENDED')
        as extension_rate_denominator,
    (select coalesce(sum(jsonb_array_length(participants)), 0) from p) as patrol_person_times,
    (select count(distinct area_code) from p where length(area_code) = 15 and suspicions = '[]'
     and coalesce(start_position, end_position) is not null) as grids_patrolled,
    (select coalesce(sum(area_m2) filter (where status = 'CONFIRMED'), 0)::float from d) as demolished_m2,
    (select coalesce(sum(area_m2) filter (where status = 'RECORDED'), 0)::float from d)
        as demolished_unconfirmed_m2,
    (select count(*) filter (where status = 'CONFIRMED') from d) as demolitions_confirmed,
    (select coalesce(sum(quantity), 0) from m where item_kind = 'LEAFLET') as leaflets_distributed,
    (select coalesce(sum(quantity), 0) from m where item_kind = 'PROMO') as promo_items_distributed,
    (select coalesce(sum(quantity), 0) from m where item_kind = 'QUESTIONNAIRE')
        as questionnaires_distributed,
    (select count(*) from e where {on("submitted_at")} between $2 and $3) as errands_submitted,
    (select count(*) from solved) as help_solved,
    (select percentile_cont(0.5) within group (order by days) from solved) as errand_days,
    (select count(*) from solved where resident_trips = 0) as zero_trip_share_numerator,
    (select count(*) from solved) as zero_trip_share_denominator,
    (select count(*) from promised where coalesce(delivered_at, closed_at) <= promised_by)
        as promises_kept_rate_numerator,
    (select count(*) from promised) as promises_kept_rate_denominator,
    (select count(*) from t where {on("given_at")} between $2 and $3) as tasks_given,
    (select count(*) from t where due_on between $2 and {OVER} and status = 'ACCEPTED')
        as task_completion_rate_numerator,
    (select count(*) from t where due_on between $2 and {OVER}) as task_completion_rate_denominator,
    (select coalesce(sum(questionnaires), 0) from survey_return where starts_with(area_code, $1)
     and {on("occurred_at")} between $2 and $3) as questionnaires_returned,
    (select safe from a) as survey_safety_rate_numerator,
    (select sure from a) as survey_safety_rate_denominator,
    (select strictly_safe from a) as survey_strict_safety_rate_numerator,
    (select sure from a) as survey_strict_safety_rate_denominator,
    (select aware from a) as survey_awareness_rate_numerator,
    (select valid from a) as survey_awareness_rate_denominator,
    (select took_part from a) as survey_participation_rate_numerator,
    (select valid from a) as survey_participation_rate_denominator,
    (select valid from a) as survey_return_rate_numerator,
    (select coalesce(sum(questionnaires), 0) from survey_issue i join s on s.id = i.survey_id
     where starts_with(left(i.area_code, 9), $1)) as survey_return_rate_denominator,
    (select count(*) from v) as household_visits,
    (select count(*) from v where late_entry) as household_visits_late,
    (select coalesce(sum(done), 0) from o) as weekly_visit_rate_numerator,
    (select coalesce(sum(due), 0) from o) as weekly_visit_rate_denominator,
    (select coalesce(sum(active), 0) from o) as member_activity_rate_numerator,
    (select coalesce(sum(members), 0) from o) as member_activity_rate_denominator,
    (select coalesce(sum(n::int), 0) from w, jsonb_array_elements_text(active_daily)
     with ordinality as d(n, place) where starts_on + place::int - 1 between $2 and $3)
        as members_active_daily,
    (select count(*) from owed where closed_at <= due_at) as visit_task_rate_numerator,
    (select count(*) from owed) as visit_task_rate_denominator
from r"""

STOCKS = f"""
with g as (
    select * from grid_member where starts_with(area_code, $1) and starts_on <= $2
      and (ends_on is null or ends_on > $2)
)
select (select count(*) from g) as members_in_service,
    (select count(*) from g where is_party_member) as party_members,
    (select count(*) from household_link where starts_with(area_code, $1) and is_primary
     and since_on <= $2 and (until_on is null or until_on > $2)) as households_linked,
    (select count(*) from report, jsonb_to_recordset(suspensions)
         as s(started_at timestamptz, ended_at timestamptz)
     where starts_with(area_code, $1) and coalesce(cancel_reason, '') not in ('DUPLICATE', 'INVALID')
       and {on("s.started_at")} <= $2 and (s.ended_at is null or {on("s.ended_at")} > $2))
        as reports_suspended"""
"""Of the end of one day."""
