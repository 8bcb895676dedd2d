"""Messages by problem code. `errors` adds hints ("did you mean", known values)."""

from __future__ import annotations

from simulator.story.catalog import Words
from simulator.story.problems.idle_words import IDLE
from simulator.story.problems.rule_words import RULES
from simulator.story.problems.trace_words import TRACES

_YAML = {
    "yaml.too_large": Words("파일이 너무 큽니다 (최대 {limit} kB)", "the file is too large (at most {limit} kB)"),
    "yaml.characters": Words(
        "YAML에 쓸 수 없는 문자가 들어 있습니다", "the file has characters that YAML does not allow"
    ),
    "yaml.not_a_mapping": Words(
        "시나리오는 `key: value` 형태의 매핑 하나여야 합니다", "a scenario must be one mapping of `key: value` lines"
    ),
    "yaml.tab": Words("들여쓰기에는 탭을 쓸 수 없습니다. 공백으로 바꾸세요", "tabs cannot indent YAML; use spaces"),
    "yaml.syntax": Words(
        "YAML 문법 오류입니다. 따옴표, 괄호, 콜론, 들여쓰기를 확인하세요",
        "invalid YAML; check quotes, brackets, colons and indentation around here",
    ),
    "yaml.alias": Words(
        "앵커(&)와 별칭(*)은 쓸 수 없습니다. 별표가 있는 텍스트는 따옴표로 감싸세요",
        "anchors (&) and aliases (*) are not supported; put text with a star in quotes",
    ),
    "yaml.documents": Words(
        "한 파일에는 시나리오를 하나만 쓸 수 있습니다. 두 번째 `---`를 지우세요",
        "a file holds a single scenario; remove the second `---`",
    ),
    "yaml.too_many": Words("값이 너무 많습니다 (최대 {limit}개)", "too many values (at most {limit})"),
    "yaml.too_deep": Words("중첩이 너무 깊습니다 (최대 {limit}단계)", "nested too deeply (at most {limit} levels)"),
    "yaml.tag": Words(
        'YAML 태그는 쓸 수 없습니다: "{tag}"', 'the YAML tag "{tag}" is not supported; write plain values'
    ),
    "yaml.key_not_text": Words(
        "키는 텍스트여야 하며, 매핑이나 목록은 쓸 수 없습니다", "a key must be text, not a mapping or a list"
    ),
    "yaml.boolish_key": Words(
        'YAML에서 true/false로 읽히는 키입니다: "{key}". 따옴표로 감싸세요',
        'YAML reads "{key}" as true/false; put it in quotes',
    ),
    "yaml.boolish": Words(
        'YAML에서 true/false로 읽히는 값입니다: "{text}". true나 false라고 쓰거나 따옴표로 감싸세요',
        'YAML reads "{text}" as true/false; write true or false, or put it in quotes',
    ),
    "yaml.duplicate": Words(
        '같은 키가 두 번 나옵니다: "{key}" (처음은 {first}번째 줄). 앞의 값은 조용히 사라집니다',
        '"{key}" appears twice (first on line {first}); the first would be lost silently',
    ),
    "yaml.clock": Words(
        'YAML에서 60진수로 읽히는 값입니다: "{text}". 시간은 초 단위 숫자로 쓰세요 (1:30은 90)',
        'YAML reads "{text}" as a base-60 number; write the time in seconds (90 for 1:30)',
    ),
    "yaml.number": Words(
        '숫자로 쓸 수 없는 값입니다: "{text}". 10진수로 쓰거나 따옴표로 감싸세요',
        '"{text}" cannot be used as a number; write a decimal number, or put it in quotes',
    ),
}

