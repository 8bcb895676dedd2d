"""The words of the narration: a dialogue between Producer, Broker and Workers, in the manner of the guide."""

from __future__ import annotations

from simulator.story.catalog import Words

QUEUE_DECLARED = Words("Broker: Queue 선언 ({queue})", "Broker: Queue declared ({queue})")

WORKER_ONLINE = Words("{worker}: 온라인, Queue 구독 시작 ({queues})", "{worker}: Online, consumes from {queues}")
WORKER_ASKS = Words(
    "{worker}: Broker에 직접 묻습니다. 빈 답을 받으면 다음 질문까지 {interval} (동시 실행 {concurrency}, prefetch {prefetch})",
    "{worker}: Asks the Broker itself; after a No it waits {interval} (concurrency {concurrency}, prefetch {prefetch})",
)
WORKER_IS_PUSHED = Words(
    "{worker}: 묻지 않습니다. Broker가 메시지를 push합니다 (동시 실행 {concurrency}, prefetch {prefetch})",
    "{worker}: Asks nobody; the Broker pushes messages (concurrency {concurrency}, prefetch {prefetch})",
)
WORKER_WAITS = Words(
    "{worker}: Broker 앞에서 기다리다가 하나씩 받습니다. 가장 오래 기다린 Worker가 먼저입니다 (동시 실행 {concurrency}, prefetch {prefetch})",
    "{worker}: Waits at the Broker and is given one at a time; who has waited longest is first (concurrency {concurrency}, prefetch {prefetch})",
)
WORKER_POLLS_LONG = Words(
    "{worker}: 오래 열어 두는 질문(long poll)으로 하나씩 받습니다 (동시 실행 {concurrency}, prefetch {prefetch})",
    "{worker}: Asks with long polls and is given one at a time (concurrency {concurrency}, prefetch {prefetch})",
)
ACKS_LATE = Words("{worker}: ACK 시점은 실행 후 (task_acks_late)", "{worker}: ACKs after running (task_acks_late)")
ACKS_EARLY = Words("{worker}: ACK 시점은 실행 직전", "{worker}: ACKs just before running")
WORKER_OFFLINE = Words("{worker}: 정상 종료, 오프라인", "{worker}: Shut down, offline")
WORKER_OFFLINE_COLD = Words("{worker}: 즉시 종료, 오프라인", "{worker}: Shut down at once, offline")
WORKER_LOST = Words(
    "{worker}: 강제 종료(SIGKILL). Broker에 아무 말도 남기지 못했습니다",
    "{worker}: Killed (SIGKILL). It could not say a word to the Broker",
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
    "{worker}: Child process started (slot {slot}, {memory} MB, why: {why})",
)
CHILD_KILLED = Words(
    "{worker}: 자식 프로세스 비정상 종료 (자리 {slot}, {memory} MB)",
    "{worker}: Child process killed (slot {slot}, {memory} MB)",
)
CHILD_EXITED = Words(
    "{worker}: 자식 프로세스 종료 (자리 {slot}, {memory} MB 반환, 이유: {why})",
    "{worker}: Child process exited (slot {slot}, gives back {memory} MB, why: {why})",
)
POOL_RESIZED = Words(
    "{worker}: 실행 자리 {size}개로 변경 (이유: {why})", "{worker}: The pool has {size} slots now (why: {why})"
)
EFFECT = Words("{worker}: {task} 실제 효과 발생", "{worker}: {task} took effect")
EFFECT_AGAIN = Words(
    "{worker}: {task} 실제 효과 또 발생 ({times}번째)", "{worker}: {task} took effect again (time {times})"
)
TASK_REJECTED = Words(
    "{worker}: {task} 거부됨(rejected). 메시지를 다시 넣지 않습니다",
    "{worker}: {task} rejected. Its message is not put back",
)
TASK_REJECTED_BACK = Words(
    "{worker}: {task} 거부됨(rejected). 메시지는 다시 Queue로 갑니다",
    "{worker}: {task} rejected. Its message goes back to the Queue",
)
TASK_IGNORED = Words(
    "{worker}: {task} 실행 끝(Ignore). 이벤트도 결과도 남기지 않습니다",
    "{worker}: {task} ended, ignored: no event, no result tells of it",
)
RESULT_LOST = Words(
    "{worker}: {task} 결과를 저장하지 못했습니다({state}). 이벤트도 남지 않습니다",
    "{worker} could not store the result of {task} ({state}): it is lost, and no event tells of it",
)
TASK_CANCELLED = Words(
    "{worker}: {task} 실행 중단됨(cancelled). 끝난 것이 아닙니다",
    "{worker}: {task} cancelled while it was running. That is no end of it",
)
WARM_SHUTDOWN = Words(
    "{worker}: 정상 종료 시작(warm shutdown). 새 Task는 받지 않고 실행 중인 Task만 끝냅니다",
    "{worker}: Warm shutdown begins. It takes no new task and only finishes what is running",
)
COLD_SHUTDOWN = Words(
    "{worker}: 즉시 종료(cold shutdown). 실행 중인 Task도 중단합니다",
    "{worker}: Cold shutdown. What is running is given up too",
)
SOFT_SHUTDOWN = Words(
    "{worker}: 유예 종료 시작(soft shutdown). 실행 중인 Task를 worker_soft_shutdown_timeout까지만 기다립니다",
    "{worker}: Soft shutdown begins. What is running has until worker_soft_shutdown_timeout",
)
CONSUMER_TIMEOUT = Words(
    "{worker}: ACK가 너무 늦어 RabbitMQ가 채널을 닫았습니다(consumer_timeout). 실행 중인 Task만 끝내고 종료합니다",
    "{worker}: RabbitMQ closed its channel, an ACK was overdue (consumer_timeout). It ends what is running and exits",
)
REVOKE_HEARD = Words(
    "{who}: 취소 명령 받음(revoke): {value}. 아직 시작하지 않았으면 실행하지 않습니다",
    "{who}: Told to revoke {value}: what has not begun will not run",
)
RATE_LIMITED = Words("{who}: 속도 제한 변경(rate_limit): {name}, {value}", "{who}: New rate limit for {name}: {value}")
RATE_FREE = Words("{who}: 속도 제한 해제(rate_limit): {name}", "{who}: No rate limit for {name} any more")
TIME_LIMITED = Words(
    "{who}: 시간 제한 변경(time_limit): {name}, soft {soft}, hard {hard}",
    "{who}: New time limits for {name}: soft {soft}, hard {hard}",
)
POOL_GROW = Words("{who}: 실행 자리 늘리기 명령 받음(pool_grow {value})", "{who}: Told to grow its pool by {value}")
POOL_SHRINK = Words(
    "{who}: 실행 자리 줄이기 명령 받음(pool_shrink {value})", "{who}: Told to shrink its pool by {value}"
)
AUTOSCALE_SET = Words(
    "{who}: autoscale 범위 변경: 최대 {most}, 최소 {least}", "{who}: New bounds for autoscale: max {most}, min {least}"
)
QUEUES_SET = Words("{who}: 구독하는 Queue 변경: {queues}", "{who}: Consumes from {queues} from now on")
QUEUES_NONE = Words("{who}: 이제 어떤 Queue도 구독하지 않습니다", "{who}: Consumes from no Queue any more")
LATENCY = Words("{who}: 응답 시간 {value}", "{who}: Answers after {value} now")
SERVICE_DOWN = Words("{service}: 중단. 호출하면 {exception} 예외", "{service}: Down. Calls raise {exception}")
SERVICE_UP = Words("{service}: 복구", "{service}: Up again")
SETTING = Words("{who}: 설정 변경, {setting} = {value}", "{who}: Setting changed, {setting} = {value}")
BROKER_DOWN = Words(
    "Broker: 중단. 전송도 전달도 ACK도 되지 않습니다",
    "Broker: Down. Nothing can be published, delivered or acknowledged",
)
BROKER_UP = Words("Broker: 복구. 보관하던 메시지는 그대로입니다", "Broker: Up again, with all the messages it had")

