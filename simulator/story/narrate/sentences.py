"""The words of the narration: a dialogue between Producer, Broker and Workers, in the manner of the guide."""

from __future__ import annotations

from simulator.story.catalog import Words

QUEUE_DECLARED = Words("Broker: Queue 선언 ({queue})", "Broker: Queue {queue} declared")

WORKER_ONLINE = Words("{worker}: 온라인, Queue 구독 시작 ({queues})", "{worker}: Online, consuming {queues}")
WORKER_POLLS = Words(
    "{worker}: Broker에 직접 묻고, 빈손이면 {interval} 뒤에 다시 묻습니다 (동시 실행 {concurrency}, prefetch {prefetch})",
    "{worker}: Polls the broker; after an empty answer it waits {interval} (concurrency {concurrency}, prefetch {prefetch})",
)
WORKER_IS_PUSHED = Words(
    "{worker}: 묻지 않습니다. Broker가 메시지를 push합니다 (동시 실행 {concurrency}, prefetch {prefetch})",
    "{worker}: Does not poll; the broker pushes messages (concurrency {concurrency}, prefetch {prefetch})",
)
WORKER_WAITS = Words(
    "{worker}: 기다리다가 새 메시지를 하나씩 받습니다. 가장 오래 기다린 Worker가 먼저입니다 (동시 실행 {concurrency}, prefetch {prefetch})",
    "{worker}: Blocks until it gets a message, one at a time; whoever has waited longest goes first (concurrency {concurrency}, prefetch {prefetch})",
)
WORKER_POLLS_LONG = Words(
    "{worker}: long poll로 하나씩 받습니다 (동시 실행 {concurrency}, prefetch {prefetch})",
    "{worker}: Gets messages by long polling, one at a time (concurrency {concurrency}, prefetch {prefetch})",
)
ACKS_LATE = Words("{worker}: 실행 후 ACK (task_acks_late)", "{worker}: ACKs after the run (task_acks_late)")
ACKS_EARLY = Words("{worker}: 실행 직전 ACK", "{worker}: ACKs just before the run")
WORKER_OFFLINE = Words("{worker}: warm 종료, 오프라인", "{worker}: Shut down, offline")
WORKER_OFFLINE_COLD = Words("{worker}: cold 종료, 오프라인", "{worker}: Cold shutdown, offline")
WORKER_LOST = Words(
    "{worker}: 강제 종료(SIGKILL). Broker에 알릴 틈도 없었습니다",
    "{worker}: Killed (SIGKILL). It had no chance to tell the broker",
)
HEARTBEAT = Words(
    "{worker}: heartbeat (실행 중 {active}, 지금까지 실행 {processed})",
    "{worker}: Heartbeat (active {active}, processed {processed})",
)
CHILD_STARTED = Words(
    "{worker}: 자식 프로세스 시작 (자리 {slot}, {memory} MB)",
    "{worker}: Child process started (slot {slot}, {memory} MB)",
)
CHILD_STARTED_FOR = Words(
    "{worker}: 자식 프로세스 시작 (자리 {slot}, {memory} MB, 이유: {why})",
    "{worker}: Child process started (slot {slot}, {memory} MB, reason: {why})",
)
CHILD_KILLED = Words(
    "{worker}: 자식 프로세스 강제 종료 (자리 {slot}, {memory} MB)",
    "{worker}: Child process killed (slot {slot}, {memory} MB)",
)
CHILD_EXITED = Words(
    "{worker}: 자식 프로세스 종료 (자리 {slot}, {memory} MB 반환, 이유: {why})",
    "{worker}: Child process exited (slot {slot}, {memory} MB released, reason: {why})",
)
POOL_RESIZED = Words(
    "{worker}: 자리 {size}개로 변경 (이유: {why})", "{worker}: The pool now has {size} slots (reason: {why})"
)
EFFECT = Words("{worker}: {task} 작업이 실제로 반영됨", "{worker}: {task} took effect")
EFFECT_AGAIN = Words(
    "{worker}: {task} 작업이 또 반영됨 ({times}번째)", "{worker}: {task} took effect again (number {times})"
)
TASK_REJECTED = Words(
    "{worker}: {task} 거절(rejected). 메시지를 되돌리지 않습니다",
    "{worker}: {task} rejected. Its message is not requeued",
)
TASK_REJECTED_BACK = Words(
    "{worker}: {task} 거절(rejected). 메시지를 Queue로 되돌립니다",
    "{worker}: {task} rejected. Its message goes back to the queue",
)
TASK_IGNORED = Words(
    "{worker}: {task} Ignore로 끝남. 이벤트도 결과도 남기지 않습니다",
    "{worker}: {task} ended with Ignore. No event and no result records it",
)
RESULT_LOST = Words(
    "{worker}: {task} 결과를 저장하지 못했습니다({state}). 이벤트도 남지 않습니다",
    "{worker} could not store the result of {task} ({state}): it is lost, and no event tells of it",
)
TASK_CANCELLED = Words(
    "{worker}: {task} 실행 중단(cancelled). Task가 끝난 것은 아닙니다",
    "{worker}: {task} cancelled while running. The task has not ended",
)
WARM_SHUTDOWN = Words(
    "{worker}: warm 종료 시작. 새 Task는 받지 않고 실행 중인 Task만 끝냅니다",
    "{worker}: Warm shutdown. It takes no new tasks and only finishes what is running",
)
COLD_SHUTDOWN = Words(
    "{worker}: cold 종료. 실행 중인 Task도 중단합니다",
    "{worker}: Cold shutdown. Running tasks are stopped, too",
)
SOFT_SHUTDOWN = Words(
    "{worker}: soft 종료 시작. 실행 중인 Task를 worker_soft_shutdown_timeout까지만 기다립니다",
    "{worker}: Soft shutdown. Running tasks have until worker_soft_shutdown_timeout",
)
CONSUMER_TIMEOUT = Words(
    "{worker}: ACK가 너무 늦어 RabbitMQ가 채널을 닫았습니다(consumer_timeout). 실행 중인 Task만 끝내고 종료합니다",
    "{worker}: RabbitMQ closed the channel because an ACK was overdue (consumer_timeout). The worker finishes what is running and exits",
)
OUTAGE = Words(
    "{worker}: 들고 있는 메시지가 있는데 Redis가 사라져 오류로 종료합니다. 실행 중인 Task만 끝냅니다",
    "{worker}: Redis is gone while it holds messages. The worker exits with an error once what is running has finished",
)
REVOKE_HEARD = Words(
    "{who}: 취소 명령(revoke) 받음: {value}. 아직 시작하지 않았으면 실행하지 않습니다",
    "{who}: Revoke received for {value}. What has not started will not run",
)
REVOKE_HEARD_BY_POOL = Words(
    "{who}: 취소 명령(revoke) 받음: {value}. 아직 pool에 넘기지 않았으면 실행하지 않습니다",
    "{who}: Revoke received for {value}. What it has not handed to its pool yet will not run",
)
COMMAND_UNHEARD = Words(
    "명령 {command} ({names}): 연결된 Worker가 없어 아무도 듣지 못했습니다",
    "{command} ({names}): no worker was connected, so nobody heard the command",
)
RATE_LIMITED = Words(
    "{who}: 속도 제한(rate_limit) 변경: {name}, {value}", "{who}: Rate limit for {name} is now {value}"
)
RATE_FREE = Words("{who}: 속도 제한(rate_limit) 해제: {name}", "{who}: Rate limit for {name} removed")
TIME_LIMITED = Words(
    "{who}: 시간 제한(time_limit) 변경: {name}, soft {soft}, hard {hard} (Broker에 다시 연결할 때부터)",
    "{who}: Time limits for {name} will be soft {soft}, hard {hard} once it has connected to the broker again",
)
POOL_GROW = Words("{who}: 자리 늘리기 명령 받음 (pool_grow {value})", "{who}: Told to grow its pool by {value}")
POOL_SHRINK = Words("{who}: 자리 줄이기 명령 받음 (pool_shrink {value})", "{who}: Told to shrink its pool by {value}")
AUTOSCALE_SET = Words(
    "{who}: autoscale 범위 변경: 최대 {most}, 최소 {least}", "{who}: Autoscale is now max {most}, min {least}"
)
REPLICAS = Words("컨트롤러({who}): 지금부터 Worker {value}개", "Controller for {who}: {value} wanted from now on")
QUEUES_SET = Words("{who}: 구독하는 Queue 변경: {queues}", "{who}: Now consuming {queues}")
QUEUES_NONE = Words("{who}: 이제 구독하는 Queue가 없습니다", "{who}: No longer consuming any queue")
LATENCY = Words("{who}: 응답 시간 {value}", "{who}: Now takes {value} to respond")
SERVICE_DOWN = Words("{service}: 중단. 호출하면 {exception} 예외가 납니다", "{service}: Down. Calls raise {exception}")
SERVICE_UP = Words("{service}: 복구", "{service}: Up again")
BREAKER_OPEN = Words(
    "{service}: 차단기가 열림. 호출하지 않고 바로 CircuitBreakerError 예외를 냅니다",
    "{service}: The breaker opens. Calls are not made and raise CircuitBreakerError at once",
)
BREAKER_CLOSED = Words(
    "{service}: 차단기가 닫힘. 다시 호출합니다", "{service}: The breaker closes. Calls are made again"
)
SETTING = Words("{who}: 설정 변경: {setting} = {value}", "{who}: Setting changed: {setting} = {value}")
BROKER_DOWN = Words(
    "Broker: 중단. 전송도, 전달도, ACK도 할 수 없습니다",
    "Broker: Down. Nothing can be sent, delivered or ACKed",
)
BROKER_UP = Words("Broker: 복구. 보관하던 메시지는 그대로입니다", "Broker: Up again, with all its messages")

