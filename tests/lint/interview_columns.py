"""Stands in for the macro of this name when sqlfluff reads the models: macros give text alone."""

import sys
from types import ModuleType


class CallableModule(ModuleType):
    """A module that the templates call like the macro."""

    def __call__(self) -> list[str]:
        return ["police_notified", "risk_grade"]


sys.modules[__name__].__class__ = CallableModule
