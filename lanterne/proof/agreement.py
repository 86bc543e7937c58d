"""Public keys for HPKE: MLKEM768-X25519, as 1,216 bytes (ML-KEM encapsulation key 1184, X25519 32).

Law: a key nobody can seal to is refused where it is announced (M2, M4, M8), else a record with one would
keep every later rotation from being written.
"""

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

MLKEM_SIZE = 1184
PUBLIC_SIZE = MLKEM_SIZE + 32

# Any private key shows a point of small order: the shared secret would be zero, and the library refuses it.
_PROBE = X25519PrivateKey.from_private_bytes(b"\x01" * 32)


def read_public_key(raw: bytes) -> MLKEM768X25519PublicKey:
    """The key in `raw`; ValueError when it is not one."""
    if len(raw) != PUBLIC_SIZE:
        raise ValueError("not the size of a public key")
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(raw[:MLKEM_SIZE]),
        X25519PublicKey.from_public_bytes(raw[MLKEM_SIZE:]),
    )


def is_public_key(raw: bytes) -> bool:
    """Whether something can be sealed to `raw`."""
    try:
        read_public_key(raw)
        _PROBE.exchange(X25519PublicKey.from_public_bytes(raw[MLKEM_SIZE:]))
    except ValueError:
        return False
    return True
