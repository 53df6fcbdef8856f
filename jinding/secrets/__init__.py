"""The secrets of a host that runs Jinding by compose."""

from jinding.secrets.files import expiry, make_secrets, renew

__all__ = ["expiry", "make_secrets", "renew"]
