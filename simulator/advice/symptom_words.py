"""Words of the symptoms: each one's title, and how it comes about."""

from __future__ import annotations

from simulator.story.catalog import Words

SAID: dict[str, tuple[Words, Words]] = {
    "runs-twice": (
        Words("Task가 두 번 실행됩니다", "A task runs twice"),
        Words(
            "ACK가 오지 않은 메시지는 다시 나갑니다. Redis와 SQS에서는 visibility timeout이 지나면, RabbitMQ에서는 연결이나 채널이 "
            "끊기면 그렇습니다. 먼저 받은 Worker가 아직 실행 중이어도 상관하지 않습니다.",
            "A message that has not been acknowledged is handed out again: on Redis and SQS once the visibility timeout "
            "has passed, on RabbitMQ once the connection or channel is gone. Whether the first worker still runs it does "
            "not matter.",
        ),
    ),
    "task-lost": (
        Words("Task가 오류도 없이 사라집니다", "A task is gone without an error"),
        Words(
            "기본 설정에서는 실행 직전에 ACK합니다. 그 뒤에 Worker가 죽으면 Broker는 이미 끝난 일로 알고 있고, 실패를 기록할 쪽은 "
            "남아 있지 않습니다. Queue의 한도나 TTL이 버린 메시지도 흔적이 없습니다.",
            "By default the ACK goes out just before the run. If the worker dies after that, the broker believes the task "
            "done, and nobody is left to record a failure. Queues with a length limit or a TTL delete messages silently too.",
        ),
    ),
    "never-starts": (
        Words("Task가 시작되지 않습니다", "A task never starts"),
        Words(
            "세 곳을 차례로 봅니다. 아무도 보지 않는 Queue에 있거나, 바쁜 Worker가 미리 받아 쥐고 있거나, ETA를 기다립니다.",
            "There are three places to look: a queue that nobody consumes, the prefetched messages of a busy worker, and "
            "the tasks that wait for their ETA.",
        ),
    ),
    "pending": (
        Words("결과가 계속 PENDING입니다", "The result stays PENDING"),
        Words(
            "PENDING은 기다린다는 뜻이 아니라 기록이 없다는 뜻입니다. 결과를 저장하지 않는 Task, 사라진 Task, 만료된 결과, 잘못 적은 id가 "
            "모두 PENDING으로 보입니다.",
            "PENDING does not mean waiting. It means that there is no record: a task that stores no result, one that was "
            "lost, a result that has expired and a mistyped id all look the same.",
        ),
    ),
    "unregistered": (
        Words("Worker가 모르는 Task라며 버립니다", "A worker discards a task it does not know"),
        Words(
            "Worker가 그 이름의 Task를 import하지 않았습니다. 메시지는 되돌아가지 않고 버려집니다. 배포 중에 새 Task를 이전 버전의 "
            "Worker가 받았을 때도 이렇게 됩니다.",
            "The worker has not imported a task of that name. The message is rejected and does not come back. In a deploy "
            "this happens when an old worker gets a task that only the new code has.",
        ),
    ),
    "child-not-up": (
        Words("새 자식 프로세스가 제때 뜨지 않습니다", "A new child process is not up in time"),
        Words(
            "자식은 worker_proc_alive_timeout(기본 4초) 안에 준비되었다고 알려야 합니다. import가 오래 걸리거나 CPU가 모자라면 부모가 "
            "죽이고 다시 띄우는데, 같은 일이 되풀이됩니다.",
            "A child must report within worker_proc_alive_timeout, 4 s by default. If imports take longer, or the CPU is "
            "short, its parent kills it and starts another one, which fares no better.",
        ),
    ),
    "worker-lost": (
        Words("자식 프로세스가 죽어 WorkerLostError로 끝납니다", "A task ends in a WorkerLostError: its child died"),
        Words(
            "대개 커널의 OOM killer가 자식을 죽였습니다. 부모는 살아 있으므로 실행 후 ACK이더라도 메시지를 ACK합니다. "
            "되돌리려면 task_reject_on_worker_lost가 필요합니다.",
            "Most often the kernel's OOM killer took the child. The parent lives on and acknowledges the message, even with a "
            "late ACK. To have it requeued, task_reject_on_worker_lost is needed.",
        ),
    ),
    "precondition-failed": (
        Words("RabbitMQ가 ACK가 늦었다며 채널을 닫습니다", "RabbitMQ closes the channel because an ACK is overdue"),
        Words(
            "한 메시지가 consumer_timeout(기본 30분) 넘게 ACK되지 않았습니다. 오래 걸리는 Task, 먼 ETA, 긴 Task 뒤에 미리 받아 둔 "
            "메시지가 모두 해당합니다. Worker는 종료되고 메시지는 다음 Worker에게 갑니다.",
            "Some message has been unacknowledged for longer than consumer_timeout, 30 minutes by default: a long task, a "
            "distant ETA, or a message prefetched behind a long task. The worker exits, and the message goes to the next.",
        ),
    ),
    "idle-worker": (
        Words("한 Worker는 놀고 있는데 Task가 기다립니다", "A worker is idle while tasks wait"),
        Words(
            "기다리는 Task는 Queue가 아니라 다른 Worker의 메모리에 있습니다. 미리 받은 메시지는 그 Worker만 실행할 수 있습니다.",
            "They do not wait in the queue but in the memory of another worker. What it has prefetched, only it can run.",
        ),
    ),
    "empty-queue-yet-waiting": (
        Words("Queue 길이는 0인데 Task가 밀려 있습니다", "The queue's length is 0, and yet tasks wait"),
        Words(
            "Queue 길이에는 Worker가 이미 받은 메시지가 들어가지 않습니다. Queue 길이로 Worker 수를 조절하면 늘려야 할 때 늘지 않습니다.",
            "A queue's length does not count what workers have already taken. An autoscaler that looks at it sees 0 while "
            "everything waits.",
        ),
    ),
    "stuck-in-unacked": (
        Words("Worker가 죽은 뒤 Task가 unacked에 남아 있습니다", "After a crash, a task is stuck in unacked"),
        Words(
            "Redis는 연결이 끊겨도 메시지를 되돌리지 않습니다. visibility timeout(기본 1시간)이 지난 뒤, 살아 있는 Worker가 "
            "찾아볼 때 돌아옵니다.",
            "Redis returns nothing when a connection ends. The message comes back when the visibility timeout (an hour by "
            "default) has passed and a living worker looks for expired deliveries.",
        ),
    ),
    "priority-ignored": (
        Words("우선순위가 무시됩니다", "Priorities are ignored"),
        Words(
            "RabbitMQ의 Queue는 x-max-priority를 선언해야 정렬하고, 큰 수가 먼저입니다. Redis는 0이 가장 높습니다. 어느 쪽이든 이미 "
            "미리 받은 메시지는 앞지르지 못합니다.",
            "A RabbitMQ queue sorts only if it declares x-max-priority, highest number first. On Redis, 0 is the highest. On "
            "either, nothing overtakes what has been prefetched.",
        ),
    ),
    "retries-too-late": (
        Words("재시도가 생각과 다른 때에 일어납니다", "Retries come at unexpected times"),
        Words(
            "default_retry_delay는 180초이고, max_retries 3은 실행 4번입니다. retry_backoff는 autoretry_for를 쓸 때만 동작하고, "
            "지터가 켜져 있으면 간격은 0부터 그 값까지 아무 값이나 됩니다.",
            "default_retry_delay is 180 s, and max_retries of 3 makes four runs. retry_backoff works only with "
            "autoretry_for, and with jitter the delay is anything from 0 up to it.",
        ),
    ),
    "retry-storm": (
        Words("재시도가 한꺼번에 몰립니다", "Retries come all at once"),
        Words(
            "함께 실패한 Task가 같은 간격으로 재시도하면 같은 순간에 다시 몰립니다. 상대 시스템이 회복할 틈이 없습니다.",
            "Tasks that failed together and wait equally long come back together. The service they call has no chance to "
            "recover.",
        ),
    ),
    "time-limit": (
        Words("시간 제한이 듣지 않거나 멀쩡한 Task를 죽입니다", "A time limit does nothing, or kills what works"),
        Words(
            "hard limit은 prefork와 greenlet pool에서, soft limit은 prefork에서만 동작합니다. hard limit은 자식 프로세스를 죽이므로 "
            "정리할 기회가 없습니다.",
            "Hard limits work in prefork and greenlet pools, soft ones in prefork alone. A hard limit kills the child "
            "process, so nothing gets cleaned up.",
        ),
    ),
    "revoke-does-not-stop": (
        Words("revoke했는데 멈추지 않습니다", "A revoked task does not stop"),
        Words(
            "revoke는 지금 살아 있는 Worker의 메모리에 id를 적어 둘 뿐입니다. 메시지는 Queue에 남고, Worker가 시작하려 할 때 "
            "버려집니다. 실행 중인 Task는 terminate를 주어야 멈춥니다.",
            "revoke only adds the id to the memory of workers alive now. The message stays in the queue and is dropped when "
            "a worker is about to start it. A running task stops only with terminate.",
        ),
    ),
    "beat-floods": (
        Words("주기 작업이 겹치거나 두 번 실행됩니다", "Periodic tasks overlap or run twice"),
        Words(
            "beat는 보내기만 합니다. 앞의 실행이 끝났는지 보지 않고, beat 프로세스가 둘이면 두 번 보냅니다.",
            "Beat only sends. It never looks whether the last run has ended, and two beat processes send everything twice.",
        ),
    ),
    "rate-limit-odd": (
        Words("rate_limit이 기대와 다릅니다", "A rate limit is not what it seems"),
        Words(
            "한도는 Worker마다 따로 셉니다. 토큰을 기다리는 Task는 Worker의 메모리에서 prefetch 한도를 차지하므로, 한도가 없는 Task까지 "
            "늦어집니다.",
            "Each worker counts for itself. Tasks that wait for a token sit in the worker's memory and fill its prefetch "
            "window, so that others wait too.",
        ),
    ),
    "chord-hangs": (
        Words("chord의 body가 오지 않습니다", "A chord's body is never sent"),
        Words(
            "body는 header가 모두 끝나야 나갑니다. 하나라도 실패하면 ChordError로 끝나고, 하나라도 사라지면 영원히 기다립니다.",
            "The body is sent when the whole header has ended. If one task fails, it ends in a ChordError; if one is lost, "
            "it waits for ever.",
        ),
    ),
    "deadlock": (
        Words("Worker가 모두 서로를 기다립니다", "All workers wait for each other"),
        Words(
            "Task 안에서 get()을 부르면 그 자리는 기다리는 동안 비지 않습니다. 모든 자리가 그런 Task로 차면 기다리는 대상을 실행할 "
            "자리가 없습니다.",
            "A task that calls get() keeps its slot while it waits. Once all slots hold such tasks, no slot is left for "
            "those they wait for.",
        ),
    ),
    "memory-grows": (
        Words("Worker의 메모리가 늘어납니다", "A worker's memory grows"),
        Words(
            "자식 프로세스의 누수이거나, 부모가 쥔 메시지입니다. ETA를 기다리는 Task는 수에 상관없이 모두 Worker의 메모리에 있습니다. "
            "max_tasks_per_child와 max_memory_per_child는 Task가 끝난 뒤에만 확인합니다.",
            "Either the children leak, or the parent holds messages: tasks that wait for an ETA all sit in a worker's "
            "memory, however many. max_tasks_per_child and max_memory_per_child are checked only after a task.",
        ),
    ),
    "deploy-loses": (
        Words("배포할 때 Task를 잃거나 두 번 실행합니다", "A deploy loses tasks or runs them twice"),
        Words(
            "SIGTERM을 받은 Worker는 실행 중인 Task가 끝나기를 기다립니다. 유예 시간이 그보다 짧으면 SIGKILL이 오고, 그다음은 ACK를 "
            "언제 했는지에 달렸습니다.",
            "On SIGTERM a worker waits for what it runs. If the grace period is shorter, SIGKILL follows, and what happens "
            "then depends on when the tasks were acknowledged.",
        ),
    ),
    "seen-offline": (
        Words("일하고 있는 Worker가 offline으로 보입니다", "A worker that works is shown as offline"),
        Words(
            "solo와 greenlet pool에서는 계산하는 동안 이벤트 루프가 멈춥니다. heartbeat도, inspect의 답도 그동안 나가지 않습니다.",
            "In solo and greenlet pools, a body that computes stops the event loop. Neither heartbeats nor answers to inspect "
            "go out meanwhile.",
        ),
    ),
    "queue-grows": (
        Words("Queue가 계속 길어집니다", "A queue keeps growing"),
        Words(
            "들어오는 양에 실행 시간을 곱한 값이 자리 수보다 크면 끝없이 쌓입니다. 비슷하기만 해도 조금의 몰림에 대기 시간이 크게 늘어납니다.",
            "If arrivals times duration exceed the number of slots, it grows without end. Even when they come close, a small "
            "burst makes waiting times explode.",
        ),
    ),
}
"""Title and mechanism by symptom."""
