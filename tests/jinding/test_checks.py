import socket
from pathlib import Path

import pytest

from jinding.checks import check_distinct, check_folder, check_ports
from jinding.refusal import Refusal
from tests.support.ports import free_ports


def test_a_port_in_use_is_named_with_the_setting_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refusal) as refused:
            check_ports({"grid": port})
    assert refused.value.zh == f"端口 {port} 已被占用，请用 GRID_PORT 指定其他端口。"
    assert refused.value.en == f"Port {port} is in use; set GRID_PORT to another."


def test_free_ports_pass() -> None:
    check_ports({"gateway": free_ports(1)[0]})


@pytest.mark.parametrize("gateway", [8101, 7101, 9101])
def test_two_settings_that_claim_one_port_are_both_named(gateway: int) -> None:
    with pytest.raises(Refusal, match="GATEWAY_PORT and GRID_PORT both claim port"):
        check_distinct({"grid": 8101, "gateway": gateway})
    check_distinct({"grid": 8101, "gateway": 8000})


def test_a_full_disk_is_told_with_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=f"The disk of {tmp_path} is full: .* {2**40} needed"):
        check_folder(tmp_path, least_free=2**60)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Refusal, match="cannot be written"):
        check_folder(tmp_path / "file" / "data")
