"""How a trainee's name and number are shown (`domain.md` §7.3): masked here, never by the browser. Pure."""

COMPOUND_SURNAMES = frozenset(
    ("欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒")
)


def masked_name(name: str) -> str:
    """The surname stays: 朱某某 → 朱**, 欧阳某 → 欧阳*."""
    surname = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    return name[:surname] + "*" * (len(name) - surname)


def masked_mobile(number: str) -> str:
    return f"{number[:3]}****{number[-4:]}"
