"""Analysts read without pause while refreshes replace the published database under them."""

import os
import subprocess
import sys

import duckdb

REFRESHES = int(os.environ.get("REFRESH_READ", "3"))
READERS = 8
READ_ON = """
import sys, time, duckdb
seen = []
while True:
    with duckdb.connect(sys.argv[1], read_only=True, config={"threads": 1}) as opened:
        runs = opened.execute("select value from about where item = 'run'").fetchall()
        assert opened.execute("select count(*) from foi_q1_missing_occasions").fetchall()[0][0]
    if not seen or seen[-1] != runs:
        seen.append(runs)
        print(runs[0][0], flush=True)
    # To see that the file is there costs little, so that is done often.
    for _ in range(25):
        open(sys.argv[1], "rb").close()
        time.sleep(0.01)
"""


def test_eight_readers_over_refreshes(council) -> None:
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READ_ON, council.published],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(READERS)
    ]
    assert [reader.stdout.readline() for reader in readers] == ["1\n"] * READERS
    with duckdb.connect(str(council.published), read_only=True) as old:
        for number in range(2, 2 + REFRESHES):
            assert council.succeeds(requests=()) == number
            # Each stays until all have seen it.
            assert [reader.stdout.readline() for reader in readers] == [f"{number}\n"] * READERS
        # Who has the old file open goes on reading it.
        assert old.execute("select value from about where item = 'run'").fetchall() == [("1",)]
    for reader in readers:
        assert reader.poll() is None, reader.stderr.read()
        reader.kill()
        reader.communicate()
