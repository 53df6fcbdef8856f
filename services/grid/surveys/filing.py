"""How the database files what an issue and a return bring, and forgets where it came from: triggers, since it must be
of their transaction. A change of these is a revision of its own, with texts of its own.
"""

FILE_TOKENS = """
begin
    insert into survey_household (survey_id, household)
        select new.survey_id, told::uuid from jsonb_array_elements_text(new.households) told
        order by told;
    insert into survey_token (digest, survey_id, township)
        select told, new.survey_id, left(new.area_code, 9)
        from jsonb_array_elements_text(new.digests) told order by told;
    new.households := '[]';
    new.digests := '[]';
    return new;
end"""
"""Each in its own order: which household got which token is nowhere written."""

FILE_ANSWERS = """
declare
    somewhere constant uuid := gen_random_uuid();
    near uuid[];
begin
    near := array(
        (select id from survey_answer where survey_id = new.survey_id and id >= somewhere
         order by id limit 20)
        union all
        (select id from survey_answer where survey_id = new.survey_id and id < somewhere
         order by id desc limit 20));
    with others as (
        delete from survey_answer where survey_id = new.survey_id and id = any(array(
            select id from survey_answer where survey_id = new.survey_id and id = any(near)
            for update skip locked))
        returning township, version, channel, age_band, sex, feeling, aware, took_part, flaw
    ), come as (
        select * from jsonb_to_recordset(new.sheets) as sheet (township text, version int, channel text,
            age_band text, sex text, feeling text, aware jsonb, took_part jsonb, flaw text)
    )
    insert into survey_answer (survey_id, id, township, version, channel, age_band, sex, feeling,
        aware, took_part, flaw)
    select new.survey_id, gen_random_uuid(), mixed.*
    from (select * from others union all select * from come) mixed order by random();
    delete from survey_token where digest = any(
        array(select jsonb_array_elements_text(new.spent)));
    new.spent := '[]';
    new.sheets := '[]';
    return new;
end"""
"""A transaction tells which rows were written together, and the place of a row in its table in which order. So twenty
to forty answers of before, found at random, are written anew with those that come, in random order, under new ids."""

FILING = [
    statement
    for table, body in (("survey_issue", FILE_TOKENS), ("survey_return", FILE_ANSWERS))
    for statement in (
        f"create function file_{table}() returns trigger language plpgsql as $$ {body} $$",
        f"create trigger file_{table} before insert on {table} "
        f"for each row execute function file_{table}()",
    )
]
