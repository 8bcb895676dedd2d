"""The one table of commands: keys, action and words. Bindings, footer, help and palette all come from it."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.console import words as console_words
from simulator.scene.words import authoring_words
from simulator.scene.words import vote_words as vote
from simulator.story.catalog import Words

JAMO = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "ㅁㅠㅊㅇㄷㄹㅎㅗㅑㅓㅏㅣㅡㅜㅐㅔㅂㄱㄴㅅㅕㅍㅈㅌㅛㅋ",
        strict=True,
    )
)
"""What a Korean (two-set) keyboard left in Hangul mode sends for each small letter."""

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
"""How a key is written where Textual's name is not what people call it."""

KEY_PAIRS = {"step": "← →", "more": "← →", "faster": "< >", "older": "↑ ↓"}
"""In the bottom line one command stands for two."""

MAIN, ZOOM, INSPECT, HELP, FIND, MENU, PICKER = "main", "zoom", "inspect", "help", "find", "menu", "picker"
KNOBS, COMPARE, VOTE, CLOSING, PRESENT = "knobs", "compare", "vote", "closing", "present"
CONSOLE, PROBLEMS = "console", "problems"
"""The screens."""

PLAYER_SCREENS = (MAIN, ZOOM, INSPECT)
"""Where the run can be moved through."""

MOVING_SCREENS = (*PLAYER_SCREENS, COMPARE)
"""Where one can step."""

PAGES = (INSPECT, PICKER, CLOSING, CONSOLE)
"""Where the page keys scroll."""

ROOM_SCREENS = (*PLAYER_SCREENS, PRESENT)
"""With the presenter, which has few commands."""

EVERYWHERE = (MAIN, ZOOM, INSPECT, KNOBS, COMPARE, PRESENT, PICKER, CLOSING)
"""All but what is laid over a screen for a moment."""

WITH_HELP = (*EVERYWHERE, HELP, VOTE)

WITH_LISTS = (*WITH_HELP, FIND, MENU, PROBLEMS)

MARK_SCREENS = (MAIN, ZOOM, COMPARE, PRESENT)
"""Where the page keys lead to the next mark; elsewhere they scroll."""


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can do."""

    name: str
    keys: tuple[str, ...]
    """Textual's names of the keys, the one to show first."""
    words: Words
    """What it does, as help and palette say it."""
    short: Words | None = None
    """The same for the bottom line; None where it never stands there."""
    screens: tuple[str, ...] = (MAIN,)
    argument: str = ""
    """What the action is called with, if anything."""
    also: tuple[str, ...] = ()
    """Commands that share its line in the help, where `told` speaks for all of them."""
    told: Words | None = None
    told_keys: str = ""
    rank: int = 9
    """Its place in the bottom line, and in which order a narrow one drops commands."""

    @property
    def action(self) -> str:
        """What is to be done; several commands may do the same with different arguments."""
        return self.name.removesuffix(f"_{self.argument}") if self.argument else self.name

    @property
    def all_keys(self) -> tuple[str, ...]:
        """With the jamo twin of each small letter."""
        return (*self.keys, *(JAMO[key] for key in self.keys if key in JAMO))

    @property
    def shown(self) -> str:
        """Its keys as people write them."""
        return " ".join(show_key(key) for key in self.keys)


def show_key(key: str) -> str:
    """A key as people write it.

    >>> show_key("right"), show_key("full_stop"), show_key("g")
    ('→', '.', 'g')
    """
    return SHOWN.get(key, key)


