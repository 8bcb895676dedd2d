"""Words of how the terminal looks: themes, signs, settings, screenshots, copying, the presenter."""

from __future__ import annotations

from simulator.story.catalog import Words

TOLD = Words("{text}", "{text}")
"""Text that is in the reader's language already."""

# Settings
SETTING = Words("{file}:{line}: {problem}", "{file}:{line}: {problem}")
SETTINGS_UNREADABLE = Words("{file}: 읽을 수 없습니다 ({reason})", "{file}: cannot be read ({reason})")
NOT_TOML = Words(
    "TOML이 아닙니다. 이번에는 설정 파일 없이 실행합니다", "not TOML; continuing without the settings file"
)
UNKNOWN_SETTING = Words("알 수 없는 설정입니다: {name}", "unknown setting: {name}")
WRONG_SETTING = Words(
    "{name}: {value} 대신 다음 중 하나를 쓰세요: {allowed}", "{name} must be one of {allowed}, not {value}"
)
CANNOT_KEEP = Words("설정을 저장할 수 없습니다: {reason}", "The setting cannot be saved: {reason}")

# The palette
COMMANDS = Words("명령", "Commands")
DO_IT = Words("실행", "run")
BACK = Words("뒤로", "back")
MOTION_ON = Words("움직임: 켜기", "motion: on")
MOTION_OFF = Words("움직임: 끄기", "motion: off")

# Screenshots
SHOT_SAVED = Words("화면 저장: {file}, .txt ({folder})", "Saved as {file} and .txt in {folder}")
SHOT_FAILED = Words("화면을 저장할 수 없습니다: {reason}", "The screen cannot be saved: {reason}")

NOT_HERE = Words(
    "브라우저에서는 쓸 수 없습니다. 파일이 서버에 남기 때문입니다.",
    "Not in a browser: the file would be on the server.",
)

# Copying and the mouse
COPIED = Words("터미널의 클립보드로 보냈습니다: {text}", "Sent to the terminal's clipboard: {text}")
NOTHING_TO_COPY = Words("복사할 것이 없습니다", "Nothing to copy")
MOUSE_OFF = Words(
    "마우스를 터미널에 넘겼습니다. 끌어서 선택하세요. m: 되돌리기",
    "The terminal has the mouse: drag to select; m takes it back",
)
MOUSE_ON = Words("마우스를 다시 쓸 수 있습니다", "The mouse works here again")
NO_MOUSE = Words("이 터미널에는 마우스를 넘길 수 없습니다", "This terminal cannot take the mouse")
