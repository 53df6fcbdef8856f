from services.chassis.errors import Forbidden, Unauthenticated


class TokenMissing(Unauthenticated):
    zh = "请求未携带访问令牌。"
    en = "The request carries no bearer token."


class TokenInvalid(Unauthenticated):
    """A token that will not become valid by waiting; the detail names what is wrong with it."""


class TokenExpired(Unauthenticated):
    """Told apart from `TokenInvalid` so that a client knows to fetch a new token."""

    zh = "访问令牌已过期。"
    en = "The token has expired."


class PermissionMissing(Forbidden):
    def __init__(self, permission: str) -> None:
        super().__init__(
            f"当前角色没有“{permission}”权限。",
            f"None of the caller's roles has the permission {permission!r}.",
        )
        self.permission = permission
