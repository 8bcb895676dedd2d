"""Words of how the terminal looks: themes, signs, settings, screenshots, copying, the presenter."""

from __future__ import annotations

from simulator.story.catalog import Words

TOLD = Words("{text}", "{text}")
"""What has been put into words already."""

# Settings
SETTING = Words("{file}:{line}: {problem}", "{file}:{line}: {problem}")
SETTINGS_UNREADABLE = Words("{file}: 읽을 수 없습니다 ({reason})", "{file}: cannot be read ({reason})")
NOT_TOML = Words("TOML이 아닙니다. 이번에는 설정 파일 없이 갑니다", "not TOML; going on without the settings")
UNKNOWN_SETTING = Words("모르는 설정입니다: {name}", "no such setting: {name}")
WRONG_SETTING = Words(
    "{name}: {value} 대신 {allowed} 가운데 하나를 적어 주세요", "{name}: not {value} but one of {allowed}"
)
CANNOT_KEEP = Words("설정을 저장할 수 없습니다: {reason}", "The setting cannot be saved: {reason}")

# The palette
COMMANDS = Words("명령", "Commands")
DO_IT = Words("실행", "do it")
BACK = Words("뒤로", "back")
MOTION_ON = Words("움직임: 켜기", "motion: on")
MOTION_OFF = Words("움직임: 끄기", "motion: off")

# Screenshots
SHOT_SAVED = Words("화면 저장: {file}, .txt ({folder})", "Saved as {file} and .txt in {folder}")
SHOT_FAILED = Words("화면을 저장할 수 없습니다: {reason}", "The screen cannot be saved: {reason}")

# Copying and the mouse
COPIED = Words("터미널의 클립보드로 보냈습니다: {text}", "Sent to the terminal's clipboard: {text}")
NOTHING_TO_COPY = Words("복사할 것이 없습니다", "There is nothing to copy")
MOUSE_OFF = Words(
    "마우스를 터미널에 돌려주었습니다. 끌어서 고르고, m: 다시",
    "The mouse is the terminal's: drag to select; m takes it back",
)
MOUSE_ON = Words("마우스로 다시 누르고 끌 수 있습니다", "The mouse clicks and drags again")
NO_MOUSE = Words("이 터미널에서는 마우스를 돌려줄 수 없습니다", "This terminal does not let go of the mouse")
