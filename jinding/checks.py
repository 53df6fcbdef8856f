"""What must hold before anything is started; each refusal is one plain sentence."""

import shutil
import socket
from collections.abc import Mapping
from pathlib import Path

from jinding.refusal import Refusal
from jinding.settings import HOST, METRICS_OFFSET

LEAST_FREE_BYTES = 300 * 2**20


def check_folder(folder: Path, least_free: int = LEAST_FREE_BYTES) -> None:
    """The data folder can be written and its disk has room; creates it."""
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise Refusal(
            f"无法写入数据文件夹 {folder}（{error.strerror}），可用 DATA_FOLDER 指定其他文件夹。",
            f"The data folder {folder} cannot be written ({error.strerror}); "
            "DATA_FOLDER names another.",
        ) from error
    free = shutil.disk_usage(folder).free
    if free < least_free:
        raise Refusal(
            f"{folder} 所在磁盘空间不足：仅剩 {free >> 20} MB，至少需要 {least_free >> 20} MB。",
            f"The disk of {folder} is full: {free >> 20} MB are free, {least_free >> 20} needed.",
        )


def check_distinct(ports: Mapping[str, int]) -> None:
    """No two settings claim one port, metrics ports included."""
    claimed: dict[int, str] = {}
    for name, port in ports.items():
        setting = f"{name.upper()}_PORT"
        for wanted in (port, port + METRICS_OFFSET):
            other = claimed.setdefault(wanted, setting)
            if other != setting:
                raise Refusal(
                    f"{setting} 与 {other} 都要用端口 {wanted}（指标端口为各端口加 {METRICS_OFFSET}）。",
                    f"{setting} and {other} both claim port {wanted}"
                    f" (metrics are served at each port + {METRICS_OFFSET}).",
                )


def check_ports(ports: Mapping[str, int]) -> None:
    """Every port and its metrics port is free; the refusal names the setting that changes it."""
    for name, port in ports.items():
        for wanted in (port, port + METRICS_OFFSET):
            if not _is_free(wanted):
                setting = f"{name.upper()}_PORT"
                also = "" if wanted == port else f"（{setting} + {METRICS_OFFSET}）"
                also_en = "" if wanted == port else f" ({setting} + {METRICS_OFFSET})"
                raise Refusal(
                    f"端口 {wanted}{also} 已被占用，请用 {setting} 指定其他端口。",
                    f"Port {wanted}{also_en} is in use; set {setting} to another.",
                )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
