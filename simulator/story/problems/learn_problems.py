"""What each code of a problem with the course, the progress file, or a solution says; see `problem_words`."""

from __future__ import annotations

from simulator.story.catalog import Words

LEARNING = {
    "course.unknown_key": Words('course.yaml에 없는 키입니다: "{key}"', 'course.yaml has no key "{key}"'),
    "course.twice": Words('두 번 나오는 레슨입니다: "{name}"', 'the lesson "{name}" stands here twice'),
    "course.no_lesson": Words('그런 레슨이 없습니다: "{name}"', 'there is no lesson "{name}"'),
    "progress.broken": Words(
        "학습 기록을 읽을 수 없어 따로 보관했습니다: {kept}. 새로 시작합니다",
        "the record of what you learned cannot be read; it is kept as {kept}, and a new one begun",
    ),
    "progress.newer": Words(
        "더 새로운 버전이 쓴 학습 기록이라 그대로 둡니다. 이번에는 기록하지 않습니다: {file}",
        "the record of what you learned is from a newer version and left as it is; nothing is recorded: {file}",
    ),
    "progress.unwritable": Words(
        "학습 기록을 쓸 수 없습니다 ({reason}): {file}", "what you learn cannot be recorded ({reason}): {file}"
    ),
    "review.nothing": Words(
        "복습할 질문이 아직 없습니다. 먼저 레슨을 하나 마치세요: ackademy learn",
        "there is nothing to review yet; finish a lesson first: ackademy learn",
    ),
    "grade.no_exercise": Words(
        '연습 문제가 없는 레슨입니다: "{lesson}"', 'the lesson "{lesson}" has no exercise to check against'
    ),
    "grade.no_scenario": Words(
        "답안은 YAML 시나리오 파일이어야 합니다: {file}", "a solution is a scenario file (.yaml): {file}"
    ),
    "grade.extends": Words(
        "답안은 레슨 자체만 extends할 수 있습니다: `extends: {lesson}`",
        "a solution may extend its own lesson only: `extends: {lesson}`",
    ),
    "grade.options": Words(
        "--against와 함께 쓸 수 없는 옵션입니다: {options}", "{options} cannot be used together with --against"
    ),
    "grade.needs_against": Words("--against와 함께 쓰는 옵션입니다: {options}", "{options} needs --against"),
    "grade.time": Words(
        "채점을 {seconds}초 안에 끝내지 못했습니다. 실행이 너무 큽니다",
        "checking took more than {seconds} s and was stopped: the run is too large",
    ),
    "grade.memory": Words(
        "채점에 메모리를 {megabytes} MB 넘게 써서 중단했습니다",
        "checking took more than {megabytes} MB of memory and was stopped",
    ),
    "grade.stopped": Words(
        "채점 프로세스가 도중에 끝났습니다 (상태 {status})", "the process that checks has ended early (status {status})"
    ),
}