_FILES = {
    "file.missing": Words('파일이 없습니다: "{file}"', 'no such file: "{file}"'),
    "file.folder": Words('파일이 아니라 폴더입니다: "{file}"', '"{file}" is a folder, not a file'),
    "file.unreadable": Words('파일을 읽을 수 없습니다: "{file}" ({reason})', 'cannot read "{file}" ({reason})'),
    "file.unwritable": Words('파일을 쓸 수 없습니다: "{file}" ({reason})', 'cannot write "{file}" ({reason})'),
    "file.not_utf8": Words("UTF-8 파일이 아닙니다. UTF-8로 저장하세요", "the file is not UTF-8; save it as UTF-8"),
    "scenario.unknown": Words('그런 시나리오가 없습니다: "{name}"', 'there is no scenario "{name}"'),
    "variant.unknown": Words('그런 변형(variant)이 없습니다: "{name}"', 'there is no variant "{name}"'),
    "set.shape": Words(
        'PATH=VALUE 형태로 쓰세요: "{text}" (예: tasks.send_email.duration=10)',
        '"{text}" is not of the form PATH=VALUE (e.g. tasks.send_email.duration=10)',
    ),
    "extends.too_deep": Words(
        "extends가 너무 깊거나 자기 자신으로 되돌아옵니다 (최대 {limit}단계)",
        "extends goes too deep, or back to itself (at most {limit} levels)",
    ),
    "save.into_list": Words(
        "목록 안의 항목을 바꾼 것은 extends로 저장할 수 없습니다: {path}",
        "cannot be saved: {path} changes an item of a list, and extends can only append to lists",
    ),
    "path.syntax": Words(
        '경로를 읽을 수 없습니다: "{path}" (예: tasks.send_email.duration)',
        '"{path}" is not a path (e.g. tasks.send_email.duration)',
    ),
    "path.nowhere": Words('경로가 값 안으로 이어집니다: "{path}"', 'the path "{path}" leads into a plain value'),
    "path.no_such": Words('시나리오에 없는 이름입니다: "{part}" ({path})', '"{part}" ({path}) is not in this scenario'),
    "path.no_key": Words('그런 키는 없습니다: "{part}" ({path})', 'there is no key "{part}" (in the path {path})'),
    "path.index": Words(
        '목록에 없는 번호입니다: "{part}" ({path}; 항목 {count}개, 0부터)',
        '"{part}" is not an item of the list ({path}; it has {count}, counting from 0)',
    ),
}

_KEYS = {
    "key.missing": Words('빠진 키: "{key}" ({where})', '"{key}" is missing from {where}'),
    "key.unknown": Words('알 수 없는 키: "{key}" ({where})', 'unknown key "{key}" in {where}'),
    "key.did_you_mean": Words('알 수 없는 키: "{key}" ({where})', 'unknown key "{key}" in {where}'),
    "key.belongs": Words(
        '여기에 쓸 수 없는 키: "{key}" ({where}). 쓸 곳: {home}',
        'unknown key "{key}" in {where}; it belongs under {home}',
    ),
    "key.old": Words(
        '옛 이름(Celery 3) 또는 접두사가 붙은 이름: "{key}". 지금 이름: {modern}',
        '"{key}" is the old (Celery 3) or prefixed name; write {modern}',
    ),
    "key.planned": Words(
        'Celery에는 있지만 아직 시뮬레이션하지 않습니다: "{key}" ({where})',
        '"{key}" in {where} exists in Celery or is planned, but is not simulated yet',
    ),
    "value.planned": Words(
        '아직 시뮬레이션하지 않습니다: "{value}" ({where})',
        '"{value}" ({where}) is not simulated yet',
    ),
}

