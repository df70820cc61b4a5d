"""A sound return, 2017-18, and what tests of landing do with source folders."""

import csv
from itertools import count

import duckdb
import pytest

from missing_from_care.base.faults import DataFault
from missing_from_care.base.project import raw_tables
from missing_from_care.landing.land import land

HEADER = "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB\nA1,1,02/03/2004,WBRI,,,\n"
EPISODES = (
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
    "\nA1,01/05/2017,S,C2,N1,U4,PR1,30/11/2017,X1,,LE1 1AA,LE2 2BB,SC1\n"
)
MISSING = "CHILD,DOB,MISSING,MIS_START,MIS_END\nA1,02/03/2004,M,03/06/2017,04/06/2017\n"
UASC = "CHILD,SEX,DOB,DUC\n007,1,02/03/2004,\n"
INTERVIEWS = (
    "INTERVIEW_ID,CHILD,MIS_START,OCCASION,OFFERED_DATE,OUTCOME,INTERVIEW_DATE,CONDUCTED_BY,"
    "HARMED,SEXUAL_HARM,DRUG_SALE,CRIME\n"
    "I1,A1,03/06/2017,,05/06/2017,COMPLETED,06/06/2017,Leicester,N,N,N,Y\n"
)
RETURN = {"h.csv": HEADER, "e.csv": EPISODES, "m.csv": MISSING, "u.csv": UASC}


def fill(folder, files):
    """Writes files, text as UTF-8 with its line ends as they are, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode("utf-8")
        (folder / name).write_bytes(data)


def put(source, file, content):
    """Writes one file below the source folder."""
    path = source / file
    fill(path.parent, {path.name: content})


def rows_of(into, table):
    """The rows of a landed file, as dictionaries."""
    with (into / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def refused(source, into, accepted=frozenset()):
    """Lands what must be refused; gives the sentences, after checking that nothing was written."""
    before = sorted(into.parent.rglob("*"))
    with pytest.raises(DataFault) as caught:
        land(source, into, accepted, form="csv")
    assert sorted(into.parent.rglob("*")) == before
    assert caught.value.status == 3
    return caught.value.sentences


def only_sentence(source, into, accepted=frozenset()):
    """The sentence, where there must be just one."""
    sentences = refused(source, into, accepted)
    assert len(sentences) == 1, sentences
    return sentences[0]


def values(into, table):
    """The source's own values in a landed file, with source_row."""
    width = len(raw_tables()[table].columns)
    return [(*list(row.values())[:width], row["source_row"]) for row in rows_of(into, table)]


class OwnDatabase:
    """A database in memory within a DuckDB that runs already, in the place of one just started."""

    numbers = count()

    def __init__(self, running):
        self.name, self.cursor = f"own_{next(self.numbers)}", running.cursor()
        self.cursor.execute(f"attach ':memory:' as {self.name}; use {self.name}")

    def __getattr__(self, name):
        return getattr(self.cursor, name)

    def close(self):
        self.cursor.execute(f"use memory; detach {self.name}")
        self.cursor.close()


def start_duckdb_once(monkeypatch):
    """Landing starts a DuckDB each time, which for a few rows takes a third of its time."""
    running = duckdb.connect(config={"threads": 1})
    monkeypatch.setattr("duckdb.connect", lambda **_: OwnDatabase(running))