TASK_SENT = Words("{who} → Broker: {task} 전송 ({name}{options})", "{who} → Broker: Sends {task} ({name}{options})")
OPTION_ETA = Words(", ETA {eta}", ", ETA {eta}")
OPTION_EXPIRES = Words(", 만료 {expires}", ", expires {expires}")
OPTION_PRIORITY = Words(", priority {priority}", ", priority {priority}")
RETRY_SENT = Words(
    "{who} → Broker: {task} 재시도 요청 ({retries}번째 재시도, {delay} 후)",
    "{who} → Broker: Asks to retry {task} (retry {retries}, in {delay})",
)
RETRY_SENT_NOW = Words(
    "{who} → Broker: {task} 재시도 요청 ({retries}번째 재시도, 바로)",
    "{who} → Broker: Asks to retry {task} (retry {retries}, at once)",
)
LINK_SENT = Words(
    "{who} → Broker: 다음 Task {task} 전송 ({name}{options}). 결과 저장보다 먼저 보냅니다 (이전: {parent})",
    "{who} → Broker: Sends the next task {task} ({name}{options}), before the result of {parent} is stored",
)
BODY_SENT = Words(
    "{who} → Broker: header 완료, chord의 body 전송: {task} ({name}{options})",
    "{who} → Broker: The header is complete; sends the chord's body {task} ({name}{options})",
)
UNLOCK_SENT = Words(
    "{who} → Broker: {task} 전송. header가 끝났는지 거듭 확인하는 Task입니다 (ETA {eta})",
    "{who} → Broker: Sends {task}, which looks again and again whether the header is complete (ETA {eta})",
)
STORED_NEVER_SENT = Words(
    "{worker} → Result Backend: {task} 실패 기록 ({exception}). 한 번도 전송되지 않은 Task입니다",
    "{worker} → Result Backend: Failure of {task} recorded ({exception}), though it was never sent",
)
BEAT_ENDED = Words(
    "{who}: 종료. 이제 아무도 beat_schedule을 보내지 않습니다", "{who}: Gone. Nobody sends the beat_schedule now"
)
BEAT_STARTED = Words("{who}: 시작. 그동안 놓친 것은 한 번만 보냅니다", "{who}: Started. What it missed is sent once")
RAISED_RETRYABLE = Words(
    "{worker}: {task} 예외 발생. 재시도할 오류입니다", "{worker}: {task} raised an exception that is to be retried"
)
RETRY_IS_NEW = Words(
    "{worker}: 재시도는 Worker가 직접 보내는 새 메시지입니다 (같은 id, retries={retries})",
    "{worker}: A retry is a new message that the Worker itself sends (same id, retries={retries})",
)
COPY_SENT = Words(
    "{who} → Broker: Dead Letter Queue에 {task} 사본 전송 ({queue})",
    "{who} → Broker: Sends a copy of {task} to the dead-letter queue ({queue})",
)
PUBLISH_FAILED = Words("{who} → Broker: {task} 전송 실패 ({why})", "{who} → Broker: {task} could not be sent ({why})")
MESSAGE_QUEUED = Words("Broker: Queue에 {task} 저장", "Broker: {task} stored in the Queue")
MESSAGE_QUEUED_IN = Words("Broker: Queue에 {task} 저장 ({queue})", "Broker: {task} stored in the Queue ({queue})")
DEAD_LETTERED = Words(
    "Broker: Dead Letter Queue에 {task} 저장 ({queue})", "Broker: {task} stored in the dead-letter queue ({queue})"
)
DEAD_LETTERED_FROM = Words(
    "Broker: {task} Dead Letter Queue로 이동 ({source} → {queue}, 이유: {why})",
    "Broker: {task} moved to the dead-letter queue ({source} → {queue}, why: {why})",
)
OVERFLOWED = Words(
    "Broker: Queue가 가득 차서 맨 앞 메시지 폐기: {task} ({queue})",
    "Broker: The Queue is full. Its head is discarded: {task} ({queue})",
)
DROPPED = Words("Broker: {task} 메시지 폐기 (이유: {why})", "Broker: Message of {task} discarded (why: {why})")
EXPIRED_IN_QUEUE = Words(
    "Broker: {task} 만료. Queue에서 버렸고 어떤 Worker도 알지 못합니다 ({queue})",
    "Broker: {task} expired in the Queue and is discarded; no Worker hears of it ({queue})",
)
RETURNED_TOO_OFTEN = Words(
    "Broker: {task} 너무 여러 번 되돌아와 폐기(delivery_limit)",
    "Broker: {task} came back too often and is discarded (delivery_limit)",
)
REJECTED = Words(
    "{worker} → Broker: {task} 거부(reject). Broker가 메시지를 버립니다",
    "{worker} → Broker: {task} rejected. The Broker discards the message",
)
CONNECTION_LOST = Words(
    "Broker: {worker} 연결 끊김. ACK 없는 {task} 다시 Queue에 저장 ({place}번째)",
    "Broker: Connection to {worker} lost. {task} had no ACK and is back in the Queue (place {place})",
)
GIVEN_BACK = Words(
    "Broker: {worker} 종료. ACK 없는 {task} 다시 Queue에 저장 ({place}번째)",
    "Broker: {worker} has shut down. {task} had no ACK and is back in the Queue (place {place})",
)
LEASE_OVER = Words(
    "Broker: {task} visibility timeout 지남. 다시 Queue에 저장 ({place}번째). 가지고 있던 Worker에게는 알리지 않습니다",
    "Broker: The visibility timeout of {task} is over. It is back in the Queue (place {place}); whoever has it is not told",
)
OVERDUE = Words(
    "Broker: {worker} ACK 기한 지남(consumer_timeout). {task} 다시 Queue에 저장 ({place}번째)",
    "Broker: {worker} did not ACK in time (consumer_timeout). {task} is back in the Queue (place {place})",
)
REQUEUED = Words(
    "Broker: {task} 다시 Queue에 저장 ({place}번째, 이유: {why})",
    "Broker: {task} is back in the Queue (place {place}, why: {why})",
)

