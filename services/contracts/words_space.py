"""What the events of micro-grids and inhabitants say, for partner agencies, in both languages."""

from services.contracts.labels import Label

EVENTS: dict[str, Label] = {
    "jinding.grid.micro_grid.changed.v1": Label(
        "微网格现状：登记与每次变更均以此告知。",
        "A micro-grid as it is now: tells of its registration and of every change.",
    ),
    "jinding.grid.population.changed.v1": Label(
        "某区划某年的人口与户数：登记与更正均以此告知。",
        "How many live in an area by the figures of a year: told, or corrected.",
    ),
}
