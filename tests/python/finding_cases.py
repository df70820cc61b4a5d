"""For each rule a child who breaks it and one who just does not, landed side by side.

Every child is in care from 1 May 2015 on, in three returns, unless its case says otherwise. A case
says which rules are found in its rows and nothing else may be found.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from missing_from_care.base.project import raw_tables

YEARS = ("2015-16", "2016-17", "2017-18")
BORN = "01/01/2004"
Row = dict[str, str]


@dataclass(frozen=True)
class Case:
    """One child and the rules that its rows break.

    Attributes:
        rules: the codes of the findings, one for each row and rule, in any order.
        about: what is awkward about it.
        header, episodes, missing, uasc, interviews: rows; those of Header and Episodes are the
            usual ones if not given.
    """

    rules: str
    about: str
    header: tuple[Row, ...] | None = None
    episodes: tuple[Row, ...] | None = None
    missing: tuple[Row, ...] = ()
    uasc: tuple[Row, ...] = ()
    interviews: tuple[Row, ...] = ()


def h(year: str, dob: str = BORN, **other: str) -> Row:
    """A row of a Header."""
    return {"collection_year": year, "sex": "1", "dob": dob, "ethnic": "WBRI"} | other


def e(
    year: str, decom: str = "01/05/2015", dec: str = "", rec: str | None = None, **other: str
) -> Row:
    """A row of Episodes; a reason ceased stands where an end does, unless given."""
    reason = ("E4A" if dec.strip() else "") if rec is None else rec
    usual = {"ls": "C2", "place": "U4", "rec": reason}
    return {"collection_year": year, "decom": decom, "dec": dec} | usual | other


def m(year: str, start: str, end: str = "", missing: str = "M", **other: str) -> Row:
    """A row of Missing."""
    usual = {"collection_year": year, "dob": BORN, "missing": missing}
    return usual | {"mis_start": start, "mis_end": end} | other


def u(year: str, duc: str = "", **other: str) -> Row:
    """A row of UASC."""
    return {"collection_year": year, "sex": "1", "dob": BORN, "duc": duc} | other


def i(start: str = "01/06/2016", occasion: str = "", **other: str) -> Row:
    """A row of the return interviews."""
    usual = {"mis_start": start, "occasion": occasion, "outcome": "COMPLETED"}
    return usual | {"offered_date": "03/06/2016", "interview_date": "04/06/2016"} | other


USUAL_HEADER = tuple(h(year) for year in YEARS)
USUAL_EPISODES = tuple(e(year) for year in YEARS)
A_DAY = (m("2016-17", "01/06/2016", "02/06/2016"),)
ENDS_2016 = (e("2015-16"), e("2016-17", dec="01/08/2016"))
HERE = (h("2016-17"),)
HERE_AND_NEXT = (h("2016-17"), h("2017-18"))
CHAIN = (e("2015-16"), e("2016-17", dec="01/08/2016"), e("2016-17", "01/08/2016", "01/10/2016"))
NEXT_DAY = (e("2015-16"), e("2016-17", dec="01/08/2016"), e("2016-17", "02/08/2016", "01/10/2016"))
TURNS_18 = tuple(h(year, "01/08/1998") for year in YEARS)
BORN_1998 = {"dob": "01/08/1998"}


def leaves(rec: str) -> tuple[Row, ...]:
    """Episodes that end on 1 August 2016 for a reason."""
    return (e("2015-16"), e("2016-17", dec="01/08/2016", rec=rec))


CASES = {
    # Nothing to find.
    "usual": Case(
        "", "nothing", header=HERE, missing=A_DAY, uasc=(u("2016-17"),), interviews=(i(),)
    ),
    # Missing: rows that are rejected.
    "MFC01": Case("MFC01", "no child", missing=(m("2016-17", "01/06/2016", child=" "),)),
    "1004 blank": Case(
        "1004 1006", "neither start nor status", missing=(m("2016-17", "", missing=" "),)
    ),
    "1004 unreadable": Case("1004", "30 February", missing=(m("2016-17", "30/02/2016"),)),
    "1004 sound": Case("", "29 February", missing=(m("2015-16", "29/02/2016", "29/02/2016"),)),
    "1005": Case("1005", "an end in words", missing=(m("2016-17", "01/06/2016", "soon"),)),
    "1005 sound": Case(
        "", "ISO with a time", missing=(m("2016-17", "01/06/2016", "2016-06-02T00"),)
    ),
    "1006": Case("1006", "no code", missing=(m("2016-17", "01/06/2016", "02/06/2016", "X"),)),
    "1006 sound": Case("", "a word", missing=(m("2016-17", "01/06/2016", "02/06/2016", "away"),)),
    "564": Case("564 1004", "blank", missing=(m("2016-17", " "),)),
    "564 sound": Case("1004", "unreadable is not blank", missing=(m("2016-17", "soon"),)),
    "565": Case("565 566 1006", "blank", missing=(m("2016-17", "01/06/2016", "02/06/2016", ""),)),
    "565 sound": Case(
        "1006", "unknown", missing=(m("2016-17", "01/06/2016", "01/06/2016", "soon"),)
    ),
    "566": Case("566 1004 1006", "an end alone", missing=(m("2016-17", "", "02/06/2016", ""),)),
    "567": Case("567", "ends the day before", missing=(m("2016-17", "02/06/2016", "01/06/2016"),)),
    "567 sound": Case("", "same day", missing=(m("2016-17", "01/06/2016", "01/06/2016"),)),
    "570": Case("570 571", "1 April after", missing=(m("2016-17", "01/04/2017", "01/04/2017"),)),
    "570 sound": Case("", "31 March", missing=(m("2016-17", "31/03/2017", "31/03/2017"),)),
    "several": Case(
        "1005 1006 570 MFC19",
        "all faults of a row, not only the first",
        missing=(m("2016-17", "01/04/2017", "soon", "soon", dob="soon"),),
    ),
    # Missing: ends, overlaps, what other returns have.
    "571 after": Case("571", "1 April", missing=(m("2016-17", "01/06/2016", "01/04/2017"),)),
    "571 before": Case(
        "571 MFC10",
        "carried over, ended before the year",
        missing=(
            m("2015-16", "01/06/2015", "31/03/2016"),
            m("2016-17", "01/06/2015", "31/03/2016"),
        ),
    ),
    "571 sound": Case(
        "",
        "carried over, ended on 1 April",
        missing=(m("2015-16", "01/06/2015"), m("2016-17", "01/06/2015", "01/04/2016")),
    ),
    "574": Case(
        "574",
        "starts the day before the other ends",
        missing=(
            m("2016-17", "04/06/2016", "09/06/2016"),
            m("2016-17", "01/06/2016", "05/06/2016"),
        ),
    ),
    "574 sound": Case(
        "",
        "start = previous end, a chain of three and a day within it",
        missing=(
            m("2016-17", "01/06/2016", "05/06/2016"),
            m("2016-17", "05/06/2016", "05/06/2016"),
            m("2016-17", "05/06/2016", "07/06/2016"),
        ),
    ),
    "574 not the neighbour": Case(
        "574 574",
        "the long one reaches over a short one to the third",
        missing=(
            m("2016-17", "01/06/2016", "30/06/2016"),
            m("2016-17", "02/06/2016", "03/06/2016"),
            m("2016-17", "10/06/2016", "11/06/2016"),
        ),
    ),
    "574 open": Case(
        "574",
        "an open one is still running",
        missing=(m("2017-18", "01/06/2017"), m("2017-18", "01/03/2018", "01/03/2018")),
    ),
    "574 twins of a day": Case(
        "MFC24",
        "three times on one day, the last goes on",
        missing=(
            m("2017-18", "01/06/2017"),
            m("2017-18", "01/06/2017", "01/06/2017"),
            m("2017-18", "01/06/2017", "01/06/2017"),
        ),
    ),
    "574 long twins": Case(
        "574",
        "two of one start that both go on",
        missing=(m("2017-18", "01/06/2017"), m("2017-18", "01/06/2017", "02/06/2017")),
    ),
    "574 carried over": Case(
        "",
        "its own row in the return before is no overlap",
        missing=(m("2015-16", "01/03/2016"), m("2016-17", "01/03/2016", "02/04/2016")),
    ),
    "574 rejected": Case(
        "567",
        "a row that ends before it starts is no interval",
        missing=(
            m("2016-17", "09/06/2016", "01/06/2016"),
            m("2016-17", "02/06/2016", "03/06/2016"),
        ),
    ),
    "575": Case(
        "575",
        "the placement ended, care went on",
        episodes=(
            e("2017-18", dec="01/08/2017", rec="X1"),
            e("2017-18", "01/08/2017"),
        ),
        missing=(m("2017-18", "31/07/2017"),),
    ),
    "575 sound": Case(
        "",
        "on the changeover day the new placement speaks; it is open",
        episodes=(
            e("2017-18", dec="01/08/2017", rec="X1"),
            e("2017-18", "01/08/2017"),
        ),
        missing=(m("2017-18", "01/08/2017"),),
    ),
    "575 later return": Case(
        "",
        "the episode ended only in the next return, where the occasion has its end",
        episodes=(e("2015-16"), e("2016-17", dec="01/08/2016")),
        missing=(m("2015-16", "01/03/2016"), m("2016-17", "01/03/2016", "01/08/2016")),
    ),
    "576": Case("576", "forgotten", missing=(m("2015-16", "01/03/2016"),)),
    "576 other start": Case(
        "576 MFC10",
        "repeated a day off",
        missing=(m("2015-16", "01/03/2016"), m("2016-17", "02/03/2016", "01/04/2016")),
    ),
    "576 sound": Case(
        "",
        "repeated, with the end missing still, then ended",
        missing=(
            m("2015-16", "01/03/2016"),
            m("2016-17", "01/03/2016"),
            m("2017-18", "01/03/2016", "01/04/2017"),
        ),
    ),
    "576 last return": Case("", "no return after it", missing=(m("2017-18", "01/03/2018"),)),
    "576 one of two": Case(
        "574 576 MFC24",
        "two are open and one is repeated",
        missing=(
            m("2015-16", "01/03/2016"),
            m("2015-16", "01/03/2016"),
            m("2016-17", "01/03/2016", "02/04/2016"),
        ),
    ),
    "576 rejected": Case(
        "1005",
        "the next return has it, with an end that cannot be read",
        missing=(m("2015-16", "01/03/2016"), m("2016-17", "01/03/2016", "soon")),
    ),
    "576 skipped a return": Case(
        "576 MFC10",
        "back again after a return without it",
        missing=(m("2015-16", "01/03/2016"), m("2017-18", "01/03/2016", "01/05/2017")),
    ),
    "577": Case(
        "577",
        "ends the day after the chained period",
        episodes=CHAIN,
        missing=(m("2016-17", "01/06/2016", "02/10/2016"),),
    ),
    "577 open": Case(
        "575 577",
        "open after care",
        episodes=(e("2017-18", "01/05/2017", "01/08/2017"),),
        missing=(m("2017-18", "01/06/2017"),),
    ),
    "577 sound": Case(
        "",
        "ends with the chained period",
        episodes=CHAIN,
        missing=(m("2016-17", "01/06/2016", "01/10/2016"),),
    ),
    "577 not chained": Case(
        "577",
        "an episode that starts the day after is a new period",
        episodes=NEXT_DAY,
        missing=(m("2016-17", "01/06/2016", "02/08/2016"),),
    ),
    "577 carried over": Case(
        "575",
        "the period began with an episode that only the return before has",
        episodes=(
            e("2015-16", dec="01/02/2016", rec="X1"),
            e("2015-16", "01/02/2016"),
            e("2016-17", "01/02/2016", "01/08/2016"),
        ),
        missing=(m("2015-16", "01/06/2015"), m("2016-17", "01/06/2015", "01/08/2016")),
    ),
    "578": Case(
        "578 581",
        "the day after",
        episodes=ENDS_2016,
        missing=(m("2016-17", "02/08/2016", "02/08/2016"),),
    ),
    "578 sound": Case(
        "", "the last day", episodes=ENDS_2016, missing=(m("2016-17", "01/08/2016", "01/08/2016"),)
    ),
    "580": Case(
        "580",
        "another reason on the 18th birthday",
        header=TURNS_18,
        episodes=leaves("E4A"),
        missing=(m("2016-17", "30/07/2016", "01/08/2016", **BORN_1998),),
    ),
    "580 blank": Case(
        "580 148",
        "no reason",
        header=TURNS_18,
        episodes=leaves(""),
        missing=(m("2016-17", "30/07/2016", "01/08/2016", **BORN_1998),),
    ),
    "580 sound": Case(
        "",
        "because of the birthday",
        header=TURNS_18,
        episodes=leaves("E8"),
        missing=(m("2016-17", "30/07/2016", "01/08/2016", **BORN_1998),),
    ),
    "580 day before": Case(
        "",
        "ends the day before",
        header=TURNS_18,
        episodes=leaves("E4A"),
        missing=(m("2016-17", "30/07/2016", "31/07/2016", **BORN_1998),),
    ),
    "581": Case("581", "the day before care", missing=(m("2015-16", "30/04/2015", "30/04/2015"),)),
    "581 sound": Case("", "the first day", missing=(m("2015-16", "01/05/2015", "01/05/2015"),)),
    "581 gap": Case(
        "578 581",
        "between two periods",
        episodes=(
            e("2016-17", "01/05/2016", "31/05/2016"),
            e("2016-17", "02/06/2016", "30/06/2016"),
        ),
        missing=(m("2016-17", "01/06/2016", "01/06/2016"),),
    ),
    "586": Case(
        "586 INT13",
        "on the birth date by the Header",
        header=tuple(h(year, "01/06/2016") for year in YEARS),
        missing=(m("2016-17", "01/06/2016", "02/06/2016"),),
    ),
    "586 sound": Case(
        "",
        "the day after",
        header=tuple(h(year, "31/05/2016") for year in YEARS),
        missing=(m("2016-17", "01/06/2016", "02/06/2016", dob="31/05/2016"),),
    ),
    "1012": Case(
        "575 577 1012 571",
        "no day of the year, carried over",
        episodes=(e("2015-16", dec="31/03/2016"),),
        missing=(m("2015-16", "01/06/2015"), m("2016-17", "01/06/2015", "31/03/2016")),
    ),
    "1012 sound": Case(
        "",
        "one day of the year",
        episodes=(e("2015-16"), e("2016-17", dec="01/04/2016")),
        missing=(m("2015-16", "01/06/2015"), m("2016-17", "01/06/2015", "01/04/2016")),
    ),
    "INT04": Case(
        "INT04", "in the other Headers", header=(h("2015-16"), h("2017-18")), missing=A_DAY
    ),
    "INT04 sound": Case("", "in this one alone", header=(h("2016-17"),), missing=A_DAY),
    "INT13": Case(
        "INT13", "a day off", header=tuple(h(y, "02/01/2004") for y in YEARS), missing=A_DAY
    ),
    "INT13 unreadable": Case(
        "102 102 102",
        "not both readable",
        header=tuple(h(y, "soon") for y in YEARS),
        missing=A_DAY,
    ),
    "INT13 sound": Case("", "ISO", header=tuple(h(y, "2004-01-01") for y in YEARS), missing=A_DAY),
    "INT13 last row": Case(
        "",
        "the last row of the Header speaks",
        header=(h("2016-17", "1/2/2004"), h("2016-17")),
        missing=A_DAY,
    ),
    "MFC09": Case(
        "MFC09",
        "away, then missing",
        missing=(m("2015-16", "01/03/2016", "", "A"), m("2016-17", "01/03/2016", "01/04/2016")),
    ),
    "MFC09 sound": Case(
        "",
        "another word for the same; its twin is another occasion",
        missing=(
            m("2015-16", "01/03/2016", "", "A"),
            m("2015-16", "01/03/2016", "01/03/2016"),
            m("2016-17", "01/03/2016", "01/04/2016", "Absent"),
        ),
    ),
    "MFC10": Case("MFC10", "no original", missing=(m("2016-17", "01/03/2016", "01/04/2016"),)),
    "MFC10 sound": Case(
        "",
        "the return before is not landed",
        missing=(m("2015-16", "31/03/2015", "01/04/2015"),),
        episodes=tuple(e(year, "31/03/2015") for year in YEARS),
    ),
    "MFC11": Case(
        "MFC11", "1 April 2017", missing=(m("2017-18", "01/04/2017", "01/04/2017", "A"),)
    ),
    "MFC11 sound": Case(
        "", "31 March 2017", missing=(m("2016-17", "31/03/2017", "31/03/2017", "A"),)
    ),
    "MFC19": Case(
        "MFC19", "unreadable", missing=(m("2016-17", "01/06/2016", "01/06/2016", dob="soon"),)
    ),
    "MFC19 sound": Case("", "blank", missing=(m("2016-17", "01/06/2016", "01/06/2016", dob=" "),)),
    "MFC24": Case(
        "MFC24 MFC24",
        "three times the same",
        missing=tuple(m("2016-17", "01/06/2016", "01/06/2016") for _ in range(3)),
    ),
    "MFC24 sound": Case(
        "",
        "one of them away",
        missing=(
            m("2016-17", "01/06/2016", "01/06/2016"),
            m("2016-17", "01/06/2016", "01/06/2016", "A"),
        ),
    ),
    "MFC24 rejected": Case(
        "567 567",
        "rows that count as no occasion",
        missing=tuple(m("2016-17", "02/06/2016", "01/06/2016") for _ in range(2)),
    ),
    # Episodes.
    "MFC02": Case("MFC02", "no child", episodes=(*USUAL_EPISODES, e("2016-17", child=""))),
    "141 blank": Case("141", "blank", episodes=(*USUAL_EPISODES, e("2016-17", " "))),
    "141": Case("141", "unreadable", episodes=(*USUAL_EPISODES, e("2016-17", "01/13/2016"))),
    "147": Case(
        "147", "unreadable", episodes=(*USUAL_EPISODES, e("2016-17", "01/05/2016", "soon"))
    ),
    "356": Case(
        "356", "a day", episodes=(*USUAL_EPISODES, e("2016-17", "02/05/2016", "01/05/2016"))
    ),
    "356 sound": Case("", "same day", episodes=(e("2016-17", "02/05/2016", "02/05/2016"),)),
    "148 end": Case("148", "no reason", episodes=(e("2016-17", dec="01/08/2016", rec=" "),)),
    "148 reason": Case("148", "no end", episodes=(e("2017-18", rec="E4A"),)),
    "148 sound": Case("", "both blank", episodes=(e("2017-18", rec=" "),)),
    "501": Case(
        "501",
        "the day before",
        episodes=(e("2016-17", dec="02/08/2016"), e("2016-17", "01/08/2016", "01/09/2016")),
    ),
    "501 sound": Case("", "chain", episodes=CHAIN),
    "501 open": Case(
        "501",
        "the one before has no end",
        episodes=(e("2017-18"), e("2017-18", "01/08/2017", "01/09/2017")),
    ),
    "501 not the neighbour": Case(
        "501 501",
        "one reaches over the next",
        episodes=(
            e("2016-17", dec="01/09/2016"),
            e("2016-17", "01/05/2016", "02/05/2016"),
            e("2016-17", "01/07/2016", "02/07/2016"),
        ),
    ),
    "502": Case("502", "not continued", episodes=(e("2015-16"),)),
    "502 other start": Case(
        "502", "a day off", episodes=(e("2016-17"), e("2017-18", "02/05/2015"))
    ),
    "502 sound": Case("", "the last return", episodes=(e("2017-18"),)),
    "144": Case("144", "unknown", episodes=(e("2017-18", ls="ZZ"),)),
    "144 sound": Case("", "lower case", episodes=(e("2017-18", ls="c2"),)),
    "MFC14": Case("MFC14", "blank", episodes=(e("2017-18", ls=" "),)),
    "146": Case("146", "unknown", episodes=(e("2017-18", place="ZZ"),)),
    "146 too early": Case("146", "a code of later years", episodes=(e("2017-18", place="K3"),)),
    "146 sound": Case("", "a code to 2024-25, lower case", episodes=(e("2017-18", place="h5"),)),
    "MFC15": Case("MFC15", "blank", episodes=(e("2017-18", place=""),)),
    "MFC15 sound": Case("", "a short break", episodes=(e("2017-18", place="", ls="V4"),)),
    "MFC25": Case("146 MFC25", "no label at hand", episodes=(e("2017-18", place="Z12"),)),
    # Header.
    "MFC03": Case("MFC03", "no child", header=(*USUAL_HEADER, h("2016-17", child=""))),
    "101": Case("101 101", "blank, unknown", header=(h("2015-16", sex=""), h("2016-17", sex="9"))),
    "101 sound": Case("", "a number", header=(h("2015-16", sex="1.0"), h("2016-17", sex="u"))),
    "103": Case(
        "103 103", "blank, unknown", header=(h("2015-16", ethnic=""), h("2016-17", ethnic="X"))
    ),
    "103 sound": Case("", "refused is a code", header=(h("2016-17", ethnic="refu"),)),
    "102": Case(
        "102 102", "blank, unreadable", header=(h("2015-16", ""), h("2016-17", "01/01/04"))
    ),
    # UASC.
    "MFC04": Case("MFC04", "no child", uasc=(u("2016-17", child=""),)),
    "104": Case("104", "the day before the year", header=HERE, uasc=(u("2016-17", "31/03/2016"),)),
    "104 unreadable": Case("104", "unreadable", header=HERE, uasc=(u("2016-17", "never"),)),
    "104 sound": Case("", "the first day", header=HERE, uasc=(u("2016-17", "01/04/2016"),)),
    "105": Case("105", "unknown", uasc=(u("2016-17", uasc_flag="soon"),)),
    "105 sound": Case("", "lower case", uasc=(u("2016-17", uasc_flag="n"),)),
    "205A": Case("205A", "no day", header=HERE_AND_NEXT, uasc=(u("2016-17"),)),
    "205A later": Case(
        "205A", "a day after the year", header=HERE_AND_NEXT, uasc=(u("2016-17", "01/04/2017"),)
    ),
    "205A sound": Case(
        "", "the last day of the year", header=HERE_AND_NEXT, uasc=(u("2016-17", "31/03/2017"),)
    ),
    "205A turned 18": Case(
        "",
        "no day, and the 18th birthday in the year",
        header=TURNS_18[1:],
        uasc=(u("2016-17", **BORN_1998),),
    ),
    "205A flagged": Case(
        "205A 303",
        "no longer flagged, and still a day",
        header=HERE_AND_NEXT,
        uasc=(u("2016-17", "01/06/2016"), u("2017-18", "01/06/2016", uasc_flag="0")),
    ),
    "205B": Case(
        "205B",
        "it had ceased",
        header=HERE_AND_NEXT,
        uasc=(u("2016-17", "01/06/2016"), u("2017-18")),
    ),
    "205B now": Case(
        "205B",
        "it ceases neither in the year nor on the birthday",
        header=HERE_AND_NEXT,
        uasc=(u("2016-17", "01/01/2022"), u("2017-18", "31/12/2021")),
    ),
    "205B sound": Case(
        "",
        "the 18th birthday, then a day in the year",
        header=HERE_AND_NEXT,
        uasc=(u("2016-17", "01/01/2022"), u("2017-18", "01/06/2017")),
    ),
    "205B last row": Case(
        "INT36",
        "the last row of the child speaks",
        header=HERE_AND_NEXT,
        uasc=(u("2016-17", "01/06/2016"), u("2016-17"), u("2017-18")),
    ),
    "205C": Case("205C 303", "not flagged", uasc=(u("2016-17", "01/06/2016", uasc_flag="0"),)),
    "205C sound": Case(
        "303", "no return before it", uasc=(u("2015-16", "01/06/2015", uasc_flag="0"),)
    ),
    "205D": Case("205D", "not before", header=USUAL_HEADER[:2], uasc=(u("2016-17"),)),
    "205D sound": Case("", "not in the Header before", header=HERE, uasc=(u("2016-17"),)),
    "231": Case(
        "231",
        "turns 11 the day after the year",
        header=(h("2016-17", "01/04/2006"),),
        uasc=(u("2016-17", dob="01/04/2006"),),
    ),
    "231 sound": Case(
        "",
        "turns 11 on its last day",
        header=(h("2016-17", "31/03/2006"),),
        uasc=(u("2016-17", dob="31/03/2006"),),
    ),
    "303": Case("205C 303", "not flagged", uasc=(u("2016-17", "01/06/2016", uasc_flag="0"),)),
    "303 sound": Case(
        "", "flagged", header=HERE, uasc=(u("2016-17", "01/06/2016", uasc_flag="1"),)
    ),
    "303 blank": Case(
        "", "not flagged, no day, no row in Header", header=(), uasc=(u("2016-17", uasc_flag="N"),)
    ),
    "304": Case("304", "the day after", header=HERE, uasc=(u("2016-17", "02/01/2022"),)),
    "304 sound": Case("", "the birthday", header=HERE, uasc=(u("2016-17", "01/01/2022"),)),
    "304 leap": Case(
        "205B 304",
        "born on 29 February: 2 March is after the birthday, 1 March is not",
        header=tuple(h(year, "29/02/2004") for year in YEARS[1:]),
        uasc=(u("2016-17", "01/03/2022", dob=""), u("2017-18", "02/03/2022", dob="")),
    ),
    "INT09": Case("205A INT09", "another Header", header=(h("2017-18"),), uasc=(u("2016-17"),)),
    "INT09 sound": Case("", "this one", header=HERE, uasc=(u("2016-17"),)),
    "INT18": Case("INT18", "a day off", header=HERE, uasc=(u("2016-17", dob="02/01/2004"),)),
    "INT18 sound": Case("", "blank", header=HERE, uasc=(u("2016-17", dob=""),)),
    "INT21": Case("INT21", "differs", header=HERE, uasc=(u("2016-17", sex="2"),)),
    "INT21 sound": Case(
        "",
        "another code of the same sex",
        header=HERE_AND_NEXT,
        uasc=(u("2016-17", sex="M"), u("2017-18", sex="")),
    ),
    "INT36": Case("INT36", "twice", header=HERE, uasc=(u("2016-17"), u("2016-17"))),
    "INT36 sound": Case(
        "", "in two returns", header=HERE_AND_NEXT, uasc=(u("2016-17"), u("2017-18"))
    ),
    "MFC20": Case("MFC20", "unreadable", header=HERE, uasc=(u("2016-17", dob="soon"),)),
    "MFC23": Case(
        "MFC23",
        "episodes in another year",
        header=HERE,
        episodes=(e("2017-18"),),
        uasc=(u("2016-17"),),
    ),
    "MFC23 sound": Case(
        "",
        "one day",
        header=HERE,
        episodes=(e("2016-17", dec="01/04/2016"),),
        uasc=(u("2016-17"),),
    ),
    # Return interviews, of an occasion on 1 June 2016.
    "MFC05": Case("MFC05", "no child", missing=A_DAY, interviews=(i(child=""),)),
    "MFC06 blank": Case("MFC06", "blank", missing=A_DAY, interviews=(i(" "),)),
    "MFC06": Case("MFC06", "unreadable", missing=A_DAY, interviews=(i("31/06/2016"),)),
    "MFC07": Case("MFC07", "no whole number", missing=A_DAY, interviews=(i(occasion="1.5"),)),
    "MFC08": Case(
        "MFC08 MFC08",
        "a day off, a second of one",
        missing=A_DAY,
        interviews=(i("02/06/2016"), i(occasion="2")),
    ),
    "MFC08 sound": Case("", "as a number", missing=A_DAY, interviews=(i(occasion="1.0"),)),
    "MFC16": Case(
        "MFC16 MFC16",
        "blank, unknown",
        missing=A_DAY,
        interviews=(i(outcome=""), i(outcome="DONE")),
    ),
    "MFC16 sound": Case("", "lower case", missing=A_DAY, interviews=(i(outcome="declined"),)),
    "MFC17": Case(
        "MFC17",
        "two in one row",
        missing=A_DAY,
        interviews=(i(harmed="Yes", crime="1", drug_sale="N"),),
    ),
    "MFC17 sound": Case(
        "", "blank", missing=A_DAY, interviews=(i(harmed="y", crime=" ", drug_sale="n"),)
    ),
    "MFC59": Case("MFC59", "two", missing=A_DAY, interviews=(i(risk_grade="Y", found_by="me"),)),
    "MFC59 sound": Case(
        "", "its own, of all", missing=A_DAY, interviews=(i(risk_grade="h", police_notified="1"),)
    ),
    "MFC22": Case(
        "MFC22", "both", missing=A_DAY, interviews=(i(offered_date="soon", interview_date="soon"),)
    ),
    "MFC22 sound": Case(
        "", "blank", missing=A_DAY, interviews=(i(offered_date="", interview_date=""),)
    ),
}


def rows_of(name: str, case: Case) -> dict[str, list[Row]]:
    """The rows of a case by raw table, each in a file named for the case."""
    modules = {
        "ssda903_header": USUAL_HEADER if case.header is None else case.header,
        "ssda903_episodes": USUAL_EPISODES if case.episodes is None else case.episodes,
        "ssda903_missing": case.missing,
        "ssda903_uasc": case.uasc,
        "return_interviews": case.interviews,
    }
    return {
        table: [
            {"child": name, **row, "source_file": f"{name}.csv", "source_row": str(number)}
            for number, row in enumerate(rows, start=1)
        ]
        for table, rows in modules.items()
    }


def land_cases(cases: dict[str, Case], folder: Path) -> Path:
    """Writes landed files with all cases; every module of every year is landed."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {name: [] for name in raw_tables()}
    for name, case in cases.items():
        for table, rows in rows_of(name, case).items():
            tables[table] += rows
    modules = []
    for table in raw_tables().values():
        rows = tables[table.name]
        write_csv(folder / f"{table.name}.csv", table.landed_columns, rows)
        for year in YEARS if table.has_collection_year else ("",):
            number = sum(row.get("collection_year", "") == year for row in rows)
            modules.append(
                {
                    "raw_table": table.name,
                    "collection_year": year,
                    "status": "landed",
                    "rows_landed": str(number),
                }
            )
    columns = ["raw_table", "collection_year", "status", "source_file", "rows_landed", "sha256"]
    columns += ["date_forms", "taken_on", "covers_from", "covers_to"]
    write_csv(folder / "landed_modules.csv", columns, modules)
    return folder


def write_csv(path: Path, columns: Sequence[str], rows: list[Row]) -> None:
    """Writes rows with the columns; a value that a row lacks is blank."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, "", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
