"""The staff application in a real browser over the whole sample corpus: every flow, on a desktop and on a phone."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from playwright.sync_api import Locator, Page, expect

ARREARS = "How many days in arrears before the electricity is disconnected?"
UNKNOWN = "Which astronauts has the municipality sent to Mars?"
WORDS = Path(__file__).resolve().parents[2] / "service" / "static" / "words"


def ask(page: Page, question: str) -> Locator:
    """Ask; the turn that came of it, answered."""
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    turn = page.locator(".turn").last
    expect(turn.locator(".asked")).to_have_text(question)
    expect(turn.locator(".made")).to_be_visible()
    return turn


def test_question_is_answered_and_its_marker_opens_the_marked_page(visit: Any) -> None:
    page = visit.page
    page.goto(visit.url)
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator("#held")).to_contain_text(re.compile(r"\d+ documents"))
    visit.shot("first")
    page.keyboard.type(ARREARS)
    page.keyboard.press("Enter")
    expect(page.locator(".answer .marker").first).to_be_visible()
    expect(page.locator(".verdict")).to_have_text("From the documents, word for word")
    assert visit.fits()
    visit.shot("answer")
    page.locator(".answer .marker").first.click()
    expect(page.locator("#picture")).to_be_visible()
    expect(page.locator("#picture")).not_to_have_js_property("naturalWidth", 0, timeout=30_000)
    assert visit.fits()
    visit.shot("panel")
    page.locator("#as-text").click()
    expect(page.locator("#text mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()


def test_suggestion_asks_and_citation_opens_by_keyboard(visit: Any) -> None:
    page = visit.page
    page.goto(visit.url)
    suggestion = page.locator("#suggestions button").first
    question = suggestion.inner_text()
    visit.shot("suggestions")
    suggestion.press("Enter")
    expect(page.locator(".citation").first).to_be_visible()
    expect(page.locator(".asked")).to_have_text(question)
    assert "q=What+does+the" in page.url
    page.locator(".citation").first.press("Enter")
    expect(page.locator("#panel")).to_be_visible()
    expect(page.locator("#panel-title")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(page.locator(".citation").first).to_be_focused()
    page.go_back()
    expect(page.locator("#suggestions")).to_be_visible()
    expect(page.locator(".recent .card")).to_contain_text(question)


def test_unknown_is_said_plainly_with_the_closest_as_closest(visit: Any) -> None:
    page = visit.page
    page.goto(f"{visit.url}/?q={UNKNOWN}")
    expect(page.locator(".verdict")).to_have_text("I do not know")
    expect(page.locator(".answer .marker")).to_have_count(0)
    assert visit.fits()
    visit.shot("unknown")


def test_citation_address_opens_a_format_without_pictures_as_marked_text(visit: Any, sampled: Any) -> None:
    asked = {"q": "Who keeps the register of records?", "k": 30}
    results = sampled.client.get("/api/search", params=asked).json()["results"]
    url = next(result["url"] for result in results if result["file_name"].endswith(".docx"))
    visit.page.goto(visit.url + url)
    expect(visit.page.locator("#text mark").first).to_be_visible()
    expect(visit.page.locator("#as-text")).to_be_hidden()
    visit.shot("text")


def test_markup_in_a_question_stays_text(visit: Any) -> None:
    visit.page.goto(f"{visit.url}/?q=<img src=x onerror=alert(1)> disconnection of electricity in arrears")
    expect(visit.page.locator(".made")).to_be_visible()
    assert visit.page.locator("main img").count() == 0
    assert "<img src=x" in visit.page.locator(".asked").inner_text()


def test_failure_is_shown_in_words_and_tried_again(visit: Any, sampled: Any) -> None:
    visit.page.goto(visit.url)
    gate = sampled.app.state.door.questions
    entered = [gate.entered() for _ in range(gate.size)]
    for one in entered:
        one.__enter__()
    visit.page.locator("#question").fill(ARREARS)
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".notice.error")).to_contain_text("try again")
    visit.shot("busy")
    for one in entered:
        one.__exit__(None, None, None)
    visit.page.get_by_role("button", name="Try again").click()
    expect(visit.page.locator(".answer .marker").first).to_be_visible()
    visit.expect_failures("503")


def test_waiting_is_shown_until_the_answer_comes(visit: Any) -> None:
    page = visit.page
    held: list[Any] = []
    page.route("**/api/ask", lambda route: held.append(route))
    page.goto(visit.url)
    page.locator("#question").fill(ARREARS)
    page.keyboard.press("Enter")
    expect(page.locator(".skeleton")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Looking it up")).to_be_visible()
    visit.shot("waiting")
    held[0].continue_()
    expect(page.locator(".answer .marker").first).to_be_visible()


def test_follow_up_goes_on_in_a_conversation_that_is_there_again_later(visit: Any) -> None:
    page = visit.page
    page.goto(visit.url)
    ask(page, ARREARS)
    turn = ask(page, "And for the water?")
    expect(turn.locator(".leaning")).to_contain_text(f"{ARREARS} And for the water?")
    visit.shot("follow-up")
    assert re.search(r"/conversations/\d+\?q=And\+for", page.url)
    page.reload()
    expect(page.locator(".asked")).to_have_text([ARREARS, "And for the water?"])
    expect(page.locator(".made")).to_have_count(2)
    page.locator(".leaning button").click()
    expect(page.locator(".asked")).to_have_count(3)
    expect(page.locator(".turn").last.locator(".made")).to_be_visible()
    expect(page.locator(".turn").last.locator(".leaning")).to_have_count(0)


def test_somebody_elses_conversation_is_asked_anew_with_ones_own_rights(visit: Any, sampled: Any) -> None:
    kept = {"question": ARREARS, "keep": True}
    theirs = sampled.client.post("/api/ask", json=kept, headers={"X-User": "somebody"}).json()["conversation_id"]
    visit.page.goto(f"{visit.url}/conversations/{theirs}?q={ARREARS}")
    expect(visit.page.locator(".made")).to_be_visible()
    expect(visit.page).not_to_have_url(re.compile(f"/conversations/{theirs}\\b"))
    visit.expect_failures("404")


def test_past_day_and_collection_narrow_the_answer(visit: Any) -> None:
    page = visit.page
    page.goto(visit.url)
    page.locator("#options summary").click()
    page.locator("#as-of").fill("2017-03-01")
    expect(page.locator("#in-collection option")).not_to_have_count(1)
    turn = ask(page, ARREARS)
    expect(turn.locator(".context")).to_contain_text("1 March 2017")
    expect(turn.locator(".citation").first).to_contain_text("2016")
    assert "as_of=2017-03-01" in page.url


def test_neighbouring_pages_sources_and_versions_are_at_hand_in_the_panel(visit: Any) -> None:
    page = visit.page
    page.goto(visit.url)
    ask(page, ARREARS)
    page.locator(".citation", has=page.locator(".title", has_text="Credit Control")).first.click()
    panel = page.locator("#panel")
    expect(panel.locator(".panel-page")).to_have_text(re.compile(r"Page \d+ of \d+"))
    before = panel.locator(".panel-page").inner_text()
    panel.get_by_role("button", name="Next page").click()
    expect(panel.locator(".panel-page")).not_to_have_text(before)
    panel.get_by_role("button", name="Previous page").click()
    expect(panel.locator(".panel-page")).to_have_text(before)
    panel.locator("summary").click()
    expect(panel.locator(".about")).to_contain_text("Chief Financial Officer")
    assert panel.locator(".versions li").count() == 4
    visit.shot("about")
    panel.locator(".versions button").last.click()
    expect(panel.locator(".facts")).to_contain_text("version 1")
    expect(panel.locator(".badge").first).to_have_text("superseded")
    with page.expect_download() as download:
        panel.locator("#original").click()
    assert download.value.suggested_filename == "credit-control-policy-2013.pdf"


def test_search_is_narrowed_by_facets_and_days_and_its_address_keeps_it(visit: Any) -> None:
    page = visit.page
    page.goto(f"{visit.url}/search")
    total = page.locator(".count-line")
    expect(total).to_have_text(re.compile(r"\d+ documents"))
    visit.shot("shelf")
    page.locator("#words").fill("disconnection of water")
    page.keyboard.press("Enter")
    expect(page.locator(".found").first).to_be_visible()
    assert visit.fits()
    visit.shot("search")
    if not page.locator(".facets").is_visible():
        page.locator(".filters summary").click()
        visit.shot("filters")
    policy = page.locator("button.facet", has_text="Policy")
    number = int(policy.locator(".count").inner_text().split()[0])
    policy.click()
    expect(page.locator("button.facet", has_text="Policy")).to_have_attribute("aria-pressed", "true")
    expect(total).to_contain_text(f"out of {number} documents")
    page.locator("#filter-as_of").fill("2017-03-01")
    expect(page.locator(".group .badge").first).to_have_text("superseded")
    assert "kind=policy" in page.url
    assert "as_of=2017-03-01" in page.url
    page.reload()
    expect(page.locator(".group .badge").first).to_have_text("superseded")
    page.go_back()
    expect(page.locator("#filter-as_of")).to_have_value("")
    page.locator(".found").first.click()
    expect(page.locator("#panel-title")).not_to_be_empty()


def test_search_tells_how_the_question_was_read(visit: Any) -> None:
    page = visit.page
    page.goto(f"{visit.url}/search?q=who+pays+the+electrisity+of+a+robot")
    reading = page.locator(".reading")
    expect(reading).to_contain_text("robot → traffic light")
    expect(reading).to_contain_text("electrisity → electricity")
    reading.locator("summary").click()
    expect(reading.locator(".facts-list")).to_contain_text("Versions searched")
    assert visit.fits()
    visit.shot("reading")


def test_search_shows_the_same_words_once_with_where_else_they_stand(visit: Any) -> None:
    page = visit.page
    page.goto(f"{visit.url}/search?q=school+books+and+school+uniforms+are+given+back")
    first = page.locator(".passages li").filter(has_text="school uniforms are given back").first
    expect(first.locator(".also button")).to_have_count(1)
    first.locator(".also button").click()
    expect(page.locator("#panel-title")).to_contain_text("Street Trading")
    visit.shot("also")


def test_document_page_tells_who_answers_and_leads_to_versions_and_pages(visit: Any) -> None:
    page = visit.page
    page.goto(f"{visit.url}/search")
    page.locator(".shelf a", has_text="Credit Control and Debt Collection").first.click()
    expect(page.locator("h1")).to_contain_text("Credit Control")
    expect(page.locator(".facts-list")).to_contain_text("Chief Financial Officer")
    assert visit.fits()
    visit.shot("document")
    page.get_by_role("link", name="What changed between this version and version 1").click()
    expect(page).to_have_url(re.compile(r"/compare\?left="))
    page.go_back()
    page.locator(".shelf a", has_text="version 1").click()
    expect(page.locator(".badge").first).to_have_text("superseded")
    page.locator(".page-list button").nth(1).click()
    expect(page.locator(".panel-page")).to_contain_text("Page 2 of")
    page.keyboard.press("Escape")
    expect(page.locator(".page-list button").nth(1)).to_be_focused()


def test_two_texts_are_compared_word_by_word_and_lead_to_their_pages(visit: Any, sampled: Any) -> None:
    page = visit.page
    results = sampled.client.get("/api/search", params={"q": ARREARS}).json()["results"]
    document = next(r["document_id"] for r in results if r["title"].startswith("Credit Control"))
    page.goto(f"{visit.url}/documents/{document}?version=4")
    page.get_by_role("link", name="Compare with another").click()
    expect(page.locator("#left")).to_have_value(f"{document}@4")
    expect(page.locator("#right")).to_be_focused()
    page.keyboard.type(f"{document}@3")
    page.keyboard.press("Enter")
    expect(page.locator(".sides .card").nth(1)).to_contain_text("superseded")
    expect(page.locator(".runs del").first).to_be_visible()
    expect(page.locator(".runs ins").first).to_be_visible()
    same = page.locator(".pair.same")
    expect(same.first).to_be_hidden()
    page.get_by_label("Only what is different").uncheck()
    expect(same.first).to_be_visible()
    assert visit.fits()
    visit.shot("compare")
    page.get_by_role("button", name=re.compile("Open it: Second text")).first.click()
    expect(page.locator("#panel .facts")).to_contain_text("version 3")
    page.keyboard.press("Escape")
    page.get_by_text("Compare other texts").click()
    page.get_by_role("button", name="The other way round").click()
    expect(page.locator(".sides .card").first).to_contain_text("superseded")
    page.goto(f"{visit.url}/compare?left=nothing&right=<b>there</b>")
    expect(page.locator(".notice.error")).to_contain_text("no document is called that")
    visit.expect_failures("404")


def test_absent_document_is_said_to_be_absent(visit: Any) -> None:
    visit.page.goto(f"{visit.url}/documents/999999")
    expect(visit.page.locator("h1")).to_have_text("There is no such document")
    visit.expect_failures("404")


def test_history_is_found_opened_and_forgotten(visit: Any) -> None:
    page = visit.page
    page.goto(f"{visit.url}/history")
    expect(page.locator(".notice")).to_have_text("You have not asked anything yet.")
    for question in (ARREARS, "What does it cost to hire the community hall?"):
        page.goto(visit.url)
        ask(page, question)
    page.goto(f"{visit.url}/history")
    expect(page.locator(".history .card")).to_have_count(2)
    visit.shot("history")
    page.locator("#history-words").fill("community hall")
    page.keyboard.press("Enter")
    expect(page.locator(".history .card")).to_have_count(1)
    page.locator(".history .card").click()
    expect(page.locator(".made")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Forget: How many").click()
    expect(page.locator(".history .card")).to_have_count(1)
    page.get_by_role("button", name="Forget everything that I asked").click()
    page.get_by_role("button", name="Forget everything", exact=True).click()
    expect(page.locator(".history .notice")).to_have_text("You have not asked anything yet.")


def test_answer_is_copied_with_its_references_and_taken_along_as_a_word_file(visit: Any) -> None:
    page = visit.page
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(visit.url)
    turn = ask(page, ARREARS)
    quote = turn.locator(".citation .quote").first.inner_text()
    for name, start in (("Copy", ARREARS), ("Copy as Markdown", f"## {ARREARS}")):
        turn.get_by_role("button", name=name, exact=True).click()
        expect(turn.locator(".said")).to_have_text("Copied, with its references.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(start)
        assert quote[:20] in copied
        assert f"{visit.url}/?document=" in copied
    # Asked for beside the page: a browser sends the headers that name this test's user with no download.
    file = visit.context.request.get(visit.url + str(turn.get_by_role("link", name="Word file").get_attribute("href")))
    paragraphs = [p.text for p in docx.Document(io.BytesIO(file.body())).paragraphs]
    assert paragraphs[0] == ARREARS
    assert any(quote[:20] in paragraph for paragraph in paragraphs)


def test_shared_answer_opens_for_who_may_see_it_and_for_nobody_else(visit: Any) -> None:
    page = visit.page
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(visit.url)
    turn = ask(page, ARREARS)
    turn.get_by_role("button", name="Share").click()
    expect(turn.locator(".said")).to_contain_text("The link is copied")
    link = page.evaluate("navigator.clipboard.readText()")
    visit.context.set_extra_http_headers({"X-User": "colleague", "X-Labels": "public"})
    page.goto(link)
    expect(page.locator(".asked")).to_have_text(ARREARS)
    expect(page.locator(".answer .marker").first).to_be_visible()
    visit.shot("shared")
    visit.context.set_extra_http_headers({"X-User": "stranger", "X-Labels": "elsewhere"})
    page.goto(link)
    expect(page.locator(".notice.error")).to_contain_text("There is nothing under this link for you")
    visit.expect_failures("404")


def test_question_asked_offline_is_answered_when_the_service_is_back(visit: Any) -> None:
    page = visit.page
    page.goto(visit.url)
    expect(page.locator("#held")).not_to_be_empty()
    visit.context.set_offline(True)
    page.locator("#question").fill(ARREARS)
    page.keyboard.press("Enter")
    expect(page.locator("#connection")).to_contain_text("cannot be reached")
    expect(page.locator(".notice.error")).to_contain_text("will be asked again")
    visit.shot("offline")
    visit.context.set_offline(False)
    expect(page.locator(".answer .marker").first).to_be_visible(timeout=15_000)
    expect(page.locator("#connection")).to_be_hidden()
    visit.expect_failures("ERR_INTERNET_DISCONNECTED")


def test_who_sees_nothing_is_shown_nothing(visit: Any) -> None:
    page = visit.page
    visit.context.set_extra_http_headers({"X-User": visit.user, "X-Labels": "none"})
    page.goto(f"{visit.url}/search")
    expect(page.locator(".notice")).to_have_text("There is no document yet that you may see.")
    expect(page.locator("button.facet")).to_have_count(0)
    page.goto(visit.url)
    page.locator("#question").fill(ARREARS)
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_have_text("I do not know")
    expect(page.locator(".citation")).to_have_count(0)


def test_paper_carries_the_answer_and_its_references_alone(visit: Any) -> None:
    page = visit.page
    page.goto(visit.url)
    ask(page, ARREARS)
    page.emulate_media(media="print")
    for part in ("#header", "#ask", ".turn-foot"):
        expect(page.locator(part).first).to_be_hidden()
    for part in (".asked", ".answer", ".citation .quote"):
        expect(page.locator(part).first).to_be_visible()
    visit.shot("print")


@pytest.mark.parametrize("part", [".", "administration", "compare"])
@pytest.mark.parametrize("language", ["en", "zu", "xh", "af"])
def test_every_language_has_every_text_with_its_values(language: str, part: str) -> None:
    catalogue, english = (json.loads((WORDS / part / f"{name}.json").read_text("utf-8")) for name in (language, "en"))
    assert list(catalogue["words"]) == list(english["words"])
    assert catalogue["draft"] is (language != "en")
    values = {key: sorted(re.findall(r"{\w+}", text)) for key, text in catalogue["words"].items()}
    assert values == {key: sorted(re.findall(r"{\w+}", text)) for key, text in english["words"].items()}


def test_every_text_that_is_used_is_in_the_catalogue_and_the_other_way_round() -> None:
    english = {
        key for part in (".", "compare") for key in json.loads((WORDS / part / "en.json").read_text("utf-8"))["words"]
    }
    files = [file for folder in ("app", "widget") for file in sorted((WORDS.parent / folder).glob("*.js"))]
    source = "\n".join(file.read_text("utf-8") for file in files)
    python = "\n".join((WORDS.parents[1] / name).read_text("utf-8") for name in ("answer_files.py",))
    named = set(re.findall(r"\"([a-z_]+\.[a-z_]+)\"", source + python))
    used = {key for key in english if key in named}
    prefixes = set(re.findall(r"`([a-z_]+)\.\$\{", source))
    counted = set(re.findall(r"counted\(\"([a-z]+)\"", source))
    used |= {key for key in english if key.split(".")[0] in prefixes | counted}
    assert english - used == set()


@pytest.mark.parametrize("language", ["zu", "xh", "af"])
def test_interface_speaks_the_language_that_is_chosen(visit: Any, language: str) -> None:
    page = visit.page
    words = json.loads((WORDS / f"{language}.json").read_text("utf-8"))["words"]
    page.goto(visit.url)
    page.locator("#settings").click()
    page.locator("#language").select_option(language)
    expect(page.locator("h1")).to_have_text(words["ask.title"])
    assert page.locator("html").get_attribute("lang") == language
    assert visit.fits()
    visit.shot(f"language-{language}")
    page.locator("#settings").click()
    expect(page.locator(".settings .hint")).to_have_text(words["settings.draft"])
