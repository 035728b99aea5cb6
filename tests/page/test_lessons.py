"""Lessons in a browser: each is taken by keyboard, and what the page makes of it is what the tests make of it."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from payments.console.lessons import read_lessons
from tests.lessons.playing import Amount, Json, asked, first, position, value_of
from tests.page.browsing import Witness, assert_accessible, assert_fits, in_every_form
from tests.page.sandbox import Sandbox

LESSONS: Final = dict(read_lessons())
LETTERS: Final = "abcd"
FAR: Final = 200
"""More steps than any act has."""

every_lesson = pytest.mark.parametrize("name", LESSONS)


def make_the_calls(page: Page) -> None:
    """Press the button that begins an act; the theatre is there when its story has been read."""
    page.get_by_role("button", name="Make these calls").press("Enter")
    expect(page.locator(".theatre")).to_be_visible()


def take_act(page: Page, act: Json, choose: Any = None) -> None:
    """Step through an act with the arrow keys; answer what is asked, with the right letter or as ``choose`` says."""
    answered = 0
    theatre, quiz = page.locator(".theatre"), page.locator(".quiz:has(.opts)")
    for _ in range(FAR):
        n, of = (int(theatre.get_attribute(each) or 0) for each in ("data-n", "data-of"))
        if n == of:
            break
        if quiz.count() and not quiz.locator(".why").count():
            question = act["questions"][answered]
            right = next(k for k, each in enumerate(question["options"]) if each.get("right"))
            option = right if choose is None else choose(question, right)
            expect(page.locator(".m.ask")).to_have_count(1)
            page.keyboard.press("ArrowRight")  # nobody goes on without an answer
            expect(theatre).to_have_attribute("data-n", str(n))
            page.keyboard.press(LETTERS[option] if answered % 2 else str(option + 1))
            expect(quiz.locator(".opt.right")).to_have_count(1)
            expect(quiz.locator(".opt").nth(right)).to_have_class(re.compile("right"))
            expect(page.locator("#say")).to_contain_text("Right." if option == right else "Not quite.")
            answered += 1
        page.keyboard.press("ArrowRight")
        expect(theatre).to_have_attribute("data-n", str(n + 1))
    assert answered == len(act["questions"])


@every_lesson
def test_a_lesson_is_taken_by_keyboard(page: Page, name: str) -> None:
    acts = LESSONS[name]["acts"]
    page.goto(f"/lessons/{name}")
    for n, act in enumerate(acts):
        expect(page.get_by_role("heading", name=act["title"])).to_be_visible()
        make_the_calls(page)
        take_act(page, act)
        if n + 1 < len(acts):
            page.locator(".finale .btn").press("Enter")
    asks = sum(len(act["questions"]) for act in acts)
    expect(page.locator(".finale")).to_contain_text(f"{asks} of {asks} right")
    page.goto("/lessons")
    expect(page.locator(f'a[href="/lessons/{name}"]')).to_contain_text(f"{asks} of {asks} right")


def test_a_wrong_answer_says_why_and_is_counted(page: Page) -> None:
    act = LESSONS["a-hold-is-not-a-debit"]["acts"][0]
    page.goto("/lessons/a-hold-is-not-a-debit")
    make_the_calls(page)
    take_act(page, act, lambda question, right: (right + 1) % len(question["options"]))
    expect(page.locator(".finale")).to_contain_text("0 of 3 right")
    page.get_by_role("button", name="Take it again").click()
    make_the_calls(page)
    take_act(page, act)
    expect(page.locator(".finale")).to_contain_text("3 of 3 right")


@in_every_form
def test_each_state_of_a_lesson_is_for_everybody(page: Page) -> None:
    act = LESSONS["a-hold-is-not-a-debit"]["acts"][0]
    page.goto("/lessons")
    expect(page.locator("ol.lessons > li")).to_have_count(len(LESSONS))
    look(page)
    page.get_by_role("link", name=re.compile("A hold is not a debit")).click()
    expect(page.get_by_role("button", name="Make these calls")).to_be_visible()
    look(page)
    make_the_calls(page)
    for _ in range(FAR):
        if page.locator(".opts").count():
            break
        page.keyboard.press("ArrowRight")
    look(page)
    page.keyboard.press("a")
    expect(page.locator(".why")).to_be_visible()
    look(page)
    take_rest(page, act)
    look(page)


def take_rest(page: Page, act: Json) -> None:
    """Go to the end, whatever the answers."""
    theatre = page.locator(".theatre")
    for _ in range(FAR):
        if theatre.get_attribute("data-n") == theatre.get_attribute("data-of"):
            return
        page.keyboard.press("a")
        page.keyboard.press("ArrowRight")


def look(page: Page) -> None:
    """Everybody can use it, and nothing hangs over."""
    assert_accessible(page)
    assert_fits(page)


def test_off_the_rails_one_comes_to_the_theatre(page: Page) -> None:
    page.goto("/lessons/a-hold-is-not-a-debit")
    make_the_calls(page)
    take_act(page, LESSONS["a-hold-is-not-a-debit"]["acts"][0])
    page.get_by_role("button", name="Try it: Never capture it").click()
    expect(page).to_have_url(re.compile("/p/pay_"))
    expect(page.get_by_role("button", name="Lesson", pressed=False)).to_be_visible()
    expect(page.locator(".quiz")).to_have_count(0)


def test_a_lesson_that_goes_otherwise_says_so(page: Page, sandbox: Sandbox, witness: Witness) -> None:
    fault = {"kind": "lose_request", "sender": "harbor", "receiver": "opennet", "message": "authorization_request"}
    assert sandbox.http.post("/v1/sandbox/faults", json=fault | {"times": 5}).status_code == 201
    witness.allow("status of 4")
    page.goto("/lessons/a-hold-is-not-a-debit")
    page.get_by_role("button", name="Make these calls").click()
    expect(page.locator(".made-call.wrong")).to_be_visible()
    page.get_by_role("button", name="Take all faults and staged outcomes away").click()
    expect(page.locator(".theatre")).to_be_visible()


def test_there_is_no_such_lesson(page: Page, witness: Witness) -> None:
    witness.allow("404")
    page.goto("/lessons/nothing")
    expect(page.get_by_role("heading", name="There is no such lesson")).to_be_visible()


@every_lesson
def test_the_page_reads_a_lesson_as_the_tests_do(page: Page, sandbox: Sandbox, name: str) -> None:
    page.goto("/lessons")
    for act in LESSONS[name]["acts"]:
        story = made(sandbox, act)
        read = page.evaluate(
            """async ([act, story]) => {
                const { factsOf, places } = await import("/console/assets/lesson.js");
                const { stepOf, tell } = await import("/console/assets/story.js");
                const told = tell(story);
                const where = places(act, story);
                return { facts: factsOf(act, story), places: where, steps: where.map((each) => stepOf(told, each)) };
            }""",
            [act, story],
        )
        assert read["facts"] == {each: shown(value_of(fact, story)) for each, fact in act["facts"].items()}
        assert read["places"] == [position(first(story["events"], each["before"])) for each in act["questions"]]
        assert read["steps"] == sorted(set(read["steps"])), f"{act['title']}: one question a step"
        assert min(read["steps"]) > 0


def made(sandbox: Sandbox, act: Json) -> Json:
    """The story that an act's calls make, without a page."""
    asking = asked(act)
    wanted = next(asking)
    while True:
        method, path, body = wanted
        headers = {"Idempotency-Key": uuid4().hex} if method == "POST" else {}
        response = sandbox.http.request(method, path, json=body, headers=headers)
        try:
            wanted = asking.send((response.status_code, response.json()))
        except StopIteration as end:
            story: Json = end.value
            return story


def shown(value: Any) -> Any:
    """A fact as the page has it."""
    return {"minor": value.minor, "currency": value.currency} if isinstance(value, Amount) else value