TASK_SENT = Words("{who} → Broker: {task} 전송 ({name}{options})", "{who} → Broker: Sends {task} ({name}{options})")
OPTION_ETA = Words(", ETA {eta}", ", ETA {eta}")
OPTION_EXPIRES = Words(", 만료 {expires}", ", expires {expires}")
OPTION_PRIORITY = Words(", priority {priority}", ", priority {priority}")
RETRY_SENT = Words(
    "{who} → Broker: {task} 재시도 요청 ({retries}번째 재시도, {delay} 뒤)",
    "{who} → Broker: Requests a retry of {task} (retry {retries}, in {delay})",
)
RETRY_SENT_NOW = Words(
    "{who} → Broker: {task} 재시도 요청 ({retries}번째 재시도, 바로)",
    "{who} → Broker: Requests a retry of {task} (retry {retries}, right away)",
)
LINK_SENT = Words(
    "{who} → Broker: 다음 Task {task} 전송 ({name}{options}). {parent} 결과를 저장하기 전에 보냅니다",
    "{who} → Broker: Sends the next task {task} ({name}{options}) before the result of {parent} is stored",
)
BODY_SENT = Words(
    "{who} → Broker: header 완료, chord의 body {task} 전송 ({name}{options})",
    "{who} → Broker: The header is complete; sends the chord's body {task} ({name}{options})",
)
UNLOCK_SENT = Words(
    "{who} → Broker: {task} 전송. header가 끝났는지 거듭 확인하는 Task입니다 (ETA {eta})",
    "{who} → Broker: Sends {task}, which keeps checking whether the header is complete (ETA {eta})",
)
STORED_NEVER_SENT = Words(
    "{worker} → Result Backend: {task} 실패 기록 ({exception}). 보낸 적이 없는 Task입니다",
    "{worker} → Result Backend: Failure of {task} recorded ({exception}), although it was never sent",
)
BEAT_ENDED = Words(
    "{who}: 강제 종료. 이제 beat_schedule을 보내는 곳이 없습니다", "{who}: Gone. Nobody sends the beat_schedule now"
)
BEAT_STARTED = Words("{who}: 시작. 그동안 밀린 것은 한 번만 보냅니다", "{who}: Started. Missed ticks are sent once")
RAISED_RETRYABLE = Words(
    "{worker}: {task}에서 예외 발생. 재시도할 오류입니다", "{worker}: {task} raised an exception that is retried"
)
RETRY_IS_NEW = Words(
    "{worker}: 재시도는 Worker가 직접 보내는 새 메시지입니다 (id는 같고 retries={retries})",
    "{worker}: A retry is a new message, sent by the worker itself (same id, retries={retries})",
)
COPY_SENT = Words(
    "{who} → Broker: Dead Letter Queue에 {task} 사본 전송 ({queue})",
    "{who} → Broker: Sends a copy of {task} to the dead letter queue ({queue})",
)
PUBLISH_FAILED = Words("{who} → Broker: {task} 전송 실패 ({why})", "{who} → Broker: {task} could not be sent ({why})")
MESSAGE_QUEUED = Words("Broker: Queue에 {task} 저장", "Broker: {task} stored in the queue")
MESSAGE_QUEUED_IN = Words("Broker: Queue에 {task} 저장 ({queue})", "Broker: {task} stored in the queue ({queue})")
DEAD_LETTERED = Words(
    "Broker: Dead Letter Queue에 {task} 저장 ({queue})", "Broker: {task} stored in the dead letter queue ({queue})"
)
DEAD_LETTERED_FROM = Words(
    "Broker: {task} Dead Letter Queue로 이동 ({source} → {queue}, 이유: {why})",
    "Broker: {task} moved to the dead letter queue ({source} → {queue}, reason: {why})",
)
OVERFLOWED = Words(
    "Broker: Queue가 가득 차서 맨 앞의 메시지를 버림: {task} ({queue})",
    "Broker: The queue is full. Its oldest message is dropped: {task} ({queue})",
)
DROPPED = Words("Broker: {task} 메시지 버림 (이유: {why})", "Broker: Message of {task} dropped (reason: {why})")
EXPIRED_IN_QUEUE = Words(
    "Broker: {task} 만료. Queue에서 버렸고, 어떤 Worker도 모릅니다 ({queue})",
    "Broker: {task} expired in the queue and is dropped; no worker hears of it ({queue})",
)
RETURNED_TOO_OFTEN = Words(
    "Broker: {task} 너무 여러 번 되돌아와 버림 (delivery_limit)",
    "Broker: {task} came back too often and is dropped (delivery_limit)",
)
REJECTED = Words(
    "{worker} → Broker: {task} 거절(reject). Broker가 메시지를 버립니다",
    "{worker} → Broker: {task} rejected. The broker drops the message",
)
LOCK_LEFT = Words(
    "{worker}: 점검하다가 죽어 잠금(unacked_mutex)을 남겼습니다. 앞으로 {value} 동안 아무도 메시지를 되돌리지 못합니다",
    "{worker} died inside a sweep and left its lock (unacked_mutex). For {value}, nobody restores anything",
)
CONNECTION_LOST = Words(
    "Broker: {worker} 연결 끊김. ACK하지 않은 {task} 메시지를 Queue에 되돌림 ({place})",
    "Broker: Connection to {worker} lost. {task} was not ACKed and is back in the queue ({place})",
)
GIVEN_BACK = Words(
    "Broker: {worker} 종료. ACK하지 않은 {task} 메시지를 Queue에 되돌림 ({place})",
    "Broker: {worker} has shut down. {task} was not ACKed and is back in the queue ({place})",
)
LEASE_OVER = Words(
    "Broker: {task} visibility timeout 지남. Queue에 되돌림 ({place}). 가지고 있던 Worker에는 알리지 않습니다",
    "Broker: The visibility timeout of {task} is over. It is back in the queue ({place}); the worker holding it is not told",
)
OVERDUE = Words(
    "Broker: {worker} ACK 기한 지남 (consumer_timeout). {task} 메시지를 Queue에 되돌림 ({place})",
    "Broker: {worker} did not ACK in time (consumer_timeout). {task} is back in the queue ({place})",
)
REQUEUED = Words(
    "Broker: {task} 메시지를 Queue에 되돌림 ({place}, 이유: {why})",
    "Broker: {task} is back in the queue ({place}, reason: {why})",
)

