"""Administration in a real browser: every flow on a desktop and a phone, by keyboard alone, and with axe-core."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
OTHER_THEME = (
    "document.documentElement.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'light' : 'dark'"
)
ARREARS = "How many days in arrears before the electricity is disconnected?"
PARTS = ("files", "upload", "queue", "shelves", "users", "keys", "feedback", "installation", "audit")
WORDS = Path(__file__).resolve().parents[2] / "service" / "static" / "words"
SIZES = [((1280, 900), "light"), ((390, 844), "dark")]
Entering = Callable[..., AbstractContextManager[Any]]
# What a browser does when files are dropped.
DROP = """([name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, {type: 'text/plain'}));
  const zone = document.getElementById('drop');
  for (const kind of ['dragenter', 'dragover', 'drop'])
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture(scope="module")
def chief(managed: Any) -> str:
    """Somebody with every role."""
    managed.add("chief", *(f"{role}" for role in ("administrator", "auditor", "custodian", "contributor")))
    return "chief"


@pytest.fixture(params=SIZES, ids=["desktop", "phone"])
def visit(browser: Browser, entering: Entering, chief: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    size, scheme = request.param
    with entering(browser, chief, size, scheme) as one:
        yield one


def go(visit: Any, part: str) -> Page:
    page: Page = visit.page
    page.goto(f"{visit.url}/admin?part={part}")
    expect(page.locator(".part > :not(.skeleton)").first).to_be_visible()
    return page


def check(visit: Any, state: str) -> None:
    """Nothing that axe knows of is wrong, in the theme of the device and in the other one."""
    page = visit.page
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    for theme in ("", OTHER_THEME):
        if theme:
            page.evaluate(theme)
        found = page.evaluate("axe.run(document)")["violations"]
        assert (state, [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]) == (state, [])
    page.evaluate("delete document.documentElement.dataset.theme")
    assert visit.fits(), state
    visit.shot(f"axe-{state}")


def test_dropped_and_chosen_files_are_sent_read_and_found(visit: Any, tmp_path: Path) -> None:
    page = go(visit, "upload")
    page.get_by_label("Collection").fill("notes")
    name = f"pool-{page.viewport_size['width']}.txt"  # type: ignore[index]
    page.evaluate(DROP, [name, f"The swimming pool of {name} is closed in July."])
    expect(page.locator(".sent.well")).to_contain_text(name)
    expect(page.locator(".sent.well .state")).to_have_text("new")
    broken = tmp_path / f"broken-{name}.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing")
    page.locator("#files").set_input_files(broken)
    expect(page.locator(".sent.bad .state")).to_contain_text("no readable PDF")
    visit.shot("upload")
    check(visit, "sent")
    go(visit, "queue")
    expect(page.locator(".jobs li").first).to_contain_text(broken.name)
    check(visit, "queue-with-jobs")
    go(visit, "files")
    row = page.locator(".card", has_text=broken.name)
    expect(row).to_contain_text("no readable PDF")
    page.get_by_role("button", name=f"Try {broken.name} again").click()
    expect(page.locator(".told")).to_contain_text("read again")
    page.get_by_placeholder("Find by name or reason").fill(name)
    page.keyboard.press("Enter")
    expect(page.locator(".cells tbody tr")).to_have_count(2)
    visit.shot("files")


def test_somebody_is_added_changed_disabled_and_given_a_new_password(visit: Any, managed: Any) -> None:
    page = go(visit, "users")
    user = f"anna{page.viewport_size['width']}"  # type: ignore[index]
    page.get_by_text("Add somebody").click()
    page.get_by_label("Sign-in name").fill(user)
    page.get_by_label("Name", exact=True).fill(f"Anna {user}")
    page.locator(".adding").get_by_label("Answer feedback").check()
    page.get_by_role("button", name="Add, and show the password").click()
    password = page.locator(".secret").input_value()
    with managed.nobody as client:
        assert client.post("/api/sign-in", json={"user": user, "password": password}).status_code == 200
    check(visit, "password-told")
    page.get_by_role("button", name="Put it away").click()
    expect(page.locator(".secret")).to_have_count(0)
    person = page.locator(".people details", has_text=f"Anna {user}")
    person.locator("summary").click()
    person.get_by_label("Sees documents under").fill("public, finance")
    check(visit, "person")
    person.get_by_role("button", name="Save").click()
    expect(page.locator(".told")).to_contain_text("It counts already")
    expect(person).to_contain_text("sees finance, public")
    person.locator("summary").click()
    person.get_by_role("button", name="New password").click()
    check(visit, "sure")
    page.locator("dialog").get_by_role("button", name="New password").click()
    expect(page.locator(".secret")).not_to_have_value(password)
    person.get_by_role("button", name="Disable").click()
    page.locator("dialog").get_by_role("button", name="Disable").click()
    expect(person).to_contain_text("disabled")
    visit.shot("users")