_VALUES = {
    "type.integer": Words('정수여야 합니다: {where} ("{value}")', '{where} must be a whole number, not "{value}"'),
    "type.number": Words('숫자여야 합니다: {where} ("{value}")', '{where} must be a number, not "{value}"'),
    "type.boolean": Words(
        'true 또는 false여야 합니다: {where} ("{value}")', '{where} must be true or false, not "{value}"'
    ),
    "type.text": Words(
        '텍스트여야 합니다: {where} ("{value}")', '{where} must be text, not "{value}"; put it in quotes'
    ),
    "type.list": Words('목록이어야 합니다: {where} ("{value}")', '{where} must be a list, not "{value}"'),
    "type.mapping": Words('매핑이어야 합니다: {where} ("{value}")', '{where} must be a mapping, not "{value}"'),
    "value.bound": Words("범위를 벗어났습니다: {where} {sign} {bound}", "{where} must be {sign} {bound}"),
    "value.one_of": Words("허용되는 값: {expected} ({where})", "{where} must be one of {expected}"),
    "value.bad": Words('쓸 수 없는 값입니다: {where} ("{value}")', '{where} cannot be "{value}"'),
    "list.too_short": Words("항목이 {limit}개 이상 필요합니다: {where}", "{where} needs at least {limit} items"),
    "list.too_long": Words("항목은 최대 {limit}개입니다: {where}", "{where} takes at most {limit} items"),
    "seconds": Words(
        '0 이상의 초 단위 숫자여야 합니다: {where} ("{value}")',
        '{where} must be a number of seconds, 0 or more, not "{value}"',
    ),
    "name": Words('이름이어야 합니다: {where} ("{value}")', '{where} must be a name (printable text), not "{value}"'),
    "identifier": Words(
        'id로 쓸 수 없습니다: "{value}" ({where}). 글자, 숫자, 밑줄만 쓰고 숫자로 시작하지 마세요',
        '"{value}" ({where}) cannot be an id: use letters, digits and underscores, and no digit first',
    ),
    "text": Words(
        "텍스트, 또는 {{ko: ..., en: ...}} 형태여야 합니다: {where}",
        "{where} must be text, or {{ko: ..., en: ...}}",
    ),
    "effect_at": Words(
        "start, end, 또는 0에서 1 사이의 비율을 쓰세요: {where}",
        "{where} must be start, end, or a fraction from 0 to 1",
    ),
    "raises": Words(
        "예외 이름, 시도별 목록, 확률 중 하나를 쓰세요: {where} (예: SMTPException, [SMTPException, null], {{SMTPException: 0.02}})",
        "{where}: give an exception, a list with one per attempt, or probabilities: SMTPException, [SMTPException, null], {{SMTPException: 0.02}}",
    ),
    "profile": Words('그런 profile이 없습니다: "{value}"', 'there is no profile "{value}"'),
    "rate": Words(
        '속도로 쓸 수 없는 값입니다: "{value}" ({where}; 예: 10/m, 2/s, 0.5)',
        '{where} cannot be "{value}": a rate is a number per second, or of the form 10/m, 2/s, 100/h',
    ),
    "value.celery_version": Words(
        '시뮬레이션하지 않는 Celery 버전: "{value}"',
        'Celery "{value}" is not simulated',
    ),
    "version.lacks": Words(
        "{key}: Celery {version}에는 없습니다. {since}부터 있습니다",
        "Celery {version} has no {key}: it came with {since}",
    ),
    "version.deaf": Words(
        "Celery {version}의 prefork Worker는 Redis와 끊긴 뒤 다시는 메시지를 받지 않을 수 있습니다(실제로 16번 중 12번). 여기서는 언제나 다시 받습니다",
        "with Celery {version}, a prefork worker may never consume again once Redis was away (12 of 16 live); here it always does",
    ),
    "value.timezone": Words(
        '모르는 시간대: "{value}". Europe/Berlin처럼 IANA 이름을 쓰세요',
        'Unknown time zone "{value}": use an IANA name such as Europe/Berlin',
    ),
    "value.time_zero": Words(
        '날짜와 시각으로 읽을 수 없음: "{value}". 2024-03-30T22:00처럼 시간대 없이 쓰세요',
        'Cannot read "{value}" as a date and time: write it as in 2024-03-30T22:00, without a time zone',
    ),
    "broker_url": Words('쓸 수 없는 broker_url: "{value}"', 'broker_url cannot be "{value}"'),
    "result_backend": Words('쓸 수 없는 result_backend: "{value}"', 'result_backend cannot be "{value}"'),
    "workers.count": Words(
        "Worker 수가 범위를 벗어났습니다: {value} (0에서 {limit}까지)",
        "{value} workers: the number must be from 0 to {limit}",
    ),
    "distribution.shape": Words(
        "초 단위 숫자나 분포 하나여야 합니다: {where} (예: 2, {{exponential: 2}})",
        "{where} must be a number of seconds or a distribution (e.g. 2 or {{exponential: 2}})",
    ),
    "distribution.kind": Words(
        '그런 분포가 없습니다: "{kind}" ({where})', 'there is no distribution "{kind}" ({where})'
    ),
    "distribution.exponential": Words(
        "평균을 0보다 큰 초로 쓰세요: {where} (예: {{exponential: 2}})",
        "{where}: give the mean in seconds, greater than 0: {{exponential: 2}}",
    ),
    "distribution.uniform": Words(
        "[작은 값, 큰 값]을 쓰세요: {where} (예: {{uniform: [1, 4]}})",
        "{where}: give [low, high]: {{uniform: [1, 4]}}",
    ),
    "distribution.normal": Words(
        "[평균, 표준편차]를 쓰세요: {where} (예: {{normal: [2, 0.5]}})",
        "{where}: give [mean, standard deviation]: {{normal: [2, 0.5]}}",
    ),
    "distribution.lognormal": Words(
        "median과 p95를 쓰세요(p95는 median 이상, 그 1조 배 이하): {where} (예: {{lognormal: {{median: 0.8, p95: 3}}}})",
        "{where}: give median and p95, with p95 from once to 10^12 times the median: {{lognormal: {{median: 0.8, p95: 3}}}}",
    ),
    "distribution.choice": Words(
        "값과 가중치를 쓰세요: {where} (예: {{choice: {{1: 0.9, 60: 0.1}}}})",
        "{where}: give values with their weights: {{choice: {{1: 0.9, 60: 0.1}}}}",
    ),
    "distribution.list": Words(
        "초 단위 숫자의 목록을 쓰세요: {where} (예: {{list: [2, 5, 1]}})",
        "{where}: give a list of seconds: {{list: [2, 5, 1]}}",
    ),
}

