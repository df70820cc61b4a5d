"""Pages in Chromium: axe-core finds nothing against WCAG 2.2 AA, and 320 pixels are wide enough."""

import html
import json
import re
import shutil
import subprocess
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

import compiled_models
from make_docs import dictionary_page
from missing_from_care.documents.page.page import page_bytes
from missing_from_care.documents.quality.director import director_page
from missing_from_care.pack.disclosure_log import disclosure_log_entry, log_pages
from missing_from_care.response.answers import Response
from pack_cases import nasty, protected

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DARK = "--blink-settings=preferredColorScheme=0"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')

pytestmark = pytest.mark.skipif(
    not CHROMIUM, reason="Chromium is not installed, so no page is opened in a browser."
)


@pytest.fixture(scope="module")
def pages(
    responses: dict[str, Response], statements: compiled_models.Statements, database: Path
) -> dict[str, str]:
    """Every kind of page by name."""
    kinds = {ref: protected(response) for ref, response in responses.items()}
    kinds["not protected"] = responses["foi-2018-0611"]
    kinds["nasty"] = nasty(responses["foi-2018-0611"])
    made = {name: page_bytes(response).decode() for name, response in kinds.items()}
    entries = [
        disclosure_log_entry(response, {"response.html": made[name].encode()})
        for name, response in kinds.items()
        if response.is_protected
    ]
    made["dictionary"] = dictionary_page(json.loads(statements.manifest.read_text()), {}).decode()
    made["director"] = director_page(database).decode()
    return made | {
        "log": log_pages(entries)["index.html"].decode(),
        "empty log": log_pages([])["index.html"].decode(),
    }


def opened(text: str, folder: Path, *options: str) -> str:
    """What Chromium makes of a page, once its scripts have run."""
    file = folder / "page.html"
    file.write_text(text, encoding="utf-8")
    command = [
        CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1000,800",
        f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=60000", *options,
        "--dump-dom", file.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout


def told(dom: str) -> object:
    """What a script wrote into the title of the page, as JSON."""
    return json.loads(html.unescape(re.search(r"<title>(.*?)</title>", dom, re.DOTALL)[1]))


def found_by_axe(text: str, folder: Path, *options: str) -> list[list[str]]:
    """What axe finds in a copy of a page that lets scripts run, as the page itself does not."""
    axe = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    script = f"""<script>{axe}</script><script>
        const dark = matchMedia("(prefers-color-scheme: dark)").matches;
        axe.run({{runOnly: {json.dumps(RULES)}}}).then(result => {{
            const found = result.violations.map(each => [each.id, each.nodes[0].html]);
            document.title = JSON.stringify([dark, result.passes.length, found]);
        }});</script>"""
    copy = POLICY.sub("", text).replace("</body>", f"{script}</body>")
    is_dark, passes, violations = told(opened(copy, folder, *options))
    assert is_dark == (DARK in options)
    assert passes > 15
    return violations


def test_axe_finds_nothing(pages: dict[str, str], tmp_path: Path) -> None:
    for name, text in pages.items():
        assert found_by_axe(text, tmp_path) == [], name


def test_axe_finds_nothing_in_the_dark(pages: dict[str, str], tmp_path: Path) -> None:
    for name in ("foi-2018-0417", "log"):
        assert found_by_axe(pages[name], tmp_path, DARK) == [], name


def test_axe_would_find_something(pages: dict[str, str], tmp_path: Path) -> None:
    broken = pages["log"].replace(' lang="en-GB"', "")
    assert [rule for rule, _ in found_by_axe(broken, tmp_path)] == ["html-has-lang"]


def test_no_page_scrolls_sideways_at_320_pixels(pages: dict[str, str], tmp_path: Path) -> None:
    """WCAG 2.2, 1.4.10: wide tables scroll in their own region."""
    for name, text in pages.items():
        frame = f"""<iframe width="320" height="800" style="border: 0"
            srcdoc="{html.escape(text)}"></iframe><title></title><script>onload = () => {{
            const page = document.querySelector("iframe").contentDocument.scrollingElement;
            const out = [...page.querySelectorAll("svg text")].filter(text =>
                text.getBoundingClientRect().right > 320 || text.getBoundingClientRect().left < 0);
            document.title = JSON.stringify(
                [page.clientWidth, page.scrollWidth, out.map(text => text.textContent)]);
            }}</script>"""
        width, needed, cut = told(opened(f"<!DOCTYPE html>{frame}", tmp_path))
        assert 0 < width <= 320
        assert needed <= width, name
        assert cut == [], name


def test_a_table_of_three_columns_fits_320_pixels(
    responses: dict[str, Response], tmp_path: Path
) -> None:
    """Without scrolling in its region, which would cut the digits of the last column.

    The frame is so high that no bar for scrolling takes of its width, as on a telephone.
    """
    shown = ("occasions_missing", "occasions_missing_or_absent")
    response = protected(responses["foi-2018-0417"])
    table = response.tables[0]
    answers = tuple(
        replace(each, measure=measure, heading=heading)
        for measure, heading in zip(
            shown, ("Occasions missing", "Occasions missing or absent"), strict=True
        )
        for each in table.answers
        if each.measure == table.answers[0].measure
    )
    page = page_bytes(replace(response, tables=(replace(table, answers=answers),))).decode()
    frame = f"""<iframe width="320" height="9000" style="border: 0"
        srcdoc="{html.escape(page)}"></iframe><title></title><script>onload = () => {{
        const each = document.querySelector("iframe").contentDocument.querySelector(".scroll");
        document.title = JSON.stringify(
            [each.querySelectorAll("thead th").length, each.scrollWidth - each.clientWidth]);
        }}</script>"""
    assert told(opened(f"<!DOCTYPE html>{frame}", tmp_path)) == [3, 0]


def test_the_log_finds_what_a_reader_looks_for(pages: dict[str, str], tmp_path: Path) -> None:
    """Its own script runs under its own policy; a script of somebody else does not."""
    log = pages["log"].replace("</main>", "<script>document.title = 'ran'</script></main>")
    frame = f"""<iframe srcdoc="{html.escape(log)}"></iframe><title></title><script>
        onload = () => {{
            const page = document.querySelector("iframe").contentDocument;
            const form = page.getElementById("find");
            const shown = (words, outcome, year) => {{
                Object.assign(form.words, {{value: words}});
                Object.assign(form.outcome, {{value: outcome}});
                Object.assign(form.year, {{value: year}});
                form.dispatchEvent(new Event("input"));
                return [page.querySelectorAll("section:not([hidden])").length,
                        page.getElementById("found").textContent];
            }};
            document.title = JSON.stringify([page.title, form.hidden, shown("", "", ""),
                shown("UNACCOMPANIED boys", "", ""), shown("", "partly_released", ""),
                shown("", "", "2018"), shown("no such word", "", "")]);
        }};</script>"""
    title, is_hidden, *found = told(opened(f"<!DOCTYPE html>{frame}", tmp_path))
    assert "ran" not in title
    assert not is_hidden
    in_part = log.count('data-outcome="partly_released"')
    counts = [4, 1, in_part, 4, 0]
    assert found == [[count, f"{count} of 4 shown"] for count in counts]


def test_the_directors_page_fits_one_sheet(pages: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(pages["director"], encoding="utf-8")
    printed = tmp_path / "page.pdf"
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    command = [CHROMIUM, *options, profile, f"--print-to-pdf={printed}", "page.html"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True, timeout=300)
    assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) == 1
