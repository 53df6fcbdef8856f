import copy
import json

import pytest

from jinding import openapi
from jinding.refusal import Refusal
from services.contracts.roles import ROLES


@pytest.fixture(scope="module")
def document() -> openapi.Document:
    return openapi.merged()


def test_the_committed_document_is_what_the_code_says(document: openapi.Document) -> None:
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.written(document), "make openapi"


def test_the_document_is_in_order(document: openapi.Document) -> None:
    assert list(openapi.complaints(document)) == []
    assert all(path.startswith("/v1/") for path in document["paths"])
    tops = {path.split("/")[2] for path in document["paths"]}
    assert {"grid", "disputes", "inspection", "training", "districts", "me"} <= tops


def test_every_reference_leads_somewhere(document: openapi.Document) -> None:
    text = json.dumps(document)
    parts = document["components"]
    for kind in ("schemas", "responses"):
        named = {piece.split('"')[0] for piece in text.split(f'"#/components/{kind}/')[1:]}
        assert named <= parts[kind].keys()


def test_the_document_tells_who_may_try_each_operation(document: openapi.Document) -> None:
    told = document["x-permissions"]
    asked = {
        operation["x-permission"]
        for path, item in document["paths"].items()
        for operation in item.values()
        if not path.startswith("/v1/public/")
    }
    assert asked <= told.keys()
    assert all(roles and set(roles) <= ROLES.keys() for roles in told.values())


def test_one_name_never_means_two_things() -> None:
    def schemas(kind: str) -> openapi.Document:
        reference = {"$ref": "#/components/schemas/Status"}
        return {
            "Status": {"enum": [kind]},
            "Line": {"properties": {"status": reference}},
            "Shared": {"type": "string"},
        }

    apart = openapi._conflicting({"grid": schemas("OPEN"), "disputes": schemas("SHUT")})
    assert apart == {"Status", "Line"}


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda get: get.update(operationId="get_me"), "used twice"),
        (lambda get: get.update(summary=""), "no summary"),
        (lambda get: get["responses"].pop("401"), "401 and 403"),
        (lambda get: get["responses"].update({"404": {"content": {}}}), "404 is not problem+json"),
        (lambda get: get.update(parameters=[{"name": "phone", "in": "query"}]), "personal data"),
        (lambda get: get.update(parameters=[{"name": "x", "in": "header"}]), "is not described"),
    ],
)
def test_what_is_out_of_order_is_told(
    document: openapi.Document, spoil: object, sentence: str
) -> None:
    spoiled = copy.deepcopy(document)
    spoil(spoiled["paths"]["/v1/codes"]["get"])  # type: ignore[operator]
    assert any(sentence in complaint for complaint in openapi.complaints(spoiled))


def test_a_document_that_lags_behind_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("page") / "openapi.json"
    monkeypatch.setattr(openapi, "FILE", file)
    with pytest.raises(Refusal, match=r"make openapi"):
        openapi.check()
    openapi.write()
    openapi.check()
