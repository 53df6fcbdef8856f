"""The steps that every signed token goes through. Keys come from us alone: whatever a header says
of keys (`jwk`, `jku`, `x5c`, `x5u`) is never looked at."""

from collections.abc import Collection

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.jws import CompactSignature, JWSRegistry

from services.chassis.identity.refusals import TokenInvalid

MAX_TOKEN_CHARS = 16_384
MAX_HEADER_BYTES = 4_096
MALFORMED = (JoseError, ValueError, TypeError, RecursionError)
"""What the library raises on rubbish; the last on JSON that is nested without end."""


def opened(token: str, algorithms: Collection[str], types: Collection[str]) -> CompactSignature:
    """The token's parts after a look at its header; the signature is not checked yet.

    `types` are lower-case values of `typ`, without `application/`.
    """
    if len(token) > MAX_TOKEN_CHARS:
        raise TokenInvalid("访问令牌过长。", "The token is too long.")
    try:
        parts = jws.extract_compact(token.encode(), registry=_registry(algorithms))
        header = parts.headers()
    except MALFORMED as error:
        raise TokenInvalid("访问令牌格式有误。", "The token is not a signed JWT.") from error
    if header.get("alg") not in algorithms:
        raise TokenInvalid("访问令牌的签名算法不被接受。", "The token's algorithm is not accepted.")
    if str(header.get("typ", "")).lower().removeprefix("application/") not in types:
        raise TokenInvalid("访问令牌的类型不被接受。", "The token's type is not accepted.")
    return parts


def kid_of(parts: CompactSignature) -> str:
    kid = parts.headers().get("kid")
    if not isinstance(kid, str) or not kid:
        raise TokenInvalid("访问令牌未注明密钥。", "The token names no key.")
    return kid


def verified_payload(parts: CompactSignature, key: Key, algorithms: Collection[str]) -> bytes:
    try:
        if jws.validate_compact(parts, key, registry=_registry(algorithms)):
            return parts.payload
    except MALFORMED as error:
        raise _bad_signature() from error
    raise _bad_signature()


def _bad_signature() -> TokenInvalid:
    return TokenInvalid("访问令牌的签名无效。", "The token's signature is not valid.")


def _registry(algorithms: Collection[str]) -> JWSRegistry:
    registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
    registry.max_header_length = MAX_HEADER_BYTES
    return registry