ASKS = Words('{worker} → Broker: "새로운 작업이 있나요?"', '{worker} → Broker: "Is there a new task?"')
EMPTY_POLL = Words(
    '{worker} → Broker: "새로운 작업이 있나요?" Broker → {worker}: "아직 없습니다"',
    '{worker} → Broker: "Is there a new task?" Broker → {worker}: "Not yet"',
)
NOT_YET = Words('Broker → {worker}: "아직 없습니다"', 'Broker → {worker}: "Not yet"')
STAYS_IDLE = Words("{worker}: 계속 대기 (다음 질문: {when})", "{worker}: Stays idle (polls again at {when})")
STAYS_IDLE_PLAIN = Words("{worker}: 계속 대기", "{worker}: Stays idle")

DELIVERED = Words(
    'Broker → {worker}: "예, 새로운 Task가 있습니다" {task} {call}',
    'Broker → {worker}: "Yes, here is a new task" {task} {call}',
)
PUSHED = Words(
    'Broker → {worker}: "새로운 Task가 도착했습니다" {task} {call} (push: 아무도 묻지 않음)',
    'Broker → {worker}: "A new task for you" {task} {call} (push: nobody asked)',
)
HANDED = Words(
    'Broker → {worker}: "새로운 Task가 도착했습니다" {task} {call} (기다리던 Worker에게)',
    'Broker → {worker}: "A new task for you" {task} {call} (it was waiting)',
)
DELIVERED_BY_CHANCE = Words(
    "{said} (Queue: {queue}, 우연히)",
    "{said} (from {queue}, by chance)",
)
DELIVERED_AGAIN = Words("{said} (다시 전달)", "{said} (redelivered)")