_RUNS = {
    "answer.none": Words(
        "{question}번 질문: 이 실행에서 참인 답이 없습니다",
        "question {question}: no choice is true in this run",
    ),
    "answer.several": Words(
        "{question}번 질문: 이 실행에서 참인 답이 {true}개입니다",
        "question {question}: {true} choices are true in this run; there must be exactly one",
    ),
    "limit.sure": Words(
        "실행하지 않았습니다. 이 줄까지만 해도 이벤트가 적어도 {events}개입니다(한도 {most}개). count나 until을 줄이거나 every를 늘리세요",
        "not run: up to this line there would be at least {events} events, and a run may have {most}; lower count or until, or raise every",
    ),
    "limit.memory": Words(
        "실행하지 않았습니다. 이 줄까지 보내는 메시지만 해도 약 {mb} MB가 필요합니다(한도 {most_mb} MB). 보내는 횟수나 인자를 줄이세요. "
        "{name}=MB로 한도를 바꿀 수 있고, ackademy run --no-trace는 이벤트를 남기지 않습니다",
        "not run: what is sent up to this line would take about {mb} MB, and a run may take {most_mb}; send fewer, or smaller "
        "arguments, set {name} to more megabytes, or use ackademy run --no-trace, which keeps no events",
    ),
    "limit.grown": Words(
        "멈췄습니다. {time}까지 이벤트 {events}개와 끝나지 않은 Task {tasks}개가 쌓여 메모리 한도를 넘었습니다(약 {mb} MB, 한도 {most_mb} MB). "
        "until로 시간을 줄이거나 polls: found를 쓰세요. {name}=MB로 한도를 바꿀 수 있고, ackademy run --no-trace는 이벤트를 남기지 않습니다",
        "stopped: by {time} the run kept {events} events and {tasks} tasks that are not over, about {mb} MB, and a run may take "
        "{most_mb}; shorten it with until, set polls: found or {name} to more megabytes, or use ackademy run --no-trace, which keeps "
        "no events",
    ),
    "limit.backlog": Words(
        "멈췄습니다. {time}까지 끝나지 않은 Task가 {tasks}개 쌓여 메모리 한도를 넘었습니다(약 {mb} MB, 한도 {most_mb} MB). until로 시간을 줄이거나 "
        "{name}=MB로 한도를 바꾸세요",
        "stopped: by {time} {tasks} tasks are not over, which takes about {mb} MB, and a run may take {most_mb}; shorten it with "
        "until, or set {name} to more megabytes",
    ),
    "limit.quiet": Words(
        "멈췄습니다. {time}까지 이벤트는 {events}개뿐인데 타이머는 {calls}번 돌았습니다. until로 시간을 줄이거나, 너무 짧은 간격을 늘리세요",
        "stopped: by {time} there were no more than {events} events, while timers went off {calls} times; shorten it with until, or "
        "raise an interval that is too short",
    ),
    "limit.variable": Words(
        '{name}에는 메가바이트를 정수로 적습니다: "{value}"',
        '{name} must be a whole number of megabytes, not "{value}"',
    ),
    "limit.events": Words(
        "이벤트가 너무 많아 멈췄습니다({time}까지 {events}개). until로 시간을 줄이거나 polls: found를 쓰세요",
        "stopped: the run had produced {events} events by {time}; shorten it with until, or set polls: found",
    ),
    "file.exists": Words(
        '이미 있는 파일이라 덮어쓰지 않습니다: "{file}"', '"{file}" already exists and will not be overwritten'
    ),
    "option.seed": Words(
        'seed는 0 이상의 정수나 random이어야 합니다: "{value}"',
        '--seed must be a whole number, 0 or more, or random, not "{value}"',
    ),
    "calibrate.no_recording": Words(
        '"{file}": 어느 기록의 모델인지 알 수 없습니다. 기록을 앞에 적으세요: ackademy calibrate run.jsonl {file}',
        '"{file}" does not say which recording it is a model of; name that first: ackademy calibrate run.jsonl {file}',
    ),
    "calibrate.nothing": Words(
        '기록에 Task가 없어 모델과 견줄 것이 없습니다: "{file}"',
        'no task was recorded, so there is nothing to compare: "{file}"',
    ),
    "calibrate.not_a_recording": Words(
        '기록(.jsonl)을 먼저, 모델을 다음에 적으세요: "{file}"',
        'give the recording (.jsonl) first, then its model: "{file}"',
    ),
    "option.two_sources": Words(
        "--lesson은 --from-conf, --from-recording과 함께 쓸 수 없습니다",
        "--lesson cannot be combined with --from-conf or --from-recording",
    ),
    "option.stdout_twice": Words(
        "--json과 --trace -는 둘 다 stdout에 쓰므로 하나만 쓰세요", "--json and --trace - would both write to stdout"
    ),
    "option.variant_of_two": Words(
        "--variant는 WHAT이 하나일 때만 쓸 수 있습니다", "--variant needs a single WHAT, not two"
    ),
    "vote.no_question": Words("{file}: 거수로 답할 질문이 없습니다", "{file}: there is no question to vote on"),
    "vote.too_far": Words(
        "{file}: 질문은 {count}개입니다. --question {question}에 해당하는 질문이 없습니다",
        "{file}: there is no --question {question}; the run has {count} questions",
    ),
    "vote.no_terminal": Words(
        "vote는 터미널에서만 쓸 수 있습니다. 질문을 글로 읽으려면: ackademy tell, ackademy worksheet",
        "vote needs a terminal; to read the questions as text: ackademy tell, ackademy worksheet",
    ),
    "worksheet.no_scenario": Words(
        "{file}: 활동지는 시나리오로 만듭니다. trace에는 질문이 없습니다",
        "{file}: a worksheet is made from a scenario; a trace has no questions",
    ),
    "export.variants": Words(
        "--variants는 --to html에서, --variant 없이 씁니다", "--variants is for --to html, without --variant"
    ),
    "export.course": Words(
        "--course는 --to html, -o 폴더와 함께만 씁니다. 나만의 과정이면 그 폴더도 적습니다",
        "--course takes --to html and -o FOLDER, and nothing else but the folder of a course of your own",
    ),
    "export.part": Words("--to celery-events에는 --from을 쓸 수 없습니다", "--to celery-events takes no --from"),
    "export.long": Words(
        "{minutes}분보다 긴 녹화가 됩니다. --speed, --from, --until로 줄이세요",
        "the recording would be longer than {minutes} minutes; use --speed, --from or --until",
    ),
    "export.backwards": Words(
        "--from({begin}초)이 --until({end}초)보다 뒤입니다", "--from ({begin} s) is later than --until ({end} s)"
    ),
    "export.after": Words(
        "실행은 {end}초에 끝납니다. --from {begin}초 뒤에는 아무것도 없습니다",
        "the run ends at {end} s; there is nothing after --from {begin} s",
    ),
    "export.nothing": Words(
        "무엇을 내보낼까요? 레슨, 시나리오, trace 가운데 하나나 --course",
        "what is to be exported? A lesson, a file, or --course",
    ),
    "compare.nothing": Words(
        '비교할 변형(variant)이 없습니다: "{file}"', '"{file}" has no variants to compare it with'
    ),
}

PROBLEMS: dict[str, Words] = {**_YAML, **_FILES, **_KEYS, **_VALUES, **RULES, **IDLE, **TRACES, **_RUNS}
"""By code."""
