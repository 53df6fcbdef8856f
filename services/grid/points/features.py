"""A page of reports as GeoJSON."""

from starlette.responses import Response

from services.chassis.http.reads import Page
from services.contracts.codes_outreach import Datum
from services.grid.points.schemas import FeatureOut, FeaturesOut, PointLine, PointOut, PropertiesOut

MEDIA = "application/geo+json"


def as_features(page: Response, datum: Datum) -> Response:
    """Coordinates of different datums are never mixed: those of `datum` alone are told."""
    lines = Page[PointLine].model_validate_json(bytes(page.body))
    found = [_feature(line, datum) for line in lines.items]
    features = [feature for feature in found if feature]
    told = FeaturesOut(features=features, omitted=len(found) - len(features), next=lines.next)
    answer = Response(told.model_dump_json(), media_type=MEDIA)
    if link := page.headers.get("Link"):
        answer.headers["Link"] = link
    return answer


def _feature(line: PointLine, datum: Datum) -> FeatureOut | None:
    """Nothing of a sensitive one, whoever asks: a map is shown to others."""
    position = line.position
    if line.sensitive or position is None or position.datum is not datum:
        return None
    properties = PropertiesOut(
        **line.model_dump(include=set(PropertiesOut.model_fields)),
        is_doubtful=bool(position.suspicions),
    )
    point = PointOut(coordinates=(position.lng, position.lat))
    return FeatureOut(id=line.id, geometry=point, properties=properties)
