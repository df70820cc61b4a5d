"""What can go wrong, each with the exit status that the commands promise."""


class Fault(Exception):
    """A problem told to the user as one sentence or several, never as a traceback. Each names the
    file, row and column, what was found, what was expected and what to do; none holds a child-level
    value, since messages are forwarded."""

    status = 1

    def __init_subclass__(cls, status: int | None = None) -> None:
        cls.status = status or cls.status

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class UsageFault(Fault, status=2):
    """The command was called wrongly."""


class DataFault(Fault, status=3):
    """The data failed a check."""


class ProtectionFault(Fault, status=4):
    """Disclosure protection failed, so nothing is released."""


class BusyFault(Fault, status=5):
    """Another refresh is running."""


class DeadlineRisk(Fault, status=6):
    """A request is late or due soon."""
