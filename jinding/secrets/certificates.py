"""An authority of our own, and what it issues: PEM in, PEM out, nothing is kept here.

The subject never changes and the names do only with the host: a broker takes a renewed certificate while
it runs if both stay as they were.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS, SERVER_DAYS = 3650, 397
SKEW = timedelta(hours=1)
"""Clocks of others may be this late."""


def new_key() -> str:
    """A P-256 key, PKCS#8."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def authority(key: str, at: datetime) -> str:
    """The certificate of an authority that may issue servers' certificates only."""
    private = _private(key)
    name = _named("Jinding CA")
    certificate = (
        _begun(name, name, private, at, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(private, hashes.SHA256())
    )
    return _pem(certificate)


def issue(ca_key: str, ca: str, subject: str, host: str, at: datetime) -> str:
    """A server's new key, its certificate for `host` (a name or an address) and the authority's, in this order.

    Raises `ValueError` where `ca_key` is not the key of `ca`, or `host` is neither.
    """
    if not host:
        raise ValueError("no host is named")
    key, issuer = new_key(), certificates(ca)[0]
    certificate = (
        _begun(_named(subject), issuer.subject, _private(key), at, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_alternative(host)]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(_private(ca_key).public_key()),
            critical=False,
        )
        .sign(_private(ca_key), hashes.SHA256())
    )
    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature as error:
        raise ValueError("the key is not the authority's") from error
    return key + _pem(certificate) + ca


def certificates(pem: str) -> list[x509.Certificate]:
    """Those in `pem`, in their order; what else it holds is passed over."""
    return x509.load_pem_x509_certificates(pem.encode())


def host_of(pem: str) -> str:
    """The name or address that the first certificate is for."""
    names = certificates(pem)[0].extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return str(names.value[0].value)


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    at: datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - SKEW)
        .not_valid_after(at + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(**granted: bool) -> x509.KeyUsage:
    usages = "digital_signature content_commitment key_encipherment data_encipherment key_agreement"
    usages += " key_cert_sign crl_sign encipher_only decipher_only"
    return x509.KeyUsage(**{usage: granted.get(usage, False) for usage in usages.split()})


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _private(pem: str) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not a key of an elliptic curve")
    return key


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