def test_key_is_made_told_once_and_revoked(visit: Any, managed: Any) -> None:
    page = go(visit, "keys")
    name = f"reports-{page.viewport_size['width']}"  # type: ignore[index]
    page.get_by_text("Make a key").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Make it, and show it").click()
    bearer = {"Authorization": f"Bearer {page.locator('.secret').input_value()}"}
    with managed.nobody as client:
        assert client.get("/api/documents", headers=bearer).status_code == 200
        page.get_by_role("button", name=f"Revoke {name}").click()
        page.locator("dialog").get_by_role("button", name="Rather not").click()
        assert client.get("/api/documents", headers=bearer).status_code == 200
        page.get_by_role("button", name=f"Revoke {name}").click()
        page.locator("dialog").get_by_role("button", name="Revoke").click()
        expect(page.locator(".card", has_text=name)).to_contain_text("revoked")
        assert client.get("/api/documents", headers=bearer).status_code == 401
    visit.shot("keys")


def test_document_goes_under_another_label_from_its_own_page(visit: Any, managed: Any) -> None:
    with managed.signed_in("reader") as reader:
        document = reader.get("/api/documents").json()["documents"][0]["id"]
    page = visit.page
    page.goto(f"{visit.url}/documents/{document}")
    page.get_by_role("link", name="Change it").click()
    expect(page.get_by_label("Number of the document")).to_have_value(str(document))
    page.get_by_label("New label").fill("public")
    page.get_by_role("button", name="Put it there").click()
    expect(page.locator(".told")).to_contain_text("is under “public” now")
    check(visit, "relabelled")


def test_feedback_is_answered_and_the_asker_told(visit: Any, managed: Any) -> None:
    with managed.signed_in("accountant") as client:
        answered = client.post("/api/ask", json={"question": ARREARS})
        said = {"question": ARREARS, "useful": False, "wrong_citation": 1, "text": "It is 60 days."}
        said["answer_id"] = answered.headers["x-answer-id"]
        assert client.post("/api/feedback", json=said).status_code == 201
        client.post("/api/ask", json={"question": "Which astronauts has the municipality sent to Mars?"})
        page = go(visit, "feedback")
        first = page.locator(".card").first
        expect(first).to_contain_text("It is 60 days.")
        check(visit, "feedback-given")
        first.get_by_label("How far it is").select_option("done")
        first.get_by_label("Reply").fill("Corrected, thank you.")
        first.get_by_role("button", name="Send").click()
        expect(page.locator(".told")).to_contain_text("accountant will be told")
        mine = client.get("/api/feedback/mine").json()["feedback"][0]
    assert (mine["status"], mine["reply"]) == ("done", "Corrected, thank you.")
    expect(page.locator(".cells")).to_contain_text("astronauts")
    visit.shot("feedback")


def test_audit_is_shown_newest_first_and_looked_through(visit: Any, managed: Any) -> None:
    with managed.signed_in("accountant") as client:
        client.get("/api/search", params={"q": "a word that is looked for last"})
    page = go(visit, "audit")
    expect(page.locator(".cells tbody tr").first).to_contain_text("a word that is looked for last")
    page.get_by_role("button", name="Look for tampering").click()
    expect(page.locator(".told")).to_contain_text("untouched")
    check(visit, "audited")


@pytest.mark.parametrize("part", PARTS)
def test_no_part_has_a_violation(visit: Any, part: str) -> None:
    page = go(visit, part)
    for folded in page.locator("main details:not([open]) > summary").all()[:1]:
        folded.click()
    check(visit, part)


def test_each_role_is_shown_what_is_for_it(browser: Browser, entering: Entering) -> None:
    shown = {"contributor": ["Add documents", "Queue"], "custodian": ["Feedback"], "auditor": ["Audit"], "reader": []}
    for user, parts in shown.items():
        with entering(browser, user) as visit:
            visit.page.goto(f"{visit.url}/admin")
            expect(visit.page.locator("h1")).to_have_text("Administration")
            assert visit.page.locator(".parts a").all_inner_texts() == parts
            if not parts:
                expect(visit.page.locator(".notice.error")).to_contain_text("Nothing here is for your role")


def test_who_has_not_signed_in_is_led_there_and_back(browser: Browser, managed: Any) -> None:
    page = browser.new_page()
    page.goto(f"{managed.url}/admin?part=users")
    expect(page).to_have_url(f"{managed.url}/sign-in?next=%2Fadmin%3Fpart%3Dusers")
    page.close()


def test_failure_is_shown_with_a_way_to_try_again(visit: Any) -> None:
    page = visit.page
    page.route("**/api/admin/users*", lambda route: route.fulfill(status=503, json={"detail": "the service is ending"}))
    page.goto(f"{visit.url}/admin?part=users")
    expect(page.locator(".notice.error")).to_contain_text("the service is ending")
    check(visit, "failed")
    page.unroute("**/api/admin/users*")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".people")).to_be_visible()
    visit.expect_failures("503")