ASKS = Words('{worker} → Broker: "새로운 작업이 있나요?"', '{worker} → Broker: "Is there a new task?"')
ASKS_IN_VAIN = Words(
    '{worker} → Broker: "새로운 작업이 있나요?" Broker → {worker}: "아직 없습니다"',
    '{worker} → Broker: "Is there a new task?" Broker → {worker}: "Not yet"',
)
NOT_YET = Words('Broker → {worker}: "아직 없습니다"', 'Broker → {worker}: "Not yet"')
STAYS_IDLE = Words("{worker}: 대기 상태 유지 (다음 질문: {when})", "{worker}: Stays idle (asks again at {when})")
STAYS_IDLE_PLAIN = Words("{worker}: 대기 상태 유지", "{worker}: Stays idle")

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
DELIVERED_AGAIN = Words("{said} (재전달)", "{said} (redelivered)")

RECEIVED = Words("{worker}: {task} 수신, 함수 찾기: {name}", "{worker}: {task} received, function looked up: {name}")
RECEIVED_PARSE = Words("{worker}: {task} 수신, 메시지 파싱", "{worker}: {task} received, message parsed")
LOOKED_UP = Words(
    "{worker}: Task 이름으로 함수 찾기: {name} (등록됨)",
    "{worker}: Function looked up by the task's name: {name} (registered)",
)
NOT_REGISTERED = Words(
    "{worker}: Task 이름으로 함수 찾기: {name} (등록된 함수 없음)",
    "{worker}: Function looked up by the task's name: {name} (no such function)",
)
RESERVED = Words(
    "{worker}: {task} 예약(reserved). 실행할 자리가 날 때까지 메모리에서 대기",
    "{worker}: {task} reserved. It waits in memory until a slot is free",
)
SCHEDULED = Words(
    "{worker}: {task} 보류(scheduled). Worker 메모리에서 ETA 대기 ({eta})",
    "{worker}: {task} scheduled. It waits in the Worker's memory until its ETA, {eta}",
)
PREPARED = Words(
    "{worker}: 인자 준비: args={args}, kwargs={kwargs}",
    "{worker}: Arguments prepared: args={args}, kwargs={kwargs}",
)
CALLED = Words("{worker}: 함수 실행: {call}", "{worker}: Function called: {call}")
STARTED = Words("{worker}: {task} 실행 중: {call}", "{worker}: {task} is running: {call}")
STARTED_AGAIN = Words(
    "{worker}: {task} 실행 중: {call} ({retries}번째 재시도)", "{worker}: {task} is running: {call} (retry {retries})"
)
IS_RUNNING = Words("{worker}: {task} 실행 중", "{worker}: {task} is running")

