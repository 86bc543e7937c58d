"""French for the command line: texts by gettext, and argparse's own words.

Law: argparse speaks English whatever the catalogue; its few sentences are put in French here, by pattern,
and one that is not known is shown as it is rather than lost.
"""

from __future__ import annotations

import argparse
import gettext
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import lanterne

_ = gettext.translation("django", Path(lanterne.__file__).parent / "locale", ["fr"], fallback=True).gettext

_SENTENCES = (
    (r"the following arguments are required: (.*)", _("il manque : {0}")),
    (r"unrecognized arguments: (.*)", _("option inconnue : {0}")),
    (r"argument (.*): expected one argument", _("{0} : il manque une valeur")),
    (r"argument (.*): expected at least one argument", _("{0} : il manque au moins une valeur")),
    (
        r"argument (.*): invalid choice: (.*) \(choose from (.*)\)",
        _("{0} : {1} n’existe pas ; au choix : {2}"),
    ),
    (r"argument (.*): invalid \w+ value: (.*)", _("{0} : {1} ne convient pas")),
    (r"argument (.*): not allowed with argument (.*)", _("{0} ne va pas avec {1}")),
    (r"argument (.*): ignored explicit argument (.*)", _("{0} ne prend pas de valeur ({1})")),
    (r"ambiguous option: (.*) could match (.*)", _("{0} est ambigu : {1}")),
    (r"argument (.*): (.*)", "{0} : {1}"),
)


class NotUnderstood(Exception):
    """The words of a command line that argparse refuses.

    Attributes:
        verb: what was run: "lanterne check".
        usage: the line that shows how it is used.
        why: in French.
    """

    def __init__(self, verb: str, usage: str, why: str) -> None:
        super().__init__(why)
        self.verb, self.usage, self.why = verb, usage, why


class FrenchHelp(argparse.HelpFormatter):
    """Help with French headings."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """See HelpFormatter."""
        super().add_usage(usage, actions, groups, _("Usage : ") if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        """See HelpFormatter, which puts the colon."""
        super().start_section(f"{heading}\u00a0" if heading else heading)


class FrenchParser(argparse.ArgumentParser):
    """A parser whose help and complaints are French. Arguments go to `arguments` and `options`."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("formatter_class", FrenchHelp)
        kwargs.setdefault("allow_abbrev", False)
        kwargs["add_help"] = False
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.arguments = self.add_argument_group(_("Arguments"))
        self.options = self.add_argument_group(_("Options"))
        self.options.add_argument("-h", "--help", action="help", help=_("montre cette aide"))

    def error(self, message: str) -> NoReturn:
        """Raises NotUnderstood: who asked for JSON is answered in JSON, which is for the caller to know."""
        raise NotUnderstood(self.prog, self.format_usage(), french(message))


def french(message: str) -> str:
    """One of argparse's sentences in French."""
    for pattern, sentence in _SENTENCES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            return sentence.format(*found.groups())
    return message
