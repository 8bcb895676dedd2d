"""Messages by problem code: about runs without a trace, and about many runs."""

from __future__ import annotations

from simulator.story.catalog import Words

STUDYING = {
    "study.no_trace": Words(
        "--no-trace와 --trace는 함께 쓸 수 없습니다. --no-trace는 이벤트를 남기지 않습니다",
        "--no-trace and --trace exclude each other: without a trace there is nothing to write",
    ),
    "study.not_a_scenario": Words(
        "기록된 실행입니다. 여기에는 시나리오가 필요합니다", "this is a recorded run; a scenario is needed here"
    ),
    "study.needs_trace": Words(
        "이벤트를 남겨야 잴 수 있습니다: {test}. --no-trace와 --warm-up 없이 실행하세요",
        "{test} asks for what only a trace tells; leave out --no-trace and --warm-up",
    ),
    "study.extra": Words(
        "필요한 라이브러리가 없습니다: {missing}. 설치: pip install 'ackademy[study]'",
        "this command needs {missing}; install it: pip install 'ackademy[study]'",
    ),
    "study.vary": Words(
        '--vary에는 설정과 값을 씁니다. 예: workers=1..8, config.worker_prefetch_multiplier=1,4. 받은 것: "{text}"',
        '--vary takes a setting and its values, as in workers=1..8 or config.worker_prefetch_multiplier=1,4; got "{text}"',
    ),
    "study.range": Words(
        "빈 범위이거나 값이 너무 많습니다: {text}. 작은 값..큰 값/간격 순서로 쓰세요",
        "{text} is an empty range, or one of too many values; write low..high/step",
    ),
    "study.axis_twice": Words("같은 설정을 두 번 바꿉니다: {path}", "{path} is varied twice"),
    "study.cells": Words(
        "조합이 너무 많습니다: {count}가지 (최대 {limit}가지)", "{count} combinations are too many (at most {limit})"
    ),
    "study.design": Words(
        "시도할 설정의 목록이어야 합니다. 항목마다 `경로: 값`을 씁니다. 예: - {{workers: 2}}",
        "a design is a list of settings to try, each with `path: value` pairs, as in - {{workers: 2}}",
    ),
    "study.vary_or_design": Words("--vary와 --design은 함께 쓸 수 없습니다", "--vary and --design exclude each other"),
    "study.factor": Words("배수는 0보다 큰 수여야 합니다: {value}", "{value} is no factor; it must be above 0"),
    "study.precision": Words(
        "정밀도는 0%보다 크고 100%보다 작아야 합니다: {value}",
        "{value} is no precision; write a percentage, such as 5%",
    ),
    "study.warm_up": Words(
        "--warm-up에는 초를 쓰거나 auto라고 씁니다: {value}", "{value} is no warm-up; write seconds, or auto"
    ),
    "study.not_a_number": Words(
        "값이 숫자인 측정이 아닙니다: {text}. 조건은 --goal에 쓰세요",
        "{text} is no number to measure; a condition goes to --goal",
    ),
    "study.not_a_condition": Words(
        "조건이 아닙니다: {text}. 예: lost == 0", "{text} is no condition; write one such as lost == 0"
    ),
    "study.batches": Words(
        "긴 실행 하나로는 대기만 잴 수 있습니다 (mean, p50, p95, max의 wait): {text}",
        "one long run tells about waits only (mean, p50, p95 or max of wait): {text}",
    ),
    "study.over": Words(
        "--over에 바꿀 설정과 값을 쓰세요. 예: workers=1..20",
        "--over needs the settings to choose from, as in workers=1..20",
    ),
    "study.no_goals": Words(
        "시나리오에 목표가 없습니다. --goal로 정하세요", "the scenario has no goals; name one with --goal"
    ),
    "study.cost": Words(
        "비용은 설정 이름과 숫자의 사칙연산이어야 합니다. 예: workers*concurrency",
        "a cost is arithmetic on settings and numbers, as in workers*concurrency",
    ),
    "study.cost_name": Words(
        "비용에 쓸 수 없는 이름입니다: {name}", "{name} is no number among the settings that are varied"
    ),
    "study.fault": Words("모르는 장애입니다: {value}", "{value} is no kind of fault"),
    "study.executor": Words("모르는 실행 장소입니다: {value}", "{value} is no place to play runs"),
    "study.no_cluster": Words(
        "Dask 클러스터에 연결하지 못했습니다: {where} ({reason})", "no Dask cluster answers at {where} ({reason})"
    ),
    "study.not_there": Words(
        "클러스터 {where}의 Worker에 ackademy가 설치되어 있지 않습니다 ({reason})",
        "the workers of {where} have no ackademy installed ({reason})",
    ),
    "study.other_version": Words(
        "클러스터 {where}의 ackademy가 다릅니다: {theirs}, 여기는 {ours}. 같은 판이어야 같은 값이 나옵니다",
        "the workers of {where} have another ackademy ({theirs}, here {ours}); only the same one gives the same numbers",
    ),
    "study.not_runs": Words("sweep이 쓴 파일이 아닙니다: {file}", "{file} is no file of runs that sweep has written"),
    "study.runs_ackademy": Words(
        "다른 판의 ackademy로 실행한 기록입니다: {file} ({theirs}, 여기는 {ours})",
        "{file} was written by another ackademy ({theirs}, here {ours})",
    ),
    "study.runs_measures": Words(
        "다른 것을 측정한 기록입니다: {file} ({theirs}, 지금은 {ours})",
        "{file} has other measures ({theirs}, now {ours})",
    ),
    "study.runs_line": Words("{file}의 {line}번째 줄을 읽을 수 없습니다", "line {line} of {file} cannot be read"),
}
"""By code."""
