"""Exchange folders of IHE XDM: the zip that secure mail and software carry documents in."""
