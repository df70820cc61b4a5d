"""The project's commands in processes forked from one that has imported their libraries.

Each is a process of its own still, with its words, environment, folder, output and exit status;
but most of the time of a short command goes into imports, and these are done once for all. A
command for which Python itself is told something in the environment is started anew. And what dbt
parses of the checkout is kept, to be parsed no more by those to which as much is given.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LIBRARIES = {
    "dbt": ("dbt.cli.main", "dbt.adapters.duckdb.environments.local"),
    "scripts": (
        *("docx", "docxtpl", "duckdb", "filelock", "highspy", "icalendar", "jinja2", "lxml.etree"),
        *("networkx", "numpy", "openpyxl", "python_calamine", "rich.markdown", "rich.progress"),
        *("rich.status", "rich.table", "typer", "yaml"),
    ),
}
UTF_8 = ("PYTHONIOENCODING", "utf-8")
PARSE = "partial_parse.msgpack"
parses: Path | None = None
"""The folder of what dbt has parsed in this run of the tests, if it is kept."""


def run(
    command: list[object],
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    told: str = "",
    is_one_stream: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Runs a command of the project, or dbt, to its end.

    Args:
        command: a script with its options, `sys.executable` before it or not.
        env: its whole environment; this process's if not given.
        cwd: its folder; this process's if not given.
        told: what it reads.
        is_one_stream: whether its messages stand among its output.
    """
    words = [str(word) for word in command if word != sys.executable]
    env = dict(os.environ if env is None else env)
    kept, own = kept_parse(words, env), Path(env.get("DBT_TARGET_PATH", "")) / PARSE
    if own.exists():
        # Of a copy of the project perhaps, whose files it names.
        kept = None
    elif kept and kept.exists():
        env["DBT_PARTIAL_PARSE_FILE_PATH"] = str(kept)
    with tempfile.TemporaryFile() as read, tempfile.TemporaryFile() as out, \
            tempfile.TemporaryFile() as err:  # fmt: skip
        read.write(told.encode())
        read.seek(0)
        streams = [read, out, out if is_one_stream else err]
        if os.name == "nt" or of_python(env) != of_python(os.environ):
            status = subprocess.run(
                [sys.executable, *words],
                **dict(zip(("stdin", "stdout", "stderr"), streams, strict=True)),
                env=env,
                cwd=cwd,
                check=False,
            ).returncode
        else:
            asked = {"words": words, "env": env, "cwd": str(cwd or Path.cwd())}
            server = forking("dbt" if Path(words[0]).name == "dbt" else "scripts")
            with tempfile.TemporaryFile() as request:
                request.write(json.dumps(asked).encode())
                request.seek(0)
                fds = [stream.fileno() for stream in (request, *streams)]
                socket.send_fds(server, [b"run"], fds)
                status = int(server.recv(16))
        said = []
        for stream in (out, err):
            stream.seek(0)
            said.append(stream.read().decode().replace("\r\n", "\n"))
    if kept and cwd == Path(__file__).parents[2] and own.exists() and not kept.exists():
        shutil.copy(own, temporary := kept.with_suffix(f".{os.getpid()}"))
        temporary.rename(kept)
    return subprocess.CompletedProcess(command, status, *said)


def kept_parse(words: list[str], env: Mapping[str, str]) -> Path | None:
    """The file of what dbt parses for a database of that name where the same is given, if kept."""
    if not parses or Path(words[0]).name != "dbt" or "--vars" in words:
        return None
    given = sorted(name for name in env if name.startswith("FOI_") and env[name])
    return parses / f"{Path(env.get('FOI_DATABASE', '')).stem[:99]} {' '.join(given)}.msgpack"


def of_python(env: Mapping[str, str]) -> dict[str, str]:
    """What Python reads when it starts, but that it writes UTF-8, as it does."""
    told = {name: env[name] for name in env if name.startswith(("PYTHON", "LANG", "LC_"))}
    return {name: value for name, value in told.items() if (name, value) != UTF_8}


@cache
def forking(kind: str) -> socket.socket:
    """The process that forks for one kind, started when first needed and ended with this one."""
    ours, theirs = socket.socketpair()
    # Threads of a library would not be there after a fork.
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1"} | dict([UTF_8])
    with theirs:
        server = subprocess.Popen(
            [sys.executable, __file__, kind, str(theirs.fileno())],
            env=env,
            pass_fds=[theirs.fileno()],
        )
    atexit.register(lambda: (ours.close(), server.wait()))
    return ours


def serve(place: socket.socket) -> list[str]:
    """Forks for each command asked for; gives the command's words, in the process forked."""
    while True:
        asked, fds, _, _ = socket.recv_fds(place, 16, 4)
        if not asked:
            os._exit(0)
        child = os.fork()
        if child == 0:
            place.close()
            return begin(*fds)
        for fd in fds:
            os.close(fd)
        place.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())


def begin(request: int, *streams: int) -> list[str]:
    """Makes a process forked what a new one would be; gives its words."""
    with open(request, encoding="utf-8") as file:
        asked = json.load(file)
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    os.chdir(asked["cwd"])
    for stands_for, fd in enumerate(streams):
        os.dup2(fd, stands_for)
        os.close(fd)
    return asked["words"]


def end_at_once(script: str) -> None:
    """Runs a script and ends as Python does, but takes no libraries apart."""
    status: object = 0
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as ended:
        status = ended.code
        if isinstance(status, str):
            print(status, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
        status = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status if isinstance(status, int) else int(status is not None))


def same_parse_for_every_place() -> None:
    """dbt parses the whole project anew where a path in the environment is another.

    Of the database only its name matters to what is parsed, and of the folders in dbt_project.yml
    only whether each is given; dbt itself sees which models name one. And every run has a number
    of its own, which is drawn when dbt is imported.
    """
    from dbt.artifacts.resources import FileHash
    from dbt.parser.manifest import ManifestLoader
    from dbt_common.invocation import reset_invocation_id

    checked = ManifestLoader.build_manifest_state_check

    def check(loader: ManifestLoader) -> object:
        state = checked(loader)
        config = loader.root_project
        told = [pair for pair in config.credentials.connection_info() if pair[0] != "path"]
        given = sorted((name, bool(value)) for name, value in config.project_env_vars.items())
        state.profile_hash = FileHash.from_contents(repr(told))
        state.project_env_vars_hash = FileHash.from_contents(repr(given))
        return state

    ManifestLoader.build_manifest_state_check = check
    reset_invocation_id()


if __name__ == "__main__":
    # As in the tests themselves: see conftest.py.
    os.fsync = lambda _: None
    for library in LIBRARIES[sys.argv[1]]:
        importlib.import_module(library)
    gc.freeze()
    words = serve(socket.socket(fileno=int(sys.argv[2])))
    script = Path(words[0])
    sys.argv, sys.orig_argv[1:] = words, words
    sys.path[0] = str(script.parent)
    if script.name == "dbt":
        gc.unfreeze()
        same_parse_for_every_place()
        runpy.run_path(str(script), run_name="__main__")
    else:
        end_at_once(str(script))
