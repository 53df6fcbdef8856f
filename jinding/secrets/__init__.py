"""The secrets of a host that runs Jinding by compose."""

from jinding.secrets.files import expiry, first_login, make_secrets, renew

__all__ = ["expiry", "first_login", "make_secrets", "renew"]
