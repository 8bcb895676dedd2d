"""The words of writing a scenario beside its run: the editor, reading it again, what is wrong with it."""

from __future__ import annotations

from simulator.story.catalog import Words

EDIT = Words("시나리오 편집 ($EDITOR)", "edit the scenario ($EDITOR)")
EDIT_SHORT = Words("편집", "edit")

NO_EDITOR = Words(
    "편집기가 정해져 있지 않습니다. 환경 변수 EDITOR를 설정하세요. 파일: {file}",
    "No editor is set: set the environment variable EDITOR. The file: {file}",
)
EDITOR_FAILED = Words("편집기를 열 수 없습니다: {command} ({reason})", "The editor did not start: {command} ({reason})")
EDITOR_STATUS = Words(
    "편집기가 오류로 종료되었습니다(종료 상태 {status}). 바뀐 것은 없습니다.",
    "The editor exited with an error (status {status}); nothing has changed.",
)
NO_SUSPEND = Words(
    "여기서는 편집기를 열 수 없습니다. 파일을 직접 고치고 play --watch로 보세요: {file}",
    "No editor can be opened here. Edit the file yourself and watch it with play --watch: {file}",
)
CANNOT_COPY = Words("사본을 만들 수 없습니다: {file} ({reason})", "Cannot make a copy: {file} ({reason})")

LEFT_OUT = Words(
    "다른 변형과 해설은 연습 문제의 답이 되므로 이 사본에 없습니다.",
    "Other variants and explanations are not in this copy: they would solve the exercise.",
)
UNCHANGED = Words("파일이 바뀌지 않았습니다.", "The file is unchanged.")
COPIED = Words(
    "내장 레슨은 그대로 두고 사본을 편집합니다: {file}.{more}",
    "The lesson itself stays as it is; this is your copy: {file}.{more}",
)
SAME_SO_FAR = Words(
    "다시 읽었습니다: {file}. 여기까지는 달라지지 않았습니다.{more}",
    "Reloaded: {file}. Everything up to here is unchanged.{more}",
)
SAME_TIME = Words(
    "다시 읽었습니다: {file}. 앞부분이 달라져 같은 시각에서 이어 갑니다.{more}",
    "Reloaded: {file}. What came before has changed; continuing at the same time.{more}",
)
SAME_RUN = Words(
    "다시 읽었습니다: {file}. 실행은 달라지지 않았습니다.{more}", "Reloaded: {file}. The run is the same.{more}"
)
BRANCHES_GONE = Words(" 만약에는 취소되었습니다.", " The what-ifs were undone.")
CHECK_OFFER = Words(" r: 내 풀이 채점", " r: check my solution")
WARNINGS = Words(" 경고 {count}개: ackademy check {file}", " Warnings: {count}; see ackademy check {file}")

WRONG = Words("문제가 있습니다: {file}", "There is a problem: {file}")
WRONG_COUNT = Words("문제 {count}개: {file}", "{count} problems: {file}")
OLD_RUN_STAYS = Words(
    "뒤에 보이는 것은 고치기 전의 실행입니다. 문제를 고쳐 저장하면 다시 읽습니다.",
    "The run behind this is the previous one. It is reloaded as soon as you save the file without mistakes.",
)
OLD_RUN_STAYS_EDIT = Words(
    "뒤에 보이는 것은 고치기 전의 실행입니다. e: 다시 편집.",
    "The run behind this is the previous one. e opens the editor again.",
)
WATCHING = Words("지켜보는 중: {file}", "Watching {file}")
