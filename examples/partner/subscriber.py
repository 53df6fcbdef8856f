"""Keeps a replica of what is granted to an agency, over HTTP, in one SQLite file. Needs nothing but Python.

Killed at any moment it goes on where it was: what it has read and the cursor behind it are one transaction.
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterable
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

URL, KEY = os.environ["JINDING_URL"], os.environ["JINDING_KEY"]
SNAPSHOTS = os.environ.get("JINDING_SNAPSHOTS", "jinding.grid.report.snapshot.v1").split(",")
TABLES = """
create table if not exists place (one integer primary key check (one = 1), cursor text not null);
create table if not exists event (id text primary key, subject text, version integer, type text, data text);
create table if not exists aggregate (id text primary key, epoch integer, version integer, type text, data text);
create table if not exists epoch (source text primary key, epoch integer not null);
"""


class Gap(Exception):
    """Events are missing: a new snapshot tells what is true."""


def get(path: str, **query: Any) -> tuple[list[dict[str, Any]], Any]:
    bearer = {"Authorization": f"Bearer {KEY}"}
    asked = Request(f"{URL}{path}?{urlencode(query)}", headers=bearer)  # noqa: S310
    with urlopen(asked, timeout=60) as answer:  # noqa: S310
        return json.load(answer), answer.headers


def restored(db: sqlite3.Connection, told: Iterable[tuple[str, int]]) -> bool:
    """Whether the epoch of a service rose. It came back from a backup then, and what it told after that never was:
    only a new snapshot does without it. `told`: sources of events, and their epochs."""
    rose = False
    for source, epoch in set(told):
        [(known,)] = db.execute(
            "select coalesce(max(epoch), 1) from epoch where source = ?", [source]
        )
        rose = rose or epoch > known
        db.execute("insert or replace into epoch values (?, ?)", [source, max(epoch, known)])
    return rose


def is_older(db: sqlite3.Connection, source: str, epoch: int) -> bool:
    """Whether the service has begun a newer epoch: the snapshot told what of this one is true."""
    found = db.execute("select 1 from epoch where source = ? and epoch > ?", [source, epoch])
    return found.fetchone() is not None


def apply(db: sqlite3.Connection, event: dict[str, Any]) -> None:
    """Keep an event, unless it came before; `Gap` unless it is its aggregate's next one."""
    id_, at = event["subject"], (event["epoch"], event["aggregateversion"])
    found = db.execute("select epoch, version from aggregate where id = ?", [id_]).fetchone()
    epoch, version = found or (event["epoch"], 0)
    if at <= (epoch, version) or is_older(db, event["source"], event["epoch"]):
        return
    if at != (epoch, version + 1):
        raise Gap(id_)
    facts = event["type"], json.dumps(event["data"], ensure_ascii=False)
    db.execute(
        "insert or ignore into event values (?, ?, ?, ?, ?)", [event["id"], id_, at[1], *facts]
    )
    db.execute("insert or replace into aggregate values (?, ?, ?, ?, ?)", [id_, *at, *facts])


def begin(db: sqlite3.Connection) -> bool:
    """Everything anew. The cursor is taken first: what changes while the pages are read comes behind it. Whether the
    snapshot is of the newest epochs known: Kafka tells of one sooner than the gateway."""
    is_new = True
    cursor = get("/v1/events", after="latest")[1]["Jinding-Cursor"]
    db.execute("delete from aggregate")
    for type_ in SNAPSHOTS:
        more: dict[str, Any] = {}
        while True:
            page, headers = get("/v1/events/snapshot", type=type_, limit=1000, **more)
            rows = [
                (e["subject"], e["epoch"], e["aggregateversion"], type_, json.dumps(e["data"]))
                for e in page
            ]
            told = [(e["source"], e["epoch"]) for e in page]
            restored(db, told)
            is_new = is_new and not any(is_older(db, *each) for each in set(told))
            db.executemany("insert into aggregate values (?, ?, ?, ?, ?)", rows)
            if "Link" not in headers:
                break
            more = {"after": page[-1]["subject"]}
    db.execute("delete from event where subject not in (select id from aggregate)")
    db.execute("insert or replace into place values (1, ?)", [cursor])
    return is_new


def follow(db: sqlite3.Connection) -> None:
    """One page of the feed, waiting for it."""
    [cursor] = db.execute("select cursor from place").fetchone()
    page, headers = get("/v1/events", after=cursor, limit=1000, wait=30)
    if restored(db, ((event["source"], event["epoch"]) for event in page)):
        begin(db)
        return
    for event in page:
        apply(db, event)
    db.execute("update place set cursor = ?", [headers["Jinding-Cursor"]])


def main() -> None:
    db = sqlite3.connect(os.environ.get("JINDING_FILE", "replica.sqlite"))
    db.executescript(TABLES)
    anew = db.execute("select 1 from place").fetchone() is None
    while True:
        try:
            with db:  # commits, or rolls back
                (begin if anew else follow)(db)
            anew = False
        except Gap:
            anew = True
        except HTTPError as error:
            if error.code not in (409, 429, 503):
                raise
            anew = anew or error.code == 409
            time.sleep(int(error.headers.get("Retry-After", 1)))
        except OSError:
            time.sleep(1)


if __name__ == "__main__":
    main()
