"""How the database keeps who holds which link: triggers, since a handover changes the links of many households by one
row of its own, and whoever links a household changes one household. A change of these is a revision of its own, with
texts of its own.
"""

FILE_TIES = """
begin
    update household_link l set until_on = t.until_on
    from jsonb_to_recordset(new.ties) t(id uuid, until_on date)
    where l.tie_id = t.id and l.until_on is null and t.until_on is not null;
    insert into household_link (id, tie_id, household_id, member_id, area_code, is_primary, since_on, until_on,
        created_at)
    select t.id, t.id, new.id, t.member_id, new.area_code, t.is_primary, t.since_on, t.until_on,
        new.updated_at
    from jsonb_to_recordset(new.ties)
        t(id uuid, member_id uuid, is_primary boolean, since_on date, until_on date)
    where not exists (select from household_link l where l.tie_id = t.id)
    order by t.since_on;
    return null;
end"""
"""What is new among the ties of a household begins, what is ended among them ends, whoever holds it by now."""

FILE_HANDOVER = """
begin
    with ended as (
        update household_link set until_on = new.handed_on
        where member_id = new.from_member and until_on is null
        returning tie_id, household_id, area_code, is_primary
    )
    insert into household_link (id, tie_id, household_id, member_id, area_code, is_primary, since_on,
        created_at)
    select gen_random_uuid(), tie_id, household_id, new.to_member, area_code, is_primary, new.handed_on,
        new.updated_at
    from ended;
    return null;
end"""
"""The links of one end on the day on which those of the other begin. Until revision 0020: of handovers that are
written together the later one could come first."""
FILE_HANDOVERS = """
declare handover record;
begin
    for handover in select * from handed order by turn loop
        with ended as (
            update household_link set until_on = handover.handed_on
            where member_id = handover.from_member and until_on is null
            returning tie_id, household_id, area_code, is_primary
        )
        insert into household_link (id, tie_id, household_id, member_id, area_code, is_primary, since_on,
            created_at)
        select gen_random_uuid(), tie_id, household_id, handover.to_member, area_code, is_primary,
            handover.handed_on, handover.updated_at
        from ended;
    end loop;
    return null;
end"""
"""The same, in the order in which they were decided: who hands on what was just received hands on all of it."""

FILE_MOVE = """
declare moved_on date := (new.stays -> -1 ->> 'until_on')::date;
begin
    with ended as (
        update household_link set until_on = greatest(moved_on, since_on)
        where household_id = new.id and until_on is null
        returning tie_id, member_id, is_primary, until_on
    )
    insert into household_link (id, tie_id, household_id, member_id, area_code, is_primary, since_on,
        created_at)
    select gen_random_uuid(), tie_id, new.id, member_id, new.area_code, is_primary, until_on, new.updated_at
    from ended;
    return null;
end"""
"""A household that moves takes its links along: those of the old grid end, those of the new one begin."""

FILING = [
    f"create function file_ties() returns trigger language plpgsql as $$ {FILE_TIES} $$",
    "create trigger file_first_ties after insert on household "
    "for each row when (new.ties <> '[]') execute function file_ties()",
    "create trigger file_ties after update on household "
    "for each row when (new.ties <> old.ties) execute function file_ties()",
    f"create function file_handover() returns trigger language plpgsql as $$ {FILE_HANDOVER} $$",
    "create trigger file_handover after insert on link_handover "
    "for each row execute function file_handover()",
]
IN_ORDER = [
    "drop trigger file_handover on link_handover",
    f"create or replace function file_handover() returns trigger language plpgsql as $$ {FILE_HANDOVERS} $$",
    "create trigger file_handover after insert on link_handover referencing new table as handed "
    "for each statement execute function file_handover()",
]
MOVING = [
    f"create function file_move() returns trigger language plpgsql as $$ {FILE_MOVE} $$",
    "create trigger file_move after update of area_code on household "
    "for each row when (new.area_code <> old.area_code) execute function file_move()",
]

FILE_HOUSEHOLD = """
declare
    told int := coalesce(jsonb_array_length(old.stays), 0);
    move record;
begin
    for move in
        select (stay ->> 'until_on')::date as on_day,
            coalesce(new.stays -> turn::int ->> 'area_code', new.area_code) as area_code
        from jsonb_array_elements(new.stays) with ordinality as s(stay, turn) where turn > told order by turn
    loop
        with ended as (
            update household_link l set until_on = greatest(move.on_day, since_on)
            where household_id = new.id and until_on is null and not exists (
                select from jsonb_to_recordset(new.ties) t(id uuid, until_on date)
                where t.id = l.tie_id and t.until_on <= move.on_day)
            returning tie_id, member_id, is_primary, until_on
        )
        insert into household_link (id, tie_id, household_id, member_id, area_code, is_primary, since_on, created_at)
        select gen_random_uuid(), tie_id, new.id, member_id, move.area_code, is_primary, until_on, new.updated_at
        from ended;
    end loop;
    update household_link l set until_on = t.until_on
    from jsonb_to_recordset(new.ties) t(id uuid, until_on date)
    where l.tie_id = t.id and l.until_on is null and t.until_on is not null;
    insert into household_link (id, tie_id, household_id, member_id, area_code, is_primary, since_on, until_on,
        created_at)
    select case row_number() over (partition by t.id order by a.from_day) when 1 then t.id else gen_random_uuid() end,
        t.id, new.id, t.member_id, a.area_code, t.is_primary, greatest(t.since_on, a.from_day),
        least(t.until_on, a.next_day), new.updated_at
    from jsonb_to_recordset(new.ties) t(id uuid, member_id uuid, is_primary boolean, since_on date, until_on date)
    join (
        select stay ->> 'area_code' as area_code, (stay ->> 'until_on')::date as next_day,
            coalesce(lag((stay ->> 'until_on')::date) over (order by turn), '-infinity') as from_day
        from jsonb_array_elements(new.stays || jsonb_build_array(jsonb_build_object('area_code', new.area_code)))
            with ordinality as s(stay, turn)
    ) a on greatest(t.since_on, a.from_day) < coalesce(least(t.until_on, a.next_day), 'infinity')
        or t.since_on = t.until_on and a.next_day is null
    where not exists (select from household_link l where l.tie_id = t.id)
    order by 7;
    return null;
end"""
"""What has come of a household since its row was last written, in order: with each move the links that are open go on in
the next grid, then those end that are told to, then new ones begin, in the grids in which it was meanwhile. `file_ties`
and `file_move` did each a part: of a link and a move that are written together the one did not know of the other."""

AT_ONCE = [
    f"create function file_household() returns trigger language plpgsql as $$ {FILE_HOUSEHOLD} $$",
    *(
        f"drop trigger {name} on household"
        for name in ("file_first_ties", "file_ties", "file_move")
    ),
    "drop function file_ties",
    "drop function file_move",
    "create trigger file_new_household after insert on household "
    "for each row when (new.ties <> '[]') execute function file_household()",
    "create trigger file_household after update on household "
    "for each row when (new.ties <> old.ties or new.stays <> old.stays) execute function file_household()",
]
