"""What is published must run anywhere: it names no machine of ours and no package host."""

import re

from tests.architecture.sources import lines, tracked

HOSTS = r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|\bmaven\.org|maven\.aliyun"
FOLDERS = r"(?<![\w.])/(work|root|home|Users)/"
TRACE = re.compile(f"{HOSTS}|{FOLDERS}")


def test_no_file_names_a_folder_of_a_machine_or_a_package_host() -> None:
    assert TRACE.search("/".join(["cd ", "home", "somebody"]))
    assert TRACE.search(".".join(["https://repo1", "maven", "org"]))
    found = [
        f"{path}:{number}: {line[:120]}"
        for path in tracked()
        for number, line in enumerate(lines(path), 1)
        if TRACE.search(line)
    ]
    assert found == []
