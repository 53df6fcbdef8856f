"""How the database knows what has changed, and what has left somebody's sight: triggers, since it must be of the
transaction that changes it, whoever that is. A change of these is a revision of its own, with texts of its own.
"""

from collections.abc import Iterator

NOTE_CHANGE = """
begin
    new.changed_xid := pg_current_xact_id()::text::bigint;
    return new;
end"""

NOTE_DEPARTURE = """
declare
    seen jsonb;
begin
    select coalesce(jsonb_object_agg(key, value), '{}') into seen from jsonb_each(to_jsonb(old)) where key = any(tg_argv);
    insert into departure (noun, aggregate_id, seen_by) values (tg_table_name, old.id, seen);
    delete from departure where id = any(array(
        select id from departure where left_at < now() - interval '40 days'
        order by id limit 100 for update skip locked));
    return null;
end"""
"""`seen_by`: what of the old row decides who saw it."""

NOTE_MERGE = """
begin
    update report set duplicate_of = duplicate_of where id = new.duplicate_of;
    return null;
end"""
"""并案: the master is news to whoever reported what was merged into it, who sees it from now on."""

MERGED = """
    create trigger note_merge after update of duplicate_of on report for each row
    when (new.duplicate_of is distinct from old.duplicate_of) execute function note_merge()"""

FUNCTIONS = [
    f"create function {name}() returns trigger language plpgsql as $$ {body} $$"
    for name, body in (("note_change", NOTE_CHANGE), ("note_departure", NOTE_DEPARTURE))
]


def watched(table: str, *keys: str, lists: tuple[str, ...] = ()) -> Iterator[str]:
    """The triggers of a table whose rows are seen by what stands in `keys`, or is listed in `lists`."""
    lost = [f"(old.{key} is not null and new.{key} is distinct from old.{key})" for key in keys]
    lost += [f"not new.{key} @> old.{key}" for key in lists]
    told = ", ".join(f"'{key}'" for key in (*keys, *lists))
    yield (
        f"create trigger note_change before update on {table} "
        "for each row execute function note_change()"
    )
    leaving = f"for each row execute function note_departure({told})"
    yield f"create trigger note_deletion after delete on {table} {leaving}"
    if lost:
        when = f"when ({' or '.join(lost)})"
        yield f"create trigger note_departure after update on {table} {leaving}".replace(
            "for each row", f"for each row {when}"
        )