TIME_COMMANDS = (
    Command("view", ("v",), Words("아래 패널: 타임라인, 측정, 로그", "lower panel: timeline, meters, log"), rank=8),
    Command(
        "time_in",
        ("plus",),
        Words("시간축 확대", "look at the time from nearer"),
        also=("time_out", "time_all"),
        told=Words("시간축 확대, 축소, 전체", "time axis: nearer, farther, all"),
        told_keys="+ - 0",
    ),
    Command("time_out", ("minus",), Words("시간축 축소", "look at the time from farther")),
    Command("time_all", ("0",), Words("시간축 전체", "look at the whole run")),
    Command(
        "time_right",
        ("right_curly_bracket",),
        Words("시간축 오른쪽으로", "move the time axis right"),
        also=("time_left", "fold"),
        told=Words("시간축 옮기기, 빈 시간 접기", "move the axis; fold idle time"),
        told_keys="{ }  \\",
    ),
    Command("time_left", ("left_curly_bracket",), Words("시간축 왼쪽으로", "move the time axis left")),
    Command("fold", ("backslash",), Words("빈 시간 접기, 펴기", "fold or unfold idle time")),
    Command(
        "bookmark",
        ("b",),
        Words("책갈피 꽂기, 빼기", "set or remove a bookmark"),
        screens=PLAYER_SCREENS,
        told=Words("책갈피 ([ ] 키로 찾아감)", "bookmark ([ ] go to it)"),
    ),
    Command(
        "next_change",
        ("right_parenthesis",),
        Words("고른 것의 다음 변화", "next change of the chosen thing"),
        screens=PLAYER_SCREENS,
        also=("previous_change",),
        told=Words("고른 것의 이전, 다음 변화", "previous, next change of what is chosen"),
        told_keys="( )",
    ),
    Command(
        "previous_change",
        ("left_parenthesis",),
        Words("고른 것의 이전 변화", "previous change of the chosen thing"),
        screens=PLAYER_SCREENS,
    ),
    Command("dots", ("V",), Words("차트: 막대, 점선", "charts: blocks, lines of dots")),
)
"""What looks at time: the lower panel, its axis, bookmarks, from change to change."""

