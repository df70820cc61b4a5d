"""Demonstration returns: invented children, as many as Leicester's published figures say."""

from pathlib import Path
from random import Random

from demonstration.cases import add_occasion_cases
from demonstration.files import write_returns
from demonstration.filling import fill_care, fill_uasc
from demonstration.interviews import interviews
from demonstration.occasions import Totals, fill_occasions
from demonstration.register import Register
from demonstration.row_cases import add_row_cases

SEED = 2018

# Department for Education, Children looked after in England including adoption, underlying data
# of SFR36/2014, SFR34/2015, SFR41/2016, SFR50/2017 and of the 2022 release (Open Government
# Licence v3), Leicester, by the year in which the collection year begins. The number at
# 31 March 2018 is invented.
AT_31_MARCH_2014 = 530
IN_YEAR = {2014: 746, 2015: 815, 2016: 916, 2017: 883}
AT_31_MARCH = {2014: 564, 2015: 646, 2016: 695, 2017: 688}

# Published: 14 at 31 March 2017, 1 to 5 at the two before. The others are invented.
UASC_IN_YEAR = {2014: 6, 2015: 9, 2016: 25, 2017: 44}
UASC_AT_31_MARCH = {2014: 3, 2015: 4, 2016: 14, 2017: 27}

# To 2016/17 the same releases; where they withhold a number (1 to 5), one of these was chosen.
# 2017/18 follows the council's note that everything is recorded as missing, and has the size
# that the 2024 release gives for 2019/20.
OCCASIONS = {
    (2014, "M"): Totals(occasions=6, children=4, repeaters=2),
    (2014, "A"): Totals(occasions=5, children=4, repeaters=1),
    (2015, "M"): Totals(occasions=107, children=6, repeaters=6),
    (2015, "A"): Totals(occasions=92, children=31, repeaters=13, uasc=1),
    (2016, "M"): Totals(occasions=43, children=4, repeaters=3, uasc=1),
    (2016, "A"): Totals(occasions=84, children=32, repeaters=18, uasc=3),
    (2017, "M"): Totals(occasions=843, children=97, repeaters=66, uasc=8),
}


def write_demonstration_returns(folder: Path, seed: int = SEED) -> None:
    """Writes four invented returns and return interviews as a council would hold them.

    The awkward cases of the counting rules are built first, by name; ordinary children and
    occasions then fill up to the totals above.

    Args:
        folder: where the folders `2014-15` to `2017-18` and `interviews` go; made if absent.
        seed: the same seed gives the same bytes.

    Raises:
        ValueError: with this seed the totals cannot be reached (more children turn 18 in a year
            than leave in it, say).
    """
    register = Register(Random(seed))
    add_occasion_cases(register)
    add_row_cases(register)
    fill_uasc(register, UASC_IN_YEAR, UASC_AT_31_MARCH)
    fill_care(register, IN_YEAR, AT_31_MARCH, before=AT_31_MARCH_2014)
    fill_occasions(register, OCCASIONS)
    write_returns(register, interviews(register), folder, seed)
