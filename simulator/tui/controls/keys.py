"""The one table of shortcuts: command, keys and words. Bindings, bottom line, help and palette all come from it."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.console import words as console_words
from simulator.scene.words import authoring_words, study_words
from simulator.scene.words import vote_words as vote
from simulator.story.catalog import Words
from simulator.tui.controls import commands as c

JAMO = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "ㅁㅠㅊㅇㄷㄹㅎㅗㅑㅓㅏㅣㅡㅜㅐㅔㅂㄱㄴㅅㅕㅍㅈㅌㅛㅋ",
        strict=True,
    )
)
"""Jamo that a Korean (two-set) keyboard in Hangul mode sends for each small letter."""

SHOWN = {
    "right": "→",
    "left": "←",
    "up": "↑",
    "down": "↓",
    "shift+right": "shift+→",
    "shift+left": "shift+←",
    "pagedown": "page down",
    "pageup": "page up",
    "escape": "esc",
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "comma": ",",
    "full_stop": ".",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "backspace": "⌫",
    "equals_sign": "=",
    "left_square_bracket": "[",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "backslash": "\\",
    "plus": "+",
    "minus": "-",
    "right_square_bracket": "]",
}
"""Displayed names of keys that differ from Textual's."""

MAIN, ZOOM, INSPECT, HELP, FIND, MENU, PICKER = "main", "zoom", "inspect", "help", "find", "menu", "picker"
KNOBS, COMPARE, VOTE, CLOSING, PRESENT, STATION = "knobs", "compare", "vote", "closing", "present", "station"
CONSOLE, PROBLEMS = "console", "problems"
"""The screens."""

PLAYER_SCREENS = (MAIN, ZOOM, INSPECT)
"""Screens on which one can move through the run."""

MOVING_SCREENS = (*PLAYER_SCREENS, COMPARE)
"""Screens on which one can step."""

PAGES = (INSPECT, PICKER, CLOSING, CONSOLE)
"""Screens that the page keys scroll."""

ROOM_SCREENS = (*PLAYER_SCREENS, PRESENT)
"""The same with the presenter, which has few commands."""

EVERYWHERE = (MAIN, ZOOM, INSPECT, KNOBS, COMPARE, PRESENT, PICKER, CLOSING)
"""All screens except those laid over others for a moment."""

WITH_HELP = (*EVERYWHERE, HELP, VOTE, STATION)

WITH_LISTS = (*WITH_HELP, FIND, MENU, PROBLEMS)

