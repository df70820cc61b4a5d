"""What can go wrong, each with the exit status that the commands promise."""


class Fault(Exception):
    """A problem told to the user as one sentence or several, never as a traceback. Each names the
    file, row and column, what was found, what was expected and what to do; none holds a child-level
    value, since messages are forwarded."""

    status = 1

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class UsageFault(Fault):
    """The command was called wrongly."""

    status = 2


class DataFault(Fault):
    """The data failed a check."""

    status = 3


class ProtectionFault(Fault):
    """Disclosure protection failed, so nothing is released."""

    status = 4


class BusyFault(Fault):
    """Another refresh is running."""

    status = 5


class DeadlineRisk(Fault):
    """A request is late or due soon."""

    status = 6
