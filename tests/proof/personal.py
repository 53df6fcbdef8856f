"""Looks for what only the services may know: the names, numbers and codes of the demo's invented persons."""

import re
from pathlib import Path

from jinding.demo.year import SERVICES as RECORDS
from services.chassis.privacy.vault import Vault
from tests.proof.played import Played

WHO = {
    "disputes": (
        "select p ->> 'name' from dispute_case, jsonb_array_elements(parties) p "
        "union select m ->> 'name' from service_group, jsonb_array_elements(members) m"
    ),
    "inspection": "select uscc from enterprise union select name from enterprise",
}
SEALED = "select p.*, k.key from person p join person_key k on k.person_id = p.id"
WORD = re.compile(r"[一-鿿A-Z0-9]+")


async def invented(played: Played) -> set[str]:
    """Everything personal that the services hold, in the clear."""
    found: set[str] = set()
    vault = Vault(played.data / "keyring.json")
    for service, query in WHO.items():
        found |= {row[0] for row in await played.fetch(service, query) if row[0]}
    for service in RECORDS:
        for person in await played.fetch(service, SEALED):
            found |= set(vault.opened(person["id"], dict(person)).values())
    return found


async def leaks(played: Played, secrets: set[str]) -> dict[str, set[str]]:
    """By place: the personal words found in what leaves the services, or is logged."""
    places = {f"{name}.outbox": await _texts(played, name, "outbox") for name in RECORDS}
    places["log"] = await _texts(played, "log", "records")
    for table in ("archive", "card", "tally", "dead_letter"):
        places[f"gateway.{table}"] = await _texts(played, "gateway", table)
    for file in sorted((played.data / "logs").glob("*.log")):
        places[file.name] = file.read_text(errors="replace")
    postgres = Path(played.data / "postgres" / "data" / "server.log")
    if postgres.exists():
        places["postgres"] = postgres.read_text(errors="replace")
    told = {place: set(WORD.findall(text)) & secrets for place, text in places.items()}
    return {place: words for place, words in told.items() if words}


async def _texts(played: Played, database: str, table: str) -> str:
    """The rows of a table as text, bytes decoded."""
    rows = await played.fetch(database, f"select * from {table}")
    return "\n".join(
        " ".join(
            value.decode(errors="replace") if isinstance(value, bytes) else str(value)
            for value in row
        )
        for row in rows
    )