COMMANDS: tuple[Command, ...] = (
    Command("play", ("space",), Words("재생, 멈춤", "play, pause"), Words("재생", "play"), ROOM_SCREENS, rank=1),
    Command(
        "back",
        ("left", "h"),
        Words("이전 중요한 이벤트", "previous meaningful event"),
        None,
        (*MOVING_SCREENS, PRESENT),
    ),
    Command(
        "step",
        ("right", "l"),
        Words("다음 중요한 이벤트", "next meaningful event"),
        Words("한 단계", "step"),
        (*MOVING_SCREENS, PRESENT),
        rank=0,
        also=("back",),
        told=Words("다음, 이전 중요한 이벤트", "next, previous meaningful event"),
        told_keys="→ ←  l h",
    ),
    Command(
        "raw_back", ("shift+left", "comma"), Words("이전 이벤트", "previous event of any kind"), None, MOVING_SCREENS
    ),
    Command(
        "raw_step",
        ("shift+right", "full_stop"),
        Words("다음 이벤트", "next event of any kind"),
        None,
        MOVING_SCREENS,
        also=("raw_back",),
        told=Words("이벤트를 하나씩 모두", "next, previous event of any kind"),
        told_keys="shift+→ ←  . ,",
    ),
    Command(
        "home",
        ("home", "g"),
        Words("처음으로", "to the first event"),
        None,
        (*MOVING_SCREENS, PRESENT),
        also=("end",),
        told=Words("처음, 끝", "first, last event"),
        told_keys="home end  g G",
    ),
    Command("end", ("end", "G"), Words("끝으로", "to the last event"), None, (*MOVING_SCREENS, PRESENT)),
    Command(
        "next_mark",
        ("pagedown", "right_square_bracket"),
        Words("다음 장, 설명, 질문, 장애", "next chapter, note, question or fault"),
        None,
        MARK_SCREENS,
        also=("previous_mark",),
        told=Words("다음, 이전 장·설명·질문", "next, previous chapter or mark"),
        told_keys="page down, up  ] [",
    ),
    Command(
        "previous_mark",
        ("pageup", "left_square_bracket"),
        Words("이전 장, 설명, 질문, 장애", "previous chapter, note, question or fault"),
        None,
        MARK_SCREENS,
    ),
    Command(
        "page_down",
        ("pagedown",),
        Words("아래로 넘기기", "scroll down"),
        None,
        PAGES,
        also=("page_up",),
        told=Words("아래로, 위로 넘기기", "scroll down, up"),
        told_keys="page down, up",
    ),
    Command("page_up", ("pageup",), Words("위로 넘기기", "scroll up"), None, PAGES),
    Command(
        "slower",
        ("less_than_sign",),
        Words("느리게", "slower"),
        None,
        ROOM_SCREENS,
        also=("faster", "normal"),
        told=Words("느리게, 빠르게, 1x", "slower, faster, 1x"),
        told_keys="< > =",
    ),
    Command("faster", ("greater_than_sign",), Words("빠르게", "faster"), Words("속도", "speed"), ROOM_SCREENS, rank=7),
    Command("normal", ("equals_sign",), Words("보통 속도 (1x)", "normal speed (1x)"), None, ROOM_SCREENS),
    Command(
        "panel",
        ("tab",),
        Words("다음 패널로", "to the next panel"),
        Words("고르기", "choose"),
        (MAIN, INSPECT, PRESENT),
        rank=5,
        also=("previous_panel",),
        told=Words("다음, 이전 패널", "next, previous panel"),
        told_keys="tab, shift+tab",
    ),
    Command(
        "previous_panel", ("shift+tab",), Words("이전 패널로", "to the previous panel"), None, (MAIN, INSPECT, PRESENT)
    ),
    Command(
        "up",
        ("up", "k"),
        Words("위로", "up"),
        None,
        WITH_LISTS,
        also=("down",),
        told=Words("패널에서 고르기", "choose in a panel"),
        told_keys="↑ ↓  k j",
    ),
    Command("down", ("down", "j"), Words("아래로", "down"), None, WITH_LISTS),
    Command("less", ("left", "h"), Words("이전 값", "the value before"), None, (KNOBS,)),
    Command(
        "more",
        ("right", "l"),
        Words("다음 값", "the next value"),
        Words("값 바꾸기", "turn"),
        (KNOBS,),
        rank=0,
        also=("less",),
        told=Words("다음, 이전 값", "next, previous value"),
        told_keys="→ ←  l h",
    ),
    Command(
        "apply",
        ("enter",),
        Words("바꾼 값으로 다시 시뮬레이션", "simulate again with the value"),
        Words("적용", "apply"),
        (KNOBS,),
        rank=1,
    ),
    Command(
        "when",
        ("tab",),
        Words("처음부터, 또는 지금부터", "from the start, or from now on"),
        Words("처음부터/지금부터", "from the start / now"),
        (KNOBS,),
        rank=2,
    ),
    Command("reveal", ("enter",), vote.REVEAL, vote.REVEAL, (VOTE,), rank=0),
    Command("next_choice", ("slash", "tab"), vote.NEXT_CHOICE, vote.NEXT_CHOICE, (VOTE,), rank=1),
    Command(
        "more_hands",
        ("right",),
        vote.ONE_MORE,
        vote.ONE_MORE,
        (VOTE,),
        rank=2,
        also=("less_hands",),
        told=vote.HANDS,
        told_keys="→ ←",
    ),
    Command("less_hands", ("left",), vote.ONE_LESS, None, (VOTE,)),
    Command("rub_out", ("backspace",), vote.RUB_OUT, None, (VOTE,)),
    *(Command(f"digit_{n}", (str(n),), vote.DIGIT, None, (VOTE,), argument=str(n)) for n in range(10)),
    Command(
        "enter",
        ("enter",),
        Words("고른 것 들여다보기, 질문에 '모르겠어요'", "look inside; answer “I don't know”"),
        Words("들여다보기", "look inside"),
        (MAIN, INSPECT, MENU, PICKER, CLOSING),
        rank=6,
    ),
    Command(
        "escape",
        ("escape",),
        Words("뒤로", "back"),
        Words("뒤로", "back"),
        (*WITH_LISTS, CONSOLE),
        rank=8,
    ),
    *(
        Command(
            f"answer_{n}",
            (str(n),),
            Words(f"{n}번 답", f"answer {n}"),
            None,
            (MAIN, PRESENT, MENU)[2 * (n > 4) :],
            argument=str(n),
        )
        for n in range(1, 10)
    ),
    Command(
        "find",
        ("slash",),
        Words("찾기", "find"),
        Words("찾기", "find"),
        PLAYER_SCREENS,
        rank=4,
        also=("next_found", "previous_found"),
        told=Words("찾기, 다음, 이전", "find, next, previous"),
        told_keys="/  n N",
    ),
    Command("next_found", ("n",), Words("다음 찾은 곳", "next found"), None, PLAYER_SCREENS),
    Command("previous_found", ("N",), Words("이전 찾은 곳", "previous found"), None, PLAYER_SCREENS),
    Command(
        "zoom",
        ("z",),
        Words("확대: 전체, Worker, 메시지", "zoom: system, Worker, message"),
        Words("확대", "zoom"),
        PLAYER_SCREENS,
        rank=6,
        told=Words("확대해서 보기", "zoom in, and out"),
    ),
    Command(
        "inspect",
        ("i",),
        Words("고른 것의 모든 것", "everything about the chosen one"),
        Words("자세히", "inspect"),
        PLAYER_SCREENS,
        rank=4,
    ),
    Command(
        "what_if",
        ("x",),
        Words("만약에: 장애, 전송", "what if: a fault, a task"),
        Words("만약에", "what if"),
        (MAIN, PRESENT),
        rank=2,
    ),
    Command(
        "knobs",
        ("o",),
        Words("설정 바꾸기", "knobs: turn a setting"),
        Words("설정", "knobs"),
        (MAIN, CLOSING),
        rank=7,
    ),
    Command(
        "closing",
        ("r",),
        Words("정리: 질문, 목표, 연습 문제", "how it went; the exercise"),
        Words("정리, 연습", "how it went"),
        (MAIN, CLOSING),
        rank=3,
    ),
    Command(
        "compare",
        ("c",),
        Words("다른 실행과 비교", "compare with another run"),
        Words("비교", "compare"),
        rank=6,
    ),
    Command(
        "undo",
        ("u",),
        Words("만약에 되돌리기", "undo the what-if"),
        Words("되돌리기", "undo"),
        ROOM_SCREENS,
        rank=2,
        also=("save",),
        told=Words("만약에 되돌리기, 저장", "undo, save the what-if"),
        told_keys="u w",
    ),
    Command(
        "save",
        ("w",),
        Words("만약에를 파일로 저장", "save the what-if"),
        Words("저장", "save"),
        PLAYER_SCREENS,
        rank=7,
    ),
    *TIME_COMMANDS,
    Command("future", ("f",), Words("미래 보기, 가리기", "show or hide the future"), None, PLAYER_SCREENS),
    Command(
        "language",
        ("L",),
        Words("언어", "language"),
        Words("English", "한국어"),
        WITH_HELP,
        rank=5,
    ),
    Command(
        "present",
        ("P", "f5"),
        Words("발표 화면, 다시 원래대로", "presenter, and back"),
        None,
        (MAIN, PRESENT),
    ),
    Command("reveal", ("enter",), Words("답 보기", "tell the answer"), None, (PRESENT,)),
    Command(
        "black", ("b", "B", "full_stop"), Words("검은 화면, 다시 원래대로", "black screen, and back"), None, (PRESENT,)
    ),
    Command(
        "screenshot",
        ("s",),
        Words("화면을 SVG와 글로 저장", "save the screen as SVG and text"),
        None,
        WITH_HELP,
        also=("copy", "mouse"),
        told=Words("화면 저장, 복사, 마우스", "save the screen, copy, mouse"),
        told_keys="s y m",
    ),
    Command(
        "copy",
        ("y",),
        Words("고른 것이나 설명을 복사", "copy the chosen one, or the sentence"),
        None,
        ROOM_SCREENS,
    ),
    Command(
        "mouse",
        ("m",),
        Words("마우스를 터미널에 돌려주기", "give the mouse to the terminal, and back"),
        None,
        WITH_HELP,
    ),
    Command(
        "edit",
        ("e",),
        authoring_words.EDIT,
        authoring_words.EDIT_SHORT,
        (*PLAYER_SCREENS, PROBLEMS),
        rank=8,
    ),
    Command("console", ("colon",), console_words.CONSOLE, console_words.CONSOLE_SHORT, PLAYER_SCREENS, rank=8),
    Command("run_line", ("enter",), console_words.RUN_LINE, console_words.RUN_LINE, (CONSOLE,), rank=0),
    Command("complete", ("tab",), console_words.COMPLETE, console_words.COMPLETE_SHORT, (CONSOLE,), rank=1),
    Command("older", ("up",), console_words.OLDER, console_words.OLDER_SHORT, (CONSOLE,), rank=2),
    Command("newer", ("down",), console_words.NEWER, None, (CONSOLE,)),
    Command("palette", ("ctrl+p",), Words("모든 명령", "all commands"), None, EVERYWHERE),
    Command(
        "help",
        ("question_mark",),
        Words("도움말", "help"),
        Words("도움말", "help"),
        WITH_HELP,
        rank=3,
    ),
    Command(
        "quit",
        ("q", "ctrl+c"),
        Words("끝내기", "quit"),
        Words("끝내기", "quit"),
        (*WITH_HELP, MENU),
        rank=3,
    ),
)
"""Every command, in the order of the help."""

BY_NAME = {command.name: command for command in COMMANDS}


def commands_of(screen: str) -> list[Command]:
    """What can be done on a screen."""
    return [command for command in COMMANDS if screen in command.screens]
