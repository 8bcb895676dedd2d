"""Messages for problems with the course, the progress file, or a solution; see `problem_words`."""

from __future__ import annotations

from simulator.story.catalog import Words

LEARNING = {
    "course.unknown_key": Words('course.yaml에 없는 키입니다: "{key}"', 'course.yaml has no key "{key}"'),
    "course.none": Words(
        "이 폴더에는 course.yaml이 없습니다: {folder}", "there is no course.yaml in this folder: {folder}"
    ),
    "course.twice": Words('레슨이 두 번 적혀 있습니다: "{name}"', 'the lesson "{name}" is listed twice'),
    "course.no_lesson": Words('그런 레슨이 없습니다: "{name}"', 'there is no lesson "{name}"'),
    "class.no_terminal": Words("class에는 터미널이 필요합니다", "class needs a terminal"),
    "class.no_room": Words(
        '그런 방이 없습니다: "{room}". 하루가 지난 방은 지웁니다',
        'there is no room "{room}"; rooms are deleted after a day',
    ),
    "class.broken_room": Words(
        "{file}:{line}: 방의 기록이 아닙니다. 이 방은 이어 갈 수 없습니다. --room 없이 새 방을 여세요",
        "{file}:{line}: not the record of a room, which cannot go on; open a new one without --room",
    ),
    "class.unkept": Words(
        "방의 기록을 쓸 수 없었습니다: {reason}. 이 방은 이어 갈 수 없습니다",
        "the record of the room could not be written: {reason}; the room cannot go on",
    ),
    "class.no_port": Words("{host}에서 서버를 열 수 없습니다: {reason}", "cannot serve at {host}: {reason}"),
    "class.in_network": Words(
        "이 네트워크의 누구나 투표 페이지를 열 수 있습니다: {address}",
        "anybody in this network can open the page: {address}",
    ),
    "serve.course_or_what": Words("--course와 WHAT 중 하나만 쓰세요", "give either --course or WHAT, not both"),
    "extra.missing": Words(
        "이 명령에는 추가 설치가 필요합니다: pip install 'ackademy[{extra}]'",
        "this command needs more: pip install 'ackademy[{extra}]'",
    ),
    "plan.unknown": Words('그런 수업 계획이 없습니다: "{name}"', 'there is no plan "{name}"'),
    "plan.unknown_key": Words('수업 계획에 없는 키입니다: "{key}"', 'a plan has no key "{key}"'),
    "plan.nothing": Words(
        "할 일이 없는 순서입니다. lesson을 적거나, 아니면 ko와 en에 할 일만 적으세요",
        "this station has nothing to do: name a lesson, or say in ko and en alone what to do",
    ),
    "plan.table": Words("표에는 cases와 columns가 모두 있어야 합니다", "a table needs both cases and columns"),
    "new.name": Words(
        '시나리오 파일의 이름은 .yaml로 끝나야 읽을 수 있습니다: "{file}"',
        'a scenario is only read from a file whose name ends in .yaml: "{file}"',
    ),
    "plan.own": Words(
        "own은 이 순서의 minutes 가운데 학생들이 직접 쓰는 시간이므로 minutes보다 길 수 없습니다",
        "own is the part of the station's minutes that belongs to the class, so it cannot exceed them",
    ),
    "plan.too_long": Words(
        "순서를 모두 더하면 {total}분이라 {minutes}분 안에 들어가지 않습니다",
        "the stations take {total} minutes together, more than {minutes}",
    ),
    "course.solution": Words(
        "{lesson}의 모범 답안은 {{설정 경로: 값}} 형태여야 합니다",
        "the model solution of {lesson} must map paths of settings to values",
    ),
    "course.solution_forbidden": Words(
        "{lesson}의 모범 답안이 연습 문제에서 허용하지 않는 것을 바꿉니다: {paths}",
        "the model solution of {lesson} changes what its exercise does not allow: {paths}",
    ),
    "course.solution_misses": Words(
        "{lesson}의 모범 답안으로는 연습 문제가 풀리지 않습니다. 놓치는 목표의 번호(0은 budget): {found}",
        "the model solution of {lesson} does not solve the exercise; goals that it misses, by number (0: the budget): {found}",
    ),
    "challenge.nothing": Words("도전 과제가 있는 시나리오가 없습니다", "no scenario here has a challenge"),
    "challenge.no_challenge": Words(
        "도전 과제가 없는 시나리오입니다: {file}. challenge: 에 무엇을 셀지 적으세요",
        "{file} has no challenge; say under challenge what is to be counted",
    ),
    "progress.broken": Words(
        "학습 기록을 읽을 수 없어 따로 옮겨 두고 새로 시작합니다: {kept}",
        "your progress file cannot be read; it is kept as {kept}, and a new one started",
    ),
    "progress.newer": Words(
        "더 새로운 버전에서 쓴 학습 기록이라 그대로 둡니다. 이번에는 기록하지 않습니다: {file}",
        "your progress file is from a newer version and left untouched; nothing is recorded: {file}",
    ),
    "progress.unwritable": Words(
        "학습 기록을 저장할 수 없습니다 ({reason}): {file}", "your progress cannot be saved ({reason}): {file}"
    ),
    "review.nothing": Words(
        "복습할 질문이 아직 없습니다. 먼저 레슨을 하나 마치세요: ackademy learn",
        "there is nothing to review yet; finish a lesson first: ackademy learn",
    ),
    "grade.no_exercise": Words(
        '연습 문제가 없는 레슨입니다: "{lesson}"', 'the lesson "{lesson}" has no exercise to check against'
    ),
    "grade.no_scenario": Words(
        "답안은 YAML 시나리오 파일이어야 합니다: {file}", "a solution must be a scenario file (.yaml): {file}"
    ),
    "grade.not_regular": Words(
        "답안이 일반 파일이 아니어서 열지 않습니다 (심볼릭 링크, 장치 등): {file}",
        "a solution must be a regular file, not a link or a device; it was not opened: {file}",
    ),
    "grade.option_file": Words(
        "이름이 옵션처럼 생긴 파일이 있어 옵션인지 파일인지 알 수 없습니다: {file}. 폴더를 주거나 ./{file} 형태로 적으세요",
        "{file} is both an option and the name of a file here: give the folder, or write ./{file}",
    ),
    "grade.one_format": Words(
        "--csv, --json, --junit 가운데 하나만 쓸 수 있습니다", "only one of --csv, --json and --junit can be used"
    ),
    "grade.no_files": Words("채점할 YAML 파일이 없습니다: {where}", "there is no .yaml file to grade in {where}"),
    "grade.extends": Words(
        "답안에서 extends할 수 있는 것은 그 레슨뿐입니다: `extends: {lesson}`",
        "a solution may only extend its own lesson: `extends: {lesson}`",
    ),
    "grade.options": Words(
        "--against와 함께 쓸 수 없는 옵션입니다: {options}", "{options} cannot be used together with --against"
    ),
    "grade.needs_against": Words("{options}: --against와 함께 써야 합니다", "{options} requires --against"),
    "grade.time": Words(
        "채점이 {seconds}초 안에 끝나지 않아 중단했습니다. 실행이 너무 큽니다",
        "grading took more than {seconds} s and was stopped: the run is too large",
    ),
    "grade.memory": Words(
        "채점에 메모리를 {megabytes} MB 넘게 써서 중단했습니다",
        "grading took more than {megabytes} MB of memory and was stopped",
    ),
    "grade.stopped": Words(
        "채점 프로세스가 도중에 종료되었습니다 (상태 {status})", "the grading process exited early (status {status})"
    ),
}
