"""Invented persons and enterprises, each a function of a number. None of them can be anybody's.

ID numbers combine a birth in 1900 with a region code that exists since 2000; mobile numbers use the
segment 154, which no operator has; given names are stems and branches (甲子, 乙丑 …); enterprise codes
are of the series 91330703MA000….
"""

from datetime import date, timedelta

from services.chassis.identifiers import resident_id_check_character, uscc_check_character

DISTRICT = "330703"
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
    "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史"
    "顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_STRIDE = 7919  # prime to 12,000, so that neighbours share neither surname nor given name
_TRADES = (
    "五金制造",
    "汽摩配件",
    "木业家具",
    "塑料制品",
    "纺织服装",
    "机械设备",
    "电动工具",
    "包装印刷",
    "食品加工",
    "建材石材",
)
_BORN = date(1900, 1, 1)
_DAYS_OF_1900 = 365
_SEQUENCES = 999


def synthetic_resident_id(n: int) -> str:
    """A valid ID number of nobody; distinct for n below 364,635. Odd sequence: male."""
    sequence, day = divmod(_within(n, _DAYS_OF_1900 * _SEQUENCES), _DAYS_OF_1900)
    first17 = f"{DISTRICT}{_BORN + timedelta(days=day):%Y%m%d}{sequence + 1:03}"
    return first17 + resident_id_check_character(first17)


def synthetic_uscc(n: int) -> str:
    """A valid unified social credit code of no enterprise; distinct for n below 1,000,000."""
    organisation = f"MA{_within(n, 1_000_000):06}"
    first17 = f"91{DISTRICT}{organisation}{_organisation_check(organisation)}"
    return first17 + uscc_check_character(first17)


def synthetic_mobile(n: int) -> str:
    """A well-formed mobile number of nobody; distinct for n below 100,000,000."""
    return f"154{_within(n, 100_000_000):08}"


def synthetic_name(n: int) -> str:
    """A person's name of three characters; distinct for n below 12,000."""
    rest, surname = divmod(n * _STRIDE % 12_000, len(_SURNAMES))
    branch, stem = divmod(rest, len(_STEMS))
    return _SURNAMES[surname] + _STEMS[stem] + _BRANCHES[branch]


def synthetic_enterprise_name(n: int) -> str:
    """An enterprise's name, distinct for every n."""
    return f"金东示范{_TRADES[n % len(_TRADES)]}{n:04}号有限公司"


def _organisation_check(eight: str) -> str:
    """GB 11714, the organisation code inside the credit code."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c, 36) * weight for c, weight in zip(eight, weights, strict=True))
    return "0123456789X0"[11 - total % 11]


def _within(n: int, limit: int) -> int:
    if not 0 <= n < limit:
        raise ValueError(f"no synthetic identifier number {n}: 0 to {limit - 1}")
    return n