RECEIVED = Words("{worker}: {task} 수신, 함수 찾기: {name}", "{worker}: {task} received, function looked up: {name}")
RECEIVED_PARSE = Words("{worker}: {task} 수신, 메시지 파싱", "{worker}: {task} received, message parsed")
LOOKED_UP = Words(
    "{worker}: Task 이름으로 함수 찾기: {name} (등록됨)",
    "{worker}: Function looked up by the task's name: {name} (registered)",
)
NOT_REGISTERED = Words(
    "{worker}: Task 이름으로 함수 찾기: {name} (등록된 함수 없음)",
    "{worker}: Function looked up by the task's name: {name} (not registered)",
)
RESERVED = Words(
    "{worker}: {task} 미리 받음(reserved). 자리가 날 때까지 메모리에서 기다립니다",
    "{worker}: {task} reserved. It waits in memory until a slot is free",
)
SCHEDULED = Words(
    "{worker}: {task} ETA 대기(scheduled). {eta}까지 Worker 메모리에서 기다립니다",
    "{worker}: {task} scheduled. It waits in the worker's memory until its ETA, {eta}",
)
PREPARED = Words(
    "{worker}: 인자 준비: args={args}, kwargs={kwargs}",
    "{worker}: Arguments prepared: args={args}, kwargs={kwargs}",
)
CALLED = Words("{worker}: 함수 호출: {call}", "{worker}: Function called: {call}")
STARTED = Words("{worker}: {task} 실행 중: {call}", "{worker}: {task} is running: {call}")
STARTED_AGAIN = Words(
    "{worker}: {task} 실행 중: {call} ({retries}번째 재시도)", "{worker}: {task} is running: {call} (retry {retries})"
)
IS_RUNNING = Words("{worker}: {task} 실행 중", "{worker}: {task} is running")

