"""The schedules that are shipped: what they call is there, and their readers take them."""

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from missing_from_care.base.project import CHECKOUT

SCHEDULES = CHECKOUT / "docs" / "schedules"
PLACE = "/opt/missing_from_care"
TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def units(folder: Path) -> list[Path]:
    """The systemd units for a copy of the project in a folder."""
    checkout = folder / "missing_from_care"
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to("/bin/sh")
    made = []
    for file in sorted([*SCHEDULES.glob("*.service"), *SCHEDULES.glob("*.timer")]):
        text = file.read_text(encoding="utf-8")
        made.append(folder / file.name)
        made[-1].write_text(text.replace(PLACE, str(checkout)), encoding="utf-8")
    return made


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this computer, so the units are not verified.")
    files = units(tmp_path)
    assert len(files) == 3
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "foi-refresh" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_systemd_would_find_a_fault(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this computer, so the units are not verified.")
    service = next(file for file in units(tmp_path) if file.name == "foi-refresh.service")
    service.write_text(service.read_text().replace("bin/python", "bin/pythn"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", service], capture_output=True, check=False
    )
    assert done.returncode != 0


def test_a_missed_run_is_made_up_for_and_a_failed_one_is_told() -> None:
    timer = (SCHEDULES / "foi-refresh.timer").read_text(encoding="utf-8")
    service = (SCHEDULES / "foi-refresh.service").read_text(encoding="utf-8")
    assert "Persistent=true" in timer.splitlines()
    assert "OnFailure=foi-refresh-failed.service" in service.splitlines()
    task = ElementTree.parse(SCHEDULES / "foi-refresh.xml").getroot()
    assert task.findtext(f"{TASK}Settings/{TASK}StartWhenAvailable") == "true"


def test_the_windows_task_keeps_to_its_schema() -> None:
    """Microsoft, Task Scheduler Schema: the types of Task, its trigger, principal and settings."""
    task = ElementTree.parse(SCHEDULES / "foi-refresh.xml").getroot()
    assert task.tag == f"{TASK}Task" and task.get("version") == "1.2"
    known = {
        ".": {"RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"},
        "Triggers/CalendarTrigger": {"StartBoundary", "ScheduleByWeek"},
        "Triggers/CalendarTrigger/ScheduleByWeek": {"DaysOfWeek", "WeeksInterval"},
        "Principals/Principal": {"LogonType", "RunLevel"},
        "Settings": {
            "MultipleInstancesPolicy",
            "StartWhenAvailable",
            "ExecutionTimeLimit",
            "Enabled",
        },
        "Actions/Exec": {"Command", "Arguments", "WorkingDirectory"},
    }
    for path, names in known.items():
        element = task.find(re.sub(r"(\w+)", rf"{TASK}\1", path)) if path != "." else task
        assert {child.tag.removeprefix(TASK) for child in element} == names
    principal = task.find(f"{TASK}Principals/{TASK}Principal")
    assert task.find(f"{TASK}Actions").get("Context") == principal.get("id")
    # Without a declared encoding it may be handed over as a text, whatever encodes that.
    assert "encoding" not in (SCHEDULES / "foi-refresh.xml").read_text(encoding="ascii")


def test_the_cron_line_has_its_parts() -> None:
    lines = (SCHEDULES / "foi-refresh.cron").read_text(encoding="utf-8").splitlines()
    (line,) = (each for each in lines if not re.match(r"#|[A-Z]+=", each))
    *when, user, command = line.split(None, 6)
    assert when == ["30", "5", "*", "*", "1-5"] and user == "foi"
    assert "%" not in command, "cron takes a percent sign for a line's end"


@pytest.mark.parametrize("name", ["foi-refresh.service", "foi-refresh.cron", "foi-refresh.xml"])
def test_what_is_called_is_there(name: str) -> None:
    text = (SCHEDULES / name).read_text(encoding="utf-8").replace("\\", "/")
    assert (CHECKOUT / re.search(r"scripts/\w+\.py", text)[0]).is_file()
    assert ".venv/bin/python" in text or ".venv/Scripts/python.exe" in text
    # Nothing else hands the settings to a task of Windows.
    assert re.search(r"scripts/refresh\.py --settings (/etc|C:/ProgramData)/foi-refresh\.env", text)


def test_the_readme_installs_each_in_three_lines() -> None:
    lines = (CHECKOUT / "docs" / "refresh.md").read_text(encoding="utf-8").replace("\\", "/")
    blocks = re.findall(r"(?:^    .+\n)+", lines, re.MULTILINE)
    for name in ("foi-refresh.timer", "foi-refresh.cron", "foi-refresh.xml"):
        (block,) = (each for each in blocks if name in each)
        assert len(block.splitlines()) <= 3