MARK_SCREENS = (MAIN, ZOOM, COMPARE, PRESENT)
"""Screens on which the page keys go to the next mark instead of scrolling."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A command as the user sees it: its keys and its words."""

    name: str
    """Its name in the console, for commands that can be typed there."""
    command: c.Command
    keys: tuple[str, ...]
    """Textual's names of the keys, the displayed one first."""
    words: Words
    """Its description in help and palette."""
    short: Words | None = None
    """Its label in the bottom line; None: it is never shown there."""
    screens: tuple[str, ...] = (MAIN,)
    also: tuple[str, ...] = ()
    """Names of commands that share its line in the help."""
    help_words: Words | None = None
    """The description of the group in the help."""
    help_keys: str = ""
    pair: str = ""
    """Keys of two commands, if one hint stands for both in the bottom line."""
    rank: int = 9
    """Rank in the bottom line; a narrow line drops the highest ranks first."""

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Its keys, and for each small letter the jamo on the same key."""
        return (*self.keys, *(JAMO[key] for key in self.keys if key in JAMO))

    @property
    def shown(self) -> str:
        """Its keys as they are displayed."""
        return " ".join(show_key(key) for key in self.keys)


def show_key(key: str) -> str:
    """The displayed name of a key.

    >>> show_key("right"), show_key("full_stop"), show_key("g")
    ('→', '.', 'g')
    """
    return SHOWN.get(key, key)


TIME_SHORTCUTS = (
    Shortcut(
        "view",
        c.NextView(),
        ("v",),
        Words("아래 패널: 타임라인, 측정, 로그", "lower panel: timeline, meters, log"),
        rank=8,
    ),
    Shortcut(
        "time_in",
        c.ZoomTime(1),
        ("plus",),
        Words("시간축 확대", "zoom in on the time axis"),
        also=("time_out", "time_all"),
        help_words=Words("시간축 확대, 축소, 전체", "time axis: zoom in, out, all"),
        help_keys="+ - 0",
    ),
    Shortcut("time_out", c.ZoomTime(-1), ("minus",), Words("시간축 축소", "zoom out on the time axis")),
    Shortcut("time_all", c.ShowAllTime(), ("0",), Words("시간축 전체", "show the whole run")),
    Shortcut(
        "time_right",
        c.PanTime(1),
        ("right_curly_bracket",),
        Words("시간축 오른쪽으로", "move the time axis right"),
        also=("time_left", "fold"),
        help_words=Words("시간축 옮기기, 빈 시간 접기", "move the axis; fold idle time"),
        help_keys="{ }  \\",
    ),
    Shortcut("time_left", c.PanTime(-1), ("left_curly_bracket",), Words("시간축 왼쪽으로", "move the time axis left")),
    Shortcut("fold", c.ToggleFolds(), ("backslash",), Words("빈 시간 접기, 펴기", "fold or unfold idle time")),
    Shortcut(
        "bookmark",
        c.ToggleBookmark(),
        ("b",),
        Words("책갈피 꽂기, 빼기", "set or remove a bookmark"),
        screens=PLAYER_SCREENS,
        help_words=Words("책갈피 ([ ] 키로 찾아감)", "bookmark ([ ] go to it)"),
    ),
    Shortcut(
        "breakpoint",
        c.OpenBreakpoint(),
        ("B",),
        Words("조건이 성립할 때까지 가기", "run until a condition holds"),
        screens=PLAYER_SCREENS,
        help_words=Words("조건이 성립할 때까지", "run until a condition holds"),
    ),
    Shortcut(
        "next_change",
        c.GoToChange(1),
        ("right_parenthesis",),
        Words("고른 것의 다음 변화", "next change of the selection"),
        screens=PLAYER_SCREENS,
        also=("previous_change",),
        help_words=Words("고른 것의 이전, 다음 변화", "previous, next change of the selection"),
        help_keys="( )",
    ),
    Shortcut(
        "previous_change",
        c.GoToChange(-1),
        ("left_parenthesis",),
        Words("고른 것의 이전 변화", "previous change of the selection"),
        screens=PLAYER_SCREENS,
    ),
    Shortcut("dots", c.ToggleDots(), ("V",), Words("차트: 막대, 점선", "charts: blocks, lines of dots")),
)
"""Commands for viewing time: lower panel, axis, bookmarks, changes."""

SHORTCUTS: tuple[Shortcut, ...] = (
    Shortcut(
        "play", c.Play(), ("space",), Words("재생, 멈춤", "play, pause"), Words("재생", "play"), ROOM_SCREENS, rank=1
    ),
    Shortcut(
        "back",
        c.Step(-1),
        ("left", "h"),
        Words("이전 중요한 이벤트", "previous important event"),
        None,
        (*MOVING_SCREENS, PRESENT),
    ),
    Shortcut(
        "step",
        c.Step(1),
        ("right", "l"),
        Words("다음 중요한 이벤트", "next important event"),
        Words("한 단계", "step"),
        (*MOVING_SCREENS, PRESENT),
        rank=0,
        also=("back",),
        help_words=Words("다음, 이전 중요한 이벤트", "next, previous important event"),
        help_keys="→ ←  l h",
        pair="← →",
    ),
    Shortcut(
        "raw_back",
        c.Step(-1, raw=True),
        ("shift+left", "comma"),
        Words("이전 이벤트", "previous event"),
        None,
        MOVING_SCREENS,
    ),
    Shortcut(
        "raw_step",
        c.Step(1, raw=True),
        ("shift+right", "full_stop"),
        Words("다음 이벤트", "next event"),
        None,
        MOVING_SCREENS,
        also=("raw_back",),
        help_words=Words("모든 이벤트", "every event"),
        help_keys="shift+→ ←  . ,",
    ),
    Shortcut(
        "home",
        c.GoToStart(),
        ("home", "g"),
        Words("처음으로", "to the first event"),
        None,
        (*MOVING_SCREENS, PRESENT),
        also=("end",),
        help_words=Words("처음, 끝", "first, last event"),
        help_keys="home end  g G",
    ),
    Shortcut("end", c.GoToEnd(), ("end", "G"), Words("끝으로", "to the last event"), None, (*MOVING_SCREENS, PRESENT)),
    Shortcut(
        "next_mark",
        c.GoToMark(1),
        ("pagedown", "right_square_bracket"),
        Words("다음 장, 설명, 질문, 장애", "next chapter, note, question or fault"),
        None,
        MARK_SCREENS,
        also=("previous_mark",),
        help_words=Words("다음, 이전 장·설명·질문", "next, previous chapter or mark"),
        help_keys="page down, up  ] [",
    ),
    Shortcut(
        "previous_mark",
        c.GoToMark(-1),
        ("pageup", "left_square_bracket"),
        Words("이전 장, 설명, 질문, 장애", "previous chapter, note, question or fault"),
        None,
        MARK_SCREENS,
    ),
    Shortcut(
        "page_down",
        c.ScrollPage(1),
        ("pagedown",),
        Words("아래로 넘기기", "scroll down"),
        None,
        PAGES,
        also=("page_up",),
        help_words=Words("아래로, 위로 넘기기", "scroll down, up"),
        help_keys="page down, up",
    ),
    Shortcut("page_up", c.ScrollPage(-1), ("pageup",), Words("위로 넘기기", "scroll up"), None, PAGES),
    Shortcut(
        "slower",
        c.Faster(-1),
        ("less_than_sign",),
        Words("느리게", "slower"),
        None,
        ROOM_SCREENS,
        also=("faster", "normal"),
        help_words=Words("느리게, 빠르게, 1x", "slower, faster, 1x"),
        help_keys="< > =",
    ),
    Shortcut(
        "faster",
        c.Faster(1),
        ("greater_than_sign",),
        Words("빠르게", "faster"),
        Words("속도", "speed"),
        ROOM_SCREENS,
        pair="< >",
        rank=7,
    ),
    Shortcut(
        "normal", c.NormalSpeed(), ("equals_sign",), Words("보통 속도 (1x)", "normal speed (1x)"), None, ROOM_SCREENS
    ),
    Shortcut(
        "panel",
        c.NextPanel(1),
        ("tab",),
        Words("다음 패널로", "next panel"),
        Words("고르기", "choose"),
        (MAIN, INSPECT, PRESENT),
        rank=5,
        also=("previous_panel",),
        help_words=Words("다음, 이전 패널", "next, previous panel"),
        help_keys="tab, shift+tab",
    ),
    Shortcut(
        "previous_panel",
        c.NextPanel(-1),
        ("shift+tab",),
        Words("이전 패널로", "previous panel"),
        None,
        (MAIN, INSPECT, PRESENT),
    ),
    Shortcut(
        "up",
        c.Move(-1),
        ("up", "k"),
        Words("위로", "up"),
        None,
        WITH_LISTS,
        also=("down",),
        help_words=Words("패널에서 고르기", "select in a panel"),
        help_keys="↑ ↓  k j",
    ),
    Shortcut("down", c.Move(1), ("down", "j"), Words("아래로", "down"), None, WITH_LISTS),
    Shortcut("less", c.TurnKnob(-1), ("left", "h"), Words("이전 값", "previous value"), None, (KNOBS,)),
    Shortcut(
        "more",
        c.TurnKnob(1),
        ("right", "l"),
        Words("다음 값", "next value"),
        Words("값 바꾸기", "change"),
        (KNOBS,),
        rank=0,
        also=("less",),
        help_words=Words("다음, 이전 값", "next, previous value"),
        help_keys="→ ←  l h",
        pair="← →",
    ),
    Shortcut(
        "apply",
        c.ApplyKnob(),
        ("enter",),
        Words("바꾼 값으로 다시 시뮬레이션", "simulate again with this value"),
        Words("적용", "apply"),
        (KNOBS,),
        rank=1,
    ),
    Shortcut(
        "when",
        c.ChooseWhen(),
        ("tab",),
        Words("처음부터, 또는 지금부터", "from the start, or from now on"),
        Words("적용 시점", "from when"),
        (KNOBS,),
        rank=2,
    ),
    Shortcut(
        "how_sure", c.AskHowSure(), ("space",), study_words.HOW_SURE, study_words.HOW_SURE_SHORT, (KNOBS,), rank=3
    ),
    Shortcut("reveal", c.Reveal(), ("enter", "pagedown"), vote.REVEAL, vote.REVEAL, (VOTE, STATION), rank=0),
    Shortcut("previous_phase", c.GoToMark(-1), ("pageup",), vote.PREVIOUS, vote.PREVIOUS, (VOTE, STATION), rank=3),
    Shortcut("discuss", c.Discuss(), ("space",), vote.DISCUSS, vote.DISCUSS, (VOTE,), rank=1),
    Shortcut("next_choice", c.NextChoice(), ("slash", "tab"), vote.NEXT_CHOICE, vote.NEXT_CHOICE, (VOTE,), rank=1),
    Shortcut(
        "more_hands",
        c.AddHands(1),
        ("right",),
        vote.ONE_MORE,
        vote.ONE_MORE,
        (VOTE,),
        rank=2,
        also=("less_hands",),
        help_words=vote.HANDS,
        help_keys="→ ←",
    ),
    Shortcut("less_hands", c.AddHands(-1), ("left",), vote.ONE_LESS, None, (VOTE,)),
    Shortcut("rub_out", c.EraseDigit(), ("backspace",), vote.ERASE_DIGIT, None, (VOTE,)),
    *(Shortcut(f"digit_{n}", c.Digit(n), (str(n),), vote.DIGIT, None, (VOTE,)) for n in range(10)),
    Shortcut(
        "enter",
        c.Enter(),
        ("enter",),
        Words("고른 것 들여다보기, 질문에 '모르겠음'", "look inside; answer “not sure”"),
        Words("들여다보기", "look inside"),
        (MAIN, INSPECT, MENU, PICKER, CLOSING),
        rank=6,
    ),
    Shortcut(
        "escape",
        c.Escape(),
        ("escape",),
        Words("뒤로", "back"),
        Words("뒤로", "back"),
        (*WITH_LISTS, CONSOLE),
        rank=8,
    ),
    *(
        Shortcut(
            f"answer_{n}",
            c.AnswerQuestion(n - 1),
            (str(n),),
            Words(f"{n}번 답", f"answer {n}"),
            None,
            (MAIN, PRESENT, MENU)[2 * (n > 4) :],
        )
        for n in range(1, 10)
    ),
    Shortcut(
        "find",
        c.Find(),
        ("slash",),
        Words("찾기", "find"),
        Words("찾기", "find"),
        PLAYER_SCREENS,
        rank=4,
        also=("next_found", "previous_found"),
        help_words=Words("찾기, 다음, 이전", "find, next, previous"),
        help_keys="/  n N",
    ),
    Shortcut("next_found", c.GoToFound(1), ("n",), Words("다음 찾은 곳", "next found"), None, PLAYER_SCREENS),
    Shortcut("previous_found", c.GoToFound(-1), ("N",), Words("이전 찾은 곳", "previous found"), None, PLAYER_SCREENS),
    Shortcut(
        "zoom",
        c.Zoom(),
        ("z",),
        Words("확대: 전체, Worker, 메시지", "zoom: system, worker, message"),
        Words("확대", "zoom"),
        PLAYER_SCREENS,
        rank=6,
        help_words=Words("확대해서 보기", "zoom in or out"),
    ),
    Shortcut(
        "inspect",
        c.Inspect(),
        ("i",),
        Words("고른 것의 모든 것", "everything about the selection"),
        Words("자세히", "inspect"),
        PLAYER_SCREENS,
        rank=4,
    ),
    Shortcut(
        "what_if",
        c.AskWhatIf(),
        ("x",),
        Words("만약에: 장애, 전송", "what if: a fault or a task"),
        Words("만약에", "what if"),
        (MAIN, PRESENT),
        rank=2,
    ),
    Shortcut(
        "knobs",
        c.OpenKnobs(),
        ("o",),
        Words("설정 바꾸기", "settings: change one"),
        Words("설정", "settings"),
        (MAIN, CLOSING),
        rank=7,
    ),
    Shortcut(
        "closing",
        c.OpenSummary(),
        ("r",),
        Words("정리: 질문, 목표, 연습 문제", "summary; the exercise"),
        Words("정리, 연습", "summary"),
        (MAIN, CLOSING),
        rank=3,
    ),
    Shortcut(
        "next_case",
        c.NextCase(),
        ("a",),
        Words("조건을 바꿔 다시 예상하기", "predict again with a change"),
        Words("다시 예상", "predict again"),
        (MAIN, CLOSING),
        rank=1,
    ),
    Shortcut(
        "compare",
        c.Compare(),
        ("c",),
        Words("다른 실행과 비교", "compare with another run"),
        Words("비교", "compare"),
        rank=6,
    ),
    Shortcut(
        "undo",
        c.Undo(),
        ("u",),
        Words("만약에 취소", "undo the what-if"),
        Words("취소", "undo"),
        ROOM_SCREENS,
        rank=2,
        also=("save",),
        help_words=Words("만약에 취소, 저장", "undo or save the what-if"),
        help_keys="u w",
    ),
    Shortcut(
        "save",
        c.Save(),
        ("w",),
        Words("만약에를 파일로 저장", "save the what-if"),
        Words("저장", "save"),
        PLAYER_SCREENS,
        rank=7,
    ),
    *TIME_SHORTCUTS,
    Shortcut(
        "future", c.ToggleFuture(), ("f",), Words("미래 보기, 가리기", "show or hide the future"), None, PLAYER_SCREENS
    ),
    Shortcut(
        "language",
        c.NextLanguage(),
        ("L",),
        Words("언어", "language"),
        Words("English", "한국어"),
        WITH_HELP,
        rank=5,
    ),
    Shortcut(
        "present",
        c.Present(),
        ("P", "f5"),
        Words("발표 화면 켜기, 끄기", "presenter view on, off"),
        None,
        (MAIN, PRESENT),
    ),
    Shortcut("reveal", c.Reveal(), ("enter",), Words("답 보기", "show the answer"), None, (PRESENT,)),
    Shortcut(
        "black",
        c.Blacken(),
        ("b", "B", "full_stop"),
        Words("검은 화면 켜기, 끄기", "black screen on, off"),
        None,
        (PRESENT,),
    ),
    Shortcut(
        "screenshot",
        c.TakeScreenshot(),
        ("s",),
        Words("화면을 SVG와 글로 저장", "save the screen as SVG and text"),
        None,
        WITH_HELP,
        also=("copy", "mouse"),
        help_words=Words("화면 저장, 복사, 마우스", "screenshot, copy, mouse"),
        help_keys="s y m",
    ),
    Shortcut(
        "copy",
        c.Copy(),
        ("y",),
        Words("고른 것이나 설명을 복사", "copy the selection or the sentence"),
        None,
        ROOM_SCREENS,
    ),
    Shortcut(
        "mouse",
        c.ToggleMouse(),
        ("m",),
        Words("마우스를 터미널에 넘기기", "give the mouse to the terminal, or take it back"),
        None,
        WITH_HELP,
    ),
    Shortcut(
        "edit",
        c.EditScenario(),
        ("e",),
        authoring_words.EDIT,
        authoring_words.EDIT_SHORT,
        (*PLAYER_SCREENS, PROBLEMS, CLOSING),
        rank=8,
    ),
    Shortcut(
        "console",
        c.OpenConsole(),
        ("colon",),
        console_words.CONSOLE,
        console_words.CONSOLE_SHORT,
        PLAYER_SCREENS,
        rank=8,
    ),
    Shortcut("run_line", c.RunLine(), ("enter",), console_words.RUN_LINE, console_words.RUN_LINE, (CONSOLE,), rank=0),
    Shortcut(
        "complete", c.Complete(), ("tab",), console_words.COMPLETE, console_words.COMPLETE_SHORT, (CONSOLE,), rank=1
    ),
    Shortcut(
        "older", c.Recall(-1), ("up",), console_words.OLDER, console_words.OLDER_SHORT, (CONSOLE,), pair="↑ ↓", rank=2
    ),
    Shortcut("newer", c.Recall(1), ("down",), console_words.NEWER, None, (CONSOLE,)),
    Shortcut("palette", c.OpenPalette(), ("ctrl+p",), Words("모든 명령", "all commands"), None, EVERYWHERE),
    Shortcut(
        "help",
        c.OpenHelp(),
        ("question_mark",),
        Words("도움말", "help"),
        Words("도움말", "help"),
        WITH_HELP,
        rank=3,
    ),
    Shortcut(
        "quit",
        c.Quit(),
        ("q", "ctrl+c"),
        Words("끝내기", "quit"),
        Words("끝내기", "quit"),
        (*WITH_HELP, MENU),
        rank=3,
    ),
)
"""Every command, in the order of the help."""

BY_NAME = {shortcut.name: shortcut for shortcut in SHORTCUTS}


def shortcuts_of(screen: str) -> list[Shortcut]:
    """List the shortcuts of a screen."""
    return [shortcut for shortcut in SHORTCUTS if screen in shortcut.screens]