RETURNED = Words("{worker}: {task} 완료 -> {result}", "{worker}: {task} done -> {result}")
RAISED = Words("{worker}: {task}에서 예외 발생 -> {exception}", "{worker}: {task} raised -> {exception}")
STORED = Words(
    "{worker} → Result Backend: {task} 결과 저장 ({result})",
    "{worker} → Result Backend: Result of {task} stored ({result})",
)
STORED_FAILURE = Words(
    "{worker} → Result Backend: {task} 실패 기록 ({exception})",
    "{worker} → Result Backend: Failure of {task} recorded ({exception})",
)
STORED_STATE = Words(
    "{worker} → Result Backend: {task} 상태 기록 ({state}: {exception})",
    "{worker} → Result Backend: State of {task} recorded ({state}: {exception})",
)
STORED_STARTED = Words(
    "{worker} → Result Backend: {task} 상태 기록 (STARTED)",
    "{worker} → Result Backend: State of {task} recorded (STARTED)",
)
STORED_PLAIN = Words(
    "{worker} → Result Backend: 결과 저장 ({state})", "{worker} → Result Backend: Result stored ({state})"
)
ACKED_LATE = Words(
    "{worker} → Broker: {task} ACK (완료). Broker가 메시지를 지웁니다",
    "{worker} → Broker: ACK for {task} (done). The broker forgets the message",
)
ACKED_EARLY = Words(
    "{worker} → Broker: {task} ACK (실행 직전). Broker가 메시지를 지웁니다",
    "{worker} → Broker: ACK for {task} (before the run). The broker forgets the message",
)
ACKED_EXPIRED = Words(
    "{worker} → Broker: {task} ACK (만료되어 실행하지 않음). Broker가 메시지를 지웁니다",
    "{worker} → Broker: ACK for {task} (expired, will not run). The broker forgets the message",
)
ACKED_ENDED = Words(
    "{worker} → Broker: {task} ACK (실행 중단). Broker가 메시지를 지웁니다",
    "{worker} → Broker: ACK for {task} (its run was stopped). The broker forgets the message",
)
ACKED_REVOKED = Words(
    "{worker} → Broker: {task} ACK (취소되어 실행하지 않음). Broker가 메시지를 지웁니다",
    "{worker} → Broker: ACK for {task} (revoked, will not run). The broker forgets the message",
)
SUCCEEDED = Words("{worker}: {task} 성공 (실행 시간 {runtime})", "{worker}: {task} succeeded (took {runtime})")
FAILED = Words("{worker}: {task} 실패: {exception}", "{worker}: {task} failed: {exception}")
FAILED_FOR_GOOD = Words(
    "{worker}: {task} 최종 실패: {exception} (재시도 {retries}번 뒤)",
    "{worker}: {task} failed for good: {exception} (after {retries} retries)",
)
RETRIED_BARE = Words(
    "{worker}: {task} 스스로 재시도를 요청 (self.retry())",
    "{worker}: {task} requested a retry (self.retry())",
)
RETRIED = Words(
    "{worker}: {task} 실패: {exception}. 재시도합니다", "{worker}: {task} failed: {exception}. Will be retried"
)
EXPIRED = Words(
    "{worker}: {task} 만료로 취소(revoked). 만료 시각은 {expires}였습니다",
    "{worker}: {task} revoked. It expired at {expires}",
)
REVOKED = Words("{worker}: {task} 취소(revoked)", "{worker}: {task} revoked")
TERMINATED = Words("{worker}: {task} 실행 중 취소(revoked)", "{worker}: {task} revoked while running")
TASK_LOST = Words(
    "{task}: 유실. 이미 ACK했고, {worker} 종료와 함께 사라졌습니다",
    "{task}: Lost. It had been ACKed and died with {worker}; no copy is left anywhere",
)
TASK_LOST_GONE = Words(
    "{task}: 유실. 마지막 사본이 {worker} 안에 있다가 함께 사라졌습니다",
    "{task}: Lost. The last copy was inside {worker} and died with it",
)
IDLE = Words("{worker}: 대기 중", "{worker}: Idle")
IDLE_ETA = Words("{worker}: 대기 중 (ETA: {tasks})", "{worker}: Idle (ETA: {tasks})")
IDLE_AGAIN = Words("{worker}: 다음 Task 대기", "{worker}: Waiting for the next task")
NEXT_RESERVED = Words("{worker}: 다음은 미리 받아 둔 {task}", "{worker}: Next is {task}, already reserved")
SLOT_FREE = Words("{worker}: 자리 {slot} 비어 있음", "{worker}: Slot {slot} is free")
