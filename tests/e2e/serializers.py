"""What Schemathesis must be told of our media types: a part of a file is bytes, as they are."""

import schemathesis

from services.chassis.http.edge import PART

schemathesis.serializer.alias(PART, "application/octet-stream")
