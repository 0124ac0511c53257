"""A certificate authority of one hour and one server's certificate, made by openssl or by cryptography."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

NAME = "127.0.0.1"


def make_certificates(folder: Path) -> tuple[Path, Path, Path]:
    """Bundle of authorities, server's certificate, server's key; raises RuntimeError where nothing can make them.

    The bundle holds the authorities that botocore brings as well: a client that reads it pays what it pays for AWS.
    """
    authority, certificate, key = folder / "authority.pem", folder / "server.pem", folder / "server.key"
    if shutil.which("openssl"):
        _with_openssl(folder, authority, certificate, key)
    else:
        _with_cryptography(authority, certificate, key)
    import botocore

    usual = Path(botocore.__file__).parent / "cacert.pem"
    bundle = folder / "bundle.pem"
    bundle.write_text(f"{authority.read_text()}\n{usual.read_text() if usual.exists() else ''}")
    return bundle, certificate, key


def _with_openssl(folder: Path, authority: Path, certificate: Path, key: Path) -> None:
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    authority_key, asked, extensions = folder / "authority.key", folder / "server.csr", folder / "extensions"
    extensions.write_text(f"subjectAltName=IP:{NAME},DNS:localhost\nbasicConstraints=CA:FALSE\n")
    for arguments in (
        ["req", "-x509", *curve, "-keyout", authority_key, "-out", authority, "-days", "2", "-subj", "/CN=loopback"],
        ["req", *curve, "-keyout", key, "-out", asked, "-subj", f"/CN={NAME}"],
        ["x509", "-req", "-in", asked, "-CA", authority, "-CAkey", authority_key, "-CAcreateserial", "-days", "2",
         "-out", certificate, "-extfile", extensions],
    ):  # fmt: skip
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"openssl cannot make a certificate: {done.stderr.strip()}")


def _with_cryptography(authority: Path, certificate: Path, key: Path) -> None:
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError:
        raise RuntimeError("a server with TLS needs the openssl command or the package cryptography") from None
    from ipaddress import ip_address

    now = datetime.now(tz=UTC)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in ("loopback", NAME)]
    for is_authority, path in ((True, authority), (False, certificate)):
        builder = (
            x509.CertificateBuilder()
            .subject_name(names[0 if is_authority else 1])
            .issuer_name(names[0])
            .public_key(keys[0 if is_authority else 1].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if not is_authority:
            alternatives = [x509.IPAddress(ip_address(NAME)), x509.DNSName("localhost")]
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        path.write_bytes(builder.sign(keys[0], hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        keys[1].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
