"""HPRIM: results of laboratories since 1991, as « médecin » (headed text) and as « santé » (segments)."""