def test_somebody_is_added_by_keys_alone(visit: Any) -> None:
    page = go(visit, "files")
    tab_to(page, ".parts a[href$='part=users']")
    page.keyboard.press("Enter")
    expect(page.locator(".part-title")).to_have_text("People")
    tab_to(page, ".adding summary")
    page.keyboard.press("Enter")
    tab_to(page, ".adding input")
    page.keyboard.type(f"keys{page.viewport_size['width']}")  # type: ignore[index]
    tab_to(page, ".adding input[value=auditor]")
    page.keyboard.press("Space")
    tab_to(page, ".adding button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator(".secret")).to_be_focused()
    tab_to(page, ".told .quiet:last-of-type")
    page.keyboard.press("Enter")
    expect(page.locator(".secret")).to_have_count(0)


def tab_to(page: Page, wanted: str) -> None:
    for _ in range(120):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted}: not reached by Tab")


@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["desktop", "phone"])
def test_letters_twice_as_large_fit(
    launch: Callable[..., Browser], entering: Entering, chief: str, size: tuple[int, int]
) -> None:
    large = launch("--blink-settings=defaultFontSize=32,minimumFontSize=12")
    with entering(large, chief, size) as visit:
        for part in PARTS:
            go(visit, part)
            visit.shot(f"large-{part}")
            assert (part, visit.fits()) == (part, True)


def test_signing_in_feedback_and_a_new_password_have_no_violation(visit: Any, managed: Any) -> None:
    page = visit.page
    page.goto(visit.url)
    page.locator("#question").fill(ARREARS)
    page.keyboard.press("Enter")
    expect(page.locator(".made")).to_be_visible()
    page.locator(".feedback").get_by_role("button", name="No").click()
    check(visit, "feedback-form")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".feedback")).to_contain_text("Thank you")
    page.goto(f"{visit.url}/history")
    expect(page.locator(".replies")).to_contain_text(ARREARS)
    check(visit, "history-with-replies")
    page.locator("#settings").click()
    page.get_by_text("Change your password").click()
    page.get_by_label("The password that you have").fill("not the one")
    page.get_by_label("A new one").fill("another long enough phrase")
    page.get_by_role("button", name="Change it", exact=True).click()
    expect(page.locator(".password .notice")).to_contain_text("the old password is wrong")
    check(visit, "password-wrong")
    page.get_by_label("The password that you have").fill("a long enough phrase")
    page.get_by_role("button", name="Change it", exact=True).click()
    expect(page.locator(".password .notice")).to_contain_text("It is changed")
    with managed.nobody as client:
        asked = {"user": "chief", "password": "another long enough phrase"}
        assert client.post("/api/sign-in", json=asked).status_code == 200
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#password")).to_be_visible()
    check(visit, "password-sign-in")
    page.locator("#user").fill("chief")
    page.locator("#password").fill("not the one")
    page.keyboard.press("Enter")
    expect(page.locator(".notice.error")).to_be_visible()
    check(visit, "sign-in-refused")
    with managed.nobody as client:
        changed = client.post("/api/sign-in", json=asked).json()["csrf"]
        new = {"old": "another long enough phrase", "new": "a long enough phrase"}
        assert client.post("/api/me/password", json=new, headers={"X-CSRF-Token": changed}).status_code == 204
    visit.expect_failures("401", "422")


def test_every_text_of_administration_is_used_and_has_its_catalogue() -> None:
    english = json.loads((WORDS / "administration" / "en.json").read_text("utf-8"))["words"]
    others = json.loads((WORDS / "en.json").read_text("utf-8"))["words"]
    source = "\n".join(file.read_text("utf-8") for file in (WORDS.parent / "app" / "administration").glob("*.js"))
    named = set(re.findall(r"\"([a-z_]+\.[a-z_]+)\"", source))
    prefixes = set(re.findall(r"`([a-z_]+)\.\$\{", source))
    used = {key for key in english if key in named or key.split(".")[0] in prefixes}
    assert (set(english) - used, named - set(english) - set(others), set(english) & set(others)) == (
        set(),
        set(),
        set(),
    )


def test_administration_speaks_the_language_that_is_chosen(visit: Any) -> None:
    page = go(visit, "users")
    page.evaluate("localStorage.setItem('khumbula.language', 'zu')")
    page.reload()
    words = json.loads((WORDS / "administration" / "zu.json").read_text("utf-8"))["words"]
    expect(page.locator("h1")).to_have_text(words["admin.title"])
    expect(page.locator(".part-title")).to_have_text(words["part.users"])
    assert visit.fits()
    visit.shot("administration-zu")


def test_address_of_a_part_is_kept_by_back_and_forward(visit: Any) -> None:
    page = go(visit, "files")
    page.get_by_role("link", name="Keys").click()
    expect(page.locator(".part-title")).to_have_text("Keys")
    expect(page).to_have_url(re.compile(r"part=keys"))
    page.go_back()
    expect(page.locator(".part-title")).to_have_text("Files")
