"""The runs as one page that needs nothing else: no network, no script."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from services.chassis.deadlines.calendar import SHANGHAI
from tests.chaos.playing import Run
from tests.chaos.report.chart import chart
from tests.chaos.report.series import Course
from tests.chaos.report.table import LOST, REORDERED, TWICE, kinds

LOGS = {"embedded": "内嵌日志 · embedded log", "kafka": "Apache Kafka"}
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #59636e; --paper: #fff; --rule: #d9dee3;
  --a: #0b6bcb; --b: #c2570c; --fault: #b42318; --good: #1a7f37; --card: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --dim: #9198a1; --paper: #0d1117;
  --rule: #30363d; --a: #58a6ff; --b: #f0883e; --fault: #ff7b72; --good: #3fb950; --card: #161b22; } }
body { font: 15px/1.6 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  color: var(--ink); background: var(--paper); max-width: 1140px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; margin: 0; } h2 { font-size: 20px; margin: 48px 0 4px; }
p, small { color: var(--dim); } p { margin: 4px 0 16px; }
.tiles { display: flex; flex-wrap: wrap; gap: 10px; margin: 16px 0; }
.tile { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 10px 14px;
  flex: 1 1 88px; } .tile b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; }
.tile span { color: var(--dim); font-size: 13px; } .bad b { color: var(--fault); }
svg { width: 100%; height: auto; font: 12px system-ui, "PingFang SC", "Noto Sans CJK SC", sans-serif; }
svg text { fill: var(--ink); } svg .tick { fill: var(--dim); } svg .title { font-weight: 600; font-size: 14px; }
svg polyline { fill: none; stroke-width: 1.6; stroke-linejoin: round; } svg line.a, svg line.b { stroke-width: 3; }
svg .a { stroke: var(--a); } svg .b { stroke: var(--b); } svg .grid { stroke: var(--rule); }
svg .start { stroke: var(--fault); opacity: .16; } svg .fault { fill: var(--fault); opacity: .75; }
table { border-collapse: collapse; width: 100%; margin-top: 12px; } th, td { text-align: left; padding: 6px 10px;
  border-bottom: 1px solid var(--rule); vertical-align: top; } th { color: var(--dim); font-weight: 600; }
td small { display: block; } .n { text-align: right; font-variant-numeric: tabular-nums; }
.ok { color: var(--good); } .no { color: var(--fault); } .cols { display: grid; gap: 0 32px; grid-template-columns: 2fr 1fr; }
@media (max-width: 800px) { .cols { grid-template-columns: 1fr; } }
"""


def page(runs: Sequence[tuple[Run, Course]]) -> str:
    now = f"{datetime.now(SHANGHAI):%Y-%m-%d %H:%M}"
    body = "".join(_run(*pair) for pair in runs)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>金鼎 · 故障试验 chaos</title><style>{STYLE}</style></head><body>"
        "<h1>金鼎 · 故障试验</h1>"
        f"<p>真实进程在负载下遭遇随机故障，之后由数据库与日志逐项核对。{now}<br>"
        "Jinding under chaos: real processes under load meet random faults; afterwards databases and log are"
        f" checked, record by record.</p>{body}</body></html>"
    )


def _run(run: Run, course: Course) -> str:
    wanted = run.wanted
    about = f"种子 seed {escape(wanted.seed)} · {course.seconds:.0f} s"
    return (
        f"<section><h2>{LOGS[wanted.log]}</h2><p>{about}</p>{_tiles(run, course)}{chart(course)}"
        f'<div class="cols">{_checks(run)}{_faults(course)}</div></section>'
    )


def _tiles(run: Run, course: Course) -> str:
    told = run.judgement
    passed = sum(verdict.holds for verdict in told.verdicts)
    good = [
        (f"{passed} / {len(told.verdicts)}", "核对成立", "checks hold", not told.holds),
        (f"{told.records:,}", "日志记录", "records in the log", False),
        (f"{course.operations:,}", "已应答操作", "operations", False),
        (f"{course.unanswered:,}", "未获应答", "not answered", False),
        (f"{len(course.marks)}", "故障", "faults", False),
    ]
    bad = [
        (told.wrong(*LOST), "丢失", "lost"),
        (told.wrong(*TWICE), "重复应用", "applied twice"),
        (told.wrong(*REORDERED), "乱序", "reordered"),
    ]
    tiles = good + [(f"{n:,}", zh, en, n > 0) for n, zh, en in bad]
    return '<div class="tiles">' + "".join(_tile(*tile) for tile in tiles) + "</div>"


def _tile(value: str, zh: str, en: str, is_bad: bool) -> str:
    kind = "tile bad" if is_bad else "tile"
    return f'<div class="{kind}"><b>{value}</b><span>{zh}<br>{en}</span></div>'


def _checks(run: Run) -> str:
    rows = "".join(
        f'<tr><td>{v.zh}<small>{v.en}</small></td><td class="n">{v.looked:,}</td>'
        f"<td>{_result(v.holds, len(v.wrong))}</td></tr>"
        for v in run.judgement.verdicts
    )
    head = '<tr><th>核对 check</th><th class="n">查看 looked at</th><th>结果 result</th></tr>'
    return f"<table>{head}{rows}</table>"


def _result(holds: bool, wrong: int) -> str:
    return '<span class="ok">✓</span>' if holds else f'<span class="no">✗ {wrong:,}</span>'


def _faults(course: Course) -> str:
    rows = "".join(
        f'<tr><td>{zh}<small>{en}</small></td><td class="n">{times}</td></tr>'
        for (zh, en), times in kinds(course)
    )
    head = '<tr><th>故障 fault</th><th class="n">次数 times</th></tr>'
    return f"<div><table>{head}{rows}</table></div>"
