"""The ways an exchange travels: a relay, another device, a folder. All answer the same few requests."""
