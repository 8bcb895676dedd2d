"""Definitions of the measures of the goal language, for the manual and for help."""

from __future__ import annotations

from typing import NamedTuple

from simulator.story.catalog import Words


class Definition(NamedTuple):
    """Syntax and meaning of a measure. `[x]` is optional: without it all tasks or workers are meant."""

    written: str
    words: Words


DEFINITIONS: dict[str, Definition] = {
    "sent": Definition(
        "sent[(x)]", Words("Broker가 받은 Task의 수 (id 기준)", "tasks that the broker accepted, by id")
    ),
    "succeeded": Definition("succeeded[(x)]", Words("성공한 Task", "tasks that succeeded")),
    "failed": Definition("failed[(x)]", Words("최종 실패한 Task", "tasks that failed for good")),
    "revoked": Definition(
        "revoked[(x)]", Words("만료되거나 취소된 Task", "tasks that expired or were revoked, and so were not run")
    ),
    "ignored": Definition(
        "ignored[(x)]",
        Words(
            "Ignore로 끝났거나, ACK한 뒤 Reject했거나, 결과를 저장하지 못한 Task. 최종 상태가 남지 않습니다",
            "tasks that ended with Ignore, with Reject after their ACK, or with a lost result: no final state is kept",
        ),
    ),
    "dropped": Definition(
        "dropped[(x)]",
        Words(
            "가득 찬 Queue 등에서 Broker가 버린 Task", "tasks that the broker dropped, for example from a full queue"
        ),
    ),
    "lost": Definition(
        "lost[(x)]",
        Words(
            "유실: Broker가 받았지만 최종 상태가 없고 사본이 어디에도 없는 Task",
            "accepted by the broker, but without a final state and with no copy left anywhere",
        ),
    ),
    "served": Definition(
        "served[(x)]",
        Words("끝까지 처리된 Task: 성공, 또는 실행한 뒤 실패", "finished tasks: succeeded, or failed after a run"),
    ),
    "retried": Definition("retried[(x)]", Words("재시도 횟수", "number of retries")),
    "dead_lettered": Definition(
        "dead_lettered[(x)]",
        Words("Dead Letter Queue에 들어간 적이 있는 Task", "tasks that have been in a dead letter queue"),
    ),
    "publish_failed": Definition("publish_failed[(x)]", Words("전송하지 못한 횟수", "number of failed publishes")),
    "runs": Definition("runs(x)", Words("실행이 시작된 횟수", "number of runs started")),
    "effects": Definition(
        "effects(x)",
        Words(
            "실제 효과가 생긴 횟수. idempotent나 effect_at을 정한 Task는 그 시점에, 나머지는 실행이 성공할 때 생깁니다",
            "number of side effects: at the point the task declares (idempotent, effect_at), otherwise with each successful run",
        ),
    ),
    "duplicates": Definition(
        "duplicates[(x)]",
        Words("실제 효과가 두 번 이상 생긴 Task", "tasks whose side effect happened more than once"),
    ),
    "finished_by": Definition(
        "finished_by[(x)]",
        Words(
            "마지막 Task가 끝난 시각. 아직 끝나지 않은 Task가 있으면 값이 없습니다",
            "when the last task ended; no value while one has not",
        ),
    ),
    "state": Definition("state(id)", Words("실행이 끝났을 때 Celery의 상태", "Celery's state at the end of the run")),
    "result_state": Definition(
        "result_state(id[, t])",
        Words(
            "t초(없으면 끝)에 AsyncResult(id).state로 조회되는 상태. 저장된 것이 없으면 PENDING이고, 보낸 적 없는 id도 마찬가지입니다",
            "what AsyncResult(id).state returns at t (or at the end): PENDING if nothing is stored, even for an id that was never sent",
        ),
    ),
    "worker_of": Definition(
        "worker_of(id)",
        Words("마지막으로 실행한(또는 받은) Worker", "the worker that ran it last, or else received it last"),
    ),
    "position": Definition(
        "position(id)",
        Words("모든 Task 중 처음 실행된 순서, 1부터", "its position among all tasks by first start, from 1"),
    ),
    "started_at": Definition(
        "started_at(id[, n])", Words("n번째 실행이 시작된 시각", "when its n-th run started (without n, the first)")
    ),
    "finished_at": Definition(
        "finished_at(id)", Words("처음으로 최종 상태가 된 시각", "when it first reached a final state")
    ),
    "mean": Definition(
        "mean(wait|response|finished[, x])  mean(queue[, queue])  mean(processes|memory[, worker])",
        Words(
            "평균. wait는 전송부터 첫 실행까지, response는 전송부터 최종 상태까지. queue, processes, memory는 시간 평균",
            "the mean; wait is from sent to first start, response from sent to final state; queue, processes and memory are averaged over time",
        ),
    ),
    "p50": Definition(
        "p50(...)",
        Words(
            "중앙값: 값의 절반이 넘지 않는 가장 작은 값",
            "the median: the smallest value that half of all values do not exceed",
        ),
    ),
    "p95": Definition(
        "p95(...)",
        Words("값의 95%가 넘지 않는 가장 작은 값", "the smallest value that 95% of all values do not exceed"),
    ),
    "max": Definition(
        "max(...)",
        Words(
            "최댓값. queue는 대기 중인 메시지 수, processes는 Task를 실행하는 프로세스 수, memory는 이 프로세스들의 MB 합",
            "the maximum; queue counts ready messages, processes those that run tasks, memory their megabytes in total",
        ),
    ),
    "peak": Definition(
        "peak(queue[, queue][, a, b])  peak(processes|memory[, worker][, a, b])  peak(calls[.service][, a, b])",
        Words(
            "a초부터 b초 전까지의 최댓값. calls는 1초 동안 시작된 호출 수의 최댓값",
            "the maximum from a up to, but not including, b; calls is the most that start within any one second",
        ),
    ),
    "throughput": Definition(
        "throughput(a, b[, x])",
        Words(
            "a초부터 b초 전까지 1초에 성공한 Task 수",
            "tasks that succeeded per second, from a up to, but not including, b",
        ),
    ),
    "util": Definition(
        "util[(worker)]",
        Words(
            "온라인인 동안 자리에서 무언가를 실행한 시간의 비율(0에서 1)",
            "the share (0 to 1) of its slots' online time spent running something",
        ),
    ),
    "process_seconds": Definition(
        "process_seconds[(worker)]",
        Words(
            "프로세스 수를 시간으로 적분한 값. prefork Worker는 자식 프로세스만, 나머지는 Worker 자신을 셉니다",
            "processes times seconds; a prefork worker counts its children, any other counts itself",
        ),
    ),
    "deaths": Definition(
        "deaths[(worker)]",
        Words(
            "Worker나 그 자식이 강제 종료된 횟수. 계획된 교체는 세지 않습니다",
            "number of times the worker or one of its children was killed; planned replacements do not count",
        ),
    ),
    "polls": Definition("polls[(worker)]", Words("Broker에 물은 횟수", "polls of the broker")),
    "empty_polls": Definition("empty_polls[(worker)]", Words("빈손으로 끝난 질문", "polls that came back empty")),
    "polls_per_hour": Definition("polls_per_hour[(worker)]", Words("한 시간에 묻는 횟수", "polls per hour")),
    "queue_length": Definition(
        "queue_length[(queue)]",
        Words(
            "지금(목표에서는 실행이 끝났을 때) 대기 중인 메시지 수. Worker가 미리 받아 둔 것은 빠집니다",
            "messages ready now (in a goal: at the end of the run), without those that workers have prefetched",
        ),
    ),
    "unacked": Definition(
        "unacked[(queue)]",
        Words(
            "지금(끝났을 때) Worker에 가 있고 아직 ACK하지 않은 메시지 수",
            "messages that are with a worker now (or at the end) and not ACKed",
        ),
    ),
    "running": Definition(
        "running[(worker)]",
        Words("지금(끝났을 때) 실행 중인 Task 수", "tasks that are running now, or at the end"),
    ),
    "load": Definition(
        "load[(queue)]",
        Words(
            "부하: 1초에 들어오는 일(자리 하나로 걸리는 초)을 자리 수로 나눈 값. 1이 넘으면 따라잡을 수 없습니다. 같은 Worker를 쓰는 Queue는 함께 세고, 스스로 끝난 실행에는 값이 없습니다",
            "the work that arrives against the slots that there are: above 1 they cannot keep up. Queues that share workers count together; a run that ends by itself has none",
        ),
    ),
    "load_verdict": Definition(
        "load_verdict[(queue)]",
        Words(
            "부하의 판정: stable, backlogged(감당할 수 있지만 밀려 있음), overloaded(계속 쌓임). 여러 Queue 가운데 가장 나쁜 것",
            "the verdict on the load: stable, backlogged (they could keep up, but messages wait) or overloaded; the worst of all queues",
        ),
    ),
    "queue_at": Definition(
        "queue_at(t[, queue])",
        Words("t초에 대기 중인 메시지 수. 한 Queue 또는 전체", "messages ready at time t, in one queue or in all"),
    ),
    "late": Definition(
        "late(t[, x])",
        Words(
            "보낸 지 t초가 지나도록 성공하지 못한 Task의 수",
            "tasks that had not succeeded t seconds after they were sent",
        ),
    ),
    "results_at": Definition(
        "results_at(t)",
        Words("t초에 Result Backend가 가지고 있는 결과의 수", "results that the result backend holds at time t"),
    ),
    "age_at": Definition(
        "age_at(t[, x])",
        Words(
            "t초에 아직 시작하지 못한 Task 가운데 가장 오래된 것이 기다린 시간. Queue에 있든 Worker 안에 있든 세고, 없으면 0",
            "how long the oldest task not yet started has waited at time t, in a queue or inside a worker; 0 if none waits",
        ),
    ),
    "queue_after": Definition(
        'queue_after("event", id)',
        Words(
            "Task의 그 이벤트 직후 Queue에서 대기 중인 id 목록",
            "the ids ready in the task's queue right after its first such event",
        ),
    ),
    "order": Definition(
        'order("event", id, "event", id)',
        Words("첫 번째 이벤트가 두 번째 이벤트보다 먼저인지", "whether the first event came before the second"),
    ),
    "L": Definition("L", Words("시스템 안에 있는 Task 수의 시간 평균", "tasks in the system, averaged over time")),
    "arrival_rate": Definition("arrival_rate", Words("1초에 도착하는 Task 수(lambda)", "tasks arriving per second")),
    "W": Definition(
        "W",
        Words(
            "Task가 시스템 안에 머무는 평균 시간. 끝나지 않은 Task는 실행 끝까지 셉니다",
            "mean time that a task stays in the system, in seconds; a task that has not ended counts up to the end of the run",
        ),
    ),
    "end": Definition("end", Words("실행이 끝난 시각", "when the run ends")),
}
"""Definitions by name. `x`: a task's id, a task type or a queue. Times are seconds, rounded to a millisecond."""
