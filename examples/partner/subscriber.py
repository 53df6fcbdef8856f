"""Keeps a replica of what is granted to an agency, over HTTP, in one SQLite file. Needs nothing but Python.

Killed at any moment it goes on where it was: what it has read and the cursor behind it are one transaction.
"""

import json
import os
import sqlite3
import time
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
"""


class Gap(Exception):
    """Events are missing, or a service came back from a backup: a new snapshot tells what is true."""


def get(path: str, **query: Any) -> tuple[list[dict[str, Any]], Any]:
    bearer = {"Authorization": f"Bearer {KEY}"}
    asked = Request(f"{URL}{path}?{urlencode(query)}", headers=bearer)  # noqa: S310
    with urlopen(asked, timeout=60) as answer:  # noqa: S310
        return json.load(answer), answer.headers


def apply(db: sqlite3.Connection, event: dict[str, Any]) -> None:
    """Keep an event, unless it came before; `Gap` unless it is its aggregate's next one."""
    id_, at = event["subject"], (event["epoch"], event["aggregateversion"])
    found = db.execute("select epoch, version from aggregate where id = ?", [id_]).fetchone()
    epoch, version = found or (event["epoch"], 0)
    if at <= (epoch, version):
        return
    if at != (epoch, version + 1):
        raise Gap(id_)
    facts = event["type"], json.dumps(event["data"], ensure_ascii=False)
    db.execute(
        "insert or ignore into event values (?, ?, ?, ?, ?)", [event["id"], id_, at[1], *facts]
    )
    db.execute("insert or replace into aggregate values (?, ?, ?, ?, ?)", [id_, *at, *facts])


def begin(db: sqlite3.Connection) -> None:
    """Everything anew. The cursor is taken first: what changes while the pages are read comes behind it."""
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
            db.executemany("insert into aggregate values (?, ?, ?, ?, ?)", rows)
            if "Link" not in headers:
                break
            more = {"after": page[-1]["subject"]}
    db.execute("delete from event where subject not in (select id from aggregate)")
    db.execute("insert or replace into place values (1, ?)", [cursor])


def follow(db: sqlite3.Connection) -> None:
    """One page of the feed, waiting for it."""
    [cursor] = db.execute("select cursor from place").fetchone()
    page, headers = get("/v1/events", after=cursor, limit=1000, wait=30)
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
