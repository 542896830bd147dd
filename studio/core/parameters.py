"""What can be told to something that works by itself: a number, a switch or one of some words.

Forms, commands and files follow these, so that whoever adds one writes it down once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .errors import InputError
from .request import Range

Value = float | int | str | bool
_SWITCH = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}


@dataclass(frozen=True)
class Choice:
    """One of the values of a parameter.

    Attributes
    ----------
    value, title
        As it is stored, and as people read it.
    needs
        The model without which it cannot be had; none unless given.
    """

    value: str
    title: str
    needs: str = ""


@dataclass(frozen=True)
class Parameter:
    """One thing that can be told.

    Attributes
    ----------
    name
        In files and on the command line.
    title, tip
        How forms name it, with the letter that leads to it marked, and what it does.
    allowed
        The numbers that it may be; None where it is a switch, with a default, one of the choices,
        or something that only files can say.
    choices
        The usual one first.
    step
        How much one notch changes a number.
    default
        What it is unless somebody says; None leaves it to whoever is told.
    """

    name: str
    title: str
    tip: str
    allowed: Range | None = None
    choices: tuple[Choice, ...] = ()
    step: float = 1.0
    default: Value | None = None

    @property
    def values(self) -> str:
        """What it may be, in words; empty for what is neither a number, a switch nor a choice."""
        if self.allowed is None and not self.choices:
            return "yes or no" if isinstance(self.default, bool) else ""
        return str(self.allowed or ", ".join(choice.value for choice in self.choices))

    @property
    def default_words(self) -> str:
        """The default as people write it; empty where there is none."""
        if isinstance(self.default, bool):
            return "yes" if self.default else "no"
        return "" if self.default is None else str(self.default)

    @property
    def description(self) -> str:
        """What it does, what it may be, and what it is unless somebody says, for lists."""
        usual = self.default_words
        return "; ".join(filter(None, (self.tip, self.values, usual and f"{usual} unless given")))

    @property
    def first(self) -> Value:
        """What a field shows before anybody says: the default, or else the first there is."""
        if self.default is not None:
            return self.default
        if self.choices:
            return self.choices[0].value
        return False if self.allowed is None else self.allowed.low

    def parsed(self, text: str) -> Value:
        """Take the text of a value.

        Raises
        ------
        InputError
            Where it is none that the parameter may be.
        """
        word = text.strip()
        if self.allowed is not None:
            try:
                number = float(word)
            except ValueError:
                raise InputError.of(self.name, str(self.allowed), word) from None
            return self.checked(int(number) if number.is_integer() else number)
        if not self.choices and word.lower() in _SWITCH:
            return _SWITCH[word.lower()]
        return self.checked(word)

    def checked(self, value: Value) -> Value:
        """Take a value.

        Raises
        ------
        InputError
            Where it is none that the parameter may be.
        """
        if self.allowed is not None:
            return self.allowed.check(self.name, value)
        known = [choice.value for choice in self.choices]
        if value in known if known else isinstance(value, bool):
            return value
        wanted = f"one of {', '.join(known)}" if known else self.values
        raise InputError.of(self.name, wanted, str(value))


def settled(
    parameters: Sequence[Parameter], told: Mapping[str, Value], what: str
) -> dict[str, Value]:
    """Give each parameter its value: the one that was told, or its default.

    Parameters
    ----------
    what
        Whose parameters these are, in a refusal.

    Raises
    ------
    InputError
        For a name that is none of theirs, and a value that one may not be.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for name in told.keys() - known.keys():
        raise InputError.of(what, f"one of the options {', '.join(known) or '(none)'}", name)
    given = {name: known[name].checked(value) for name, value in told.items()}
    usual = {p.name: p.default for p in parameters if p.default is not None}
    return usual | given