RETURNED = Words("{worker}: {task} 완료 -> {result}", "{worker}: {task} done -> {result}")
RAISED = Words("{worker}: {task} 예외 발생 -> {exception}", "{worker}: {task} raised -> {exception}")
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
    "{worker} → Broker: {task} ACK (완료 신호). Broker가 메시지를 지웁니다",
    "{worker} → Broker: ACK for {task} (done). The Broker forgets the message",
)
ACKED_EARLY = Words(
    "{worker} → Broker: {task} ACK (실행 직전). Broker가 메시지를 지웁니다",
    "{worker} → Broker: ACK for {task} (before it runs). The Broker forgets the message",
)
ACKED_EXPIRED = Words(
    "{worker} → Broker: {task} ACK (만료되어 실행하지 않음). Broker가 메시지를 지웁니다",
    "{worker} → Broker: ACK for {task} (expired, not to be run). The Broker forgets the message",
)
ACKED_ENDED = Words(
    "{worker} → Broker: {task} ACK (실행을 중단시킴). Broker가 메시지를 지웁니다",
    "{worker} → Broker: ACK for {task} (its run was ended). The Broker forgets the message",
)
ACKED_REVOKED = Words(
    "{worker} → Broker: {task} ACK (취소되어 실행하지 않음). Broker가 메시지를 지웁니다",
    "{worker} → Broker: ACK for {task} (revoked, not to be run). The Broker forgets the message",
)
SUCCEEDED = Words("{worker}: {task} 성공 (실행 시간 {runtime})", "{worker}: {task} succeeded (took {runtime})")
FAILED = Words("{worker}: {task} 실패: {exception}", "{worker}: {task} failed: {exception}")
FAILED_FOR_GOOD = Words(
    "{worker}: {task} 완전 실패: {exception} (재시도 {retries}번 뒤)",
    "{worker}: {task} failed for good: {exception} (retries: {retries})",
)
RETRIED_BARE = Words(
    "{worker}: {task} 스스로 재시도를 요청했습니다 (self.retry())",
    "{worker}: {task} asked to be retried (self.retry())",
)
RETRIED = Words(
    "{worker}: {task} 실패: {exception}. 재시도 예정", "{worker}: {task} failed: {exception}. To be retried"
)
EXPIRED = Words(
    "{worker}: {task} 폐기(revoked). 만료 시각이 지났습니다 ({expires})",
    "{worker}: {task} revoked. It expired at {expires}",
)
REVOKED = Words("{worker}: {task} 취소됨(revoked)", "{worker}: {task} revoked")
TERMINATED = Words("{worker}: {task} 실행 중 취소됨(revoked)", "{worker}: {task} revoked while it was running")
TASK_LOST = Words(
    "{task}: 유실. ACK는 이미 보냈고 {worker} 종료와 함께 사라졌습니다",
    "{task}: Lost. It was ACKed already and died with {worker}; no copy is left anywhere",
)
TASK_LOST_GONE = Words(
    "{task}: 유실. 마지막 사본이 {worker} 안에 있었고 함께 사라졌습니다",
    "{task}: Lost. The last copy was inside {worker} and went with it",
)
IDLE = Words("{worker}: 대기 중", "{worker}: Idle")
IDLE_ETA = Words("{worker}: 대기 중 (ETA: {tasks})", "{worker}: Idle (ETA: {tasks})")
IDLE_AGAIN = Words("{worker}: 다음 작업 대기", "{worker}: Waits for the next task")
NEXT_RESERVED = Words("{worker}: 다음 작업은 예약해 둔 {task}", "{worker}: The next one is {task}, reserved earlier")
SLOT_FREE = Words("{worker}: 실행 자리 {slot} 비어 있음", "{worker}: Slot {slot} is free")
