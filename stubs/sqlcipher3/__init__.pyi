"""sqlcipher3 publishes no types; it is the standard module, compiled against SQLCipher."""

from sqlcipher3 import dbapi2 as dbapi2
