"""Codes of areas. Codes are for ever; labels may be reworded."""

from services.contracts.labels import Label

CODES: dict[str, dict[str, Label]] = {
    "area_kind": {
        "DISTRICT": Label("区", "District"),
        "COUNTY": Label("县（市）", "County"),
        "STREET": Label("街道", "Street"),
        "TOWN": Label("镇", "Town"),
        "TOWNSHIP": Label("乡", "Township"),
        "ZONE": Label("开发区等", "Zone"),
        "VILLAGE": Label("村", "Village"),
        "COMMUNITY": Label("社区", "Community"),
        "GRID": Label("基础网格", "Basic grid"),
        "PARK_GRID": Label("园区专属网格", "Grid of a park"),
        "MALL_GRID": Label("商场专属网格", "Grid of a mall"),
        "SCHOOL_GRID": Label("学校专属网格", "Grid of a school"),
        "HOSPITAL_GRID": Label("医院专属网格", "Grid of a hospital"),
        "DEDICATED_GRID": Label("其他专属网格", "Grid of another body"),
    },
    "tree": {
        "as_was": Label("按事发时的区划", "Areas as they were"),
        "as_is": Label("按现行区划", "Areas as they are"),
    },
}
