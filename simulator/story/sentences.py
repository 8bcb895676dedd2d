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
ACKS_LATE = Words("{worker}: ACK 시점은 실행 후 (task_acks_late)", "{worker}: ACKs after running (task_acks_late)")
ACKS_EARLY = Words("{worker}: ACK 시점은 실행 직전", "{worker}: ACKs just before running")
WORKER_OFFLINE = Words("{worker}: 정상 종료, 오프라인", "{worker}: Shut down, offline")
WORKER_LOST = Words(
    "{worker}: 강제 종료(SIGKILL). Broker에 아무 말도 남기지 못했습니다",
    "{worker}: Killed (SIGKILL). It could not say a word to the Broker",
)

TASK_SENT = Words("{who} → Broker: {task} 전송 ({name})", "{who} → Broker: Sends {task} ({name})")
TASK_SENT_AGAIN = Words(
    "{who} → Broker: {task} 재시도 요청 ({name}, retries={retries})",
    "{who} → Broker: Asks to retry {task} ({name}, retries={retries})",
)
MESSAGE_QUEUED = Words("Broker: Queue에 {task} 저장", "Broker: {task} stored in the Queue")
MESSAGE_QUEUED_IN = Words("Broker: Queue에 {task} 저장 ({queue})", "Broker: {task} stored in the Queue ({queue})")

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
DELIVERED_AGAIN = Words("{said} (재전달)", "{said} (redelivered)")

RECEIVED = Words("{worker}: {task} 수신, 함수 찾기: {name}", "{worker}: {task} received, function looked up: {name}")
RECEIVED_PARSE = Words("{worker}: {task} 수신, 메시지 파싱", "{worker}: {task} received, message parsed")
LOOKED_UP = Words(
    "{worker}: Task 이름으로 함수 찾기: {name} (등록됨)",
    "{worker}: Function looked up by the task's name: {name} (registered)",
)
RESERVED = Words(
    "{worker}: {task} 예약(reserved). 실행할 자리가 날 때까지 메모리에서 대기",
    "{worker}: {task} reserved. It waits in memory until a slot is free",
)
PREPARED = Words(
    "{worker}: 인자 준비: args={args}, kwargs={kwargs}",
    "{worker}: Arguments prepared: args={args}, kwargs={kwargs}",
)
CALLED = Words("{worker}: 함수 실행: {call}", "{worker}: Function called: {call}")
STARTED = Words("{worker}: {task} 실행 중: {call}", "{worker}: {task} is running: {call}")
IS_RUNNING = Words("{worker}: {task} 실행 중", "{worker}: {task} is running")

RETURNED = Words("{worker}: {task} 완료 -> {result}", "{worker}: {task} done -> {result}")
RAISED = Words("{worker}: {task} 예외 발생 -> {exception}", "{worker}: {task} raised -> {exception}")
STORED = Words(
    "{worker} → Result Backend: {task} 결과 저장 ({result})",
    "{worker} → Result Backend: Result of {task} stored ({result})",
)
STORED_PLAIN = Words(
    "{worker} → Result Backend: 결과 저장 ({state})", "{worker} → Result Backend: Result stored ({state})"
)
STORED_FAILURE = Words(
    "{worker} → Result Backend: {task} 실패 기록 ({exception})",
    "{worker} → Result Backend: Failure of {task} recorded ({exception})",
)
ACKED_LATE = Words(
    "{worker} → Broker: {task} ACK (완료 신호). Broker가 메시지를 지웁니다",
    "{worker} → Broker: ACK for {task} (done). The Broker forgets the message",
)
ACKED_EARLY = Words(
    "{worker} → Broker: {task} ACK (실행 직전). Broker가 메시지를 지웁니다",
    "{worker} → Broker: ACK for {task} (before it runs). The Broker forgets the message",
)
SUCCEEDED = Words("{worker}: {task} 성공 (실행 시간 {runtime})", "{worker}: {task} succeeded (took {runtime})")
FAILED = Words("{worker}: {task} 실패 ({exception})", "{worker}: {task} failed ({exception})")
IDLE_AGAIN = Words("{worker}: 다음 작업 대기", "{worker}: Waits for the next task")
NEXT_RESERVED = Words("{worker}: 다음 작업은 예약해 둔 {task}", "{worker}: The next one is {task}, reserved earlier")
SLOT_FREE = Words("{worker}: 실행 자리 {slot} 비어 있음", "{worker}: Slot {slot} is free")

NOT_REGISTERED = Words(
    "{worker}: Task 이름으로 함수 찾기: {name} (등록된 함수 없음)",
    "{worker}: Function looked up by the task's name: {name} (no such function)",
)
REJECTED = Words(
    "{worker} → Broker: {task} 거부(reject). Broker가 메시지를 버립니다",
    "{worker} → Broker: {task} rejected. The Broker discards the message",
)
DROPPED = Words("Broker: {task} 메시지 폐기 ({why})", "Broker: Message of {task} discarded ({why})")
CONNECTION_LOST = Words(
    "Broker: {worker} 연결 끊김. ACK 없는 {task} 다시 Queue에 저장 ({place}번째)",
    "Broker: Connection to {worker} lost. {task} had no ACK and is back in the Queue (place {place})",
)
REQUEUED = Words(
    "Broker: {task} 다시 Queue에 저장 ({place}번째, 이유: {why})",
    "Broker: {task} is back in the Queue (place {place}, why: {why})",
)
TASK_LOST = Words(
    "{task}: 유실. ACK는 이미 보냈고 {worker} 종료와 함께 사라졌습니다",
    "{task}: Lost. It was ACKed already and died with {worker}; no copy is left anywhere",
)

NOTHING_YET = Words("아직 아무 일도 일어나지 않았습니다", "Nothing has happened yet")
