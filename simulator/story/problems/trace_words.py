"""Problems of trace files in words: one row for each code of `TraceFileError`."""

from __future__ import annotations

from simulator.story.catalog import Words

TRACES: dict[str, Words] = {
    "trace.empty": Words("빈 trace 파일입니다", "the trace file is empty"),
    "trace.header": Words("trace 파일의 첫 줄(header)이 아닙니다", "the first line is not the header of a trace"),
    "trace.version": Words(
        "읽을 수 없는 trace 버전입니다: {found} (읽을 수 있는 버전: {known})",
        "the trace has version {found}; this program reads {known}",
    ),
    "trace.hash": Words(
        "trace가 변경되었습니다: hash {found}, 기록된 hash {promised}. 그래도 보려면 tell, run, play에 --trust를 붙이세요",
        "the trace has been changed: its hash is {found}, its header says {promised}; tell, run and play read it all the same with --trust",
    ),
    "trace.json": Words("한 줄의 JSON이 아닙니다", "this is not a line of JSON"),
    "trace.event": Words("이벤트를 읽을 수 없습니다: {kind}", "cannot read this event: {kind}"),
    "trace.cause": Words("cause는 앞선 이벤트여야 합니다: {cause}", "the cause must be an earlier event, not {cause}"),
    "trace.order": Words("이벤트의 시간 순서가 맞지 않습니다", "the event is earlier than the one before it"),
    "trace.time": Words("시간은 0초에서 10억 초 사이여야 합니다", "times must lie between 0 and 1,000,000,000 seconds"),
    "trace.end": Words("end가 마지막 이벤트보다 빠릅니다", "the trace ends before its last event"),
    "trace.long": Words("이벤트 한 줄이 너무 깁니다", "the line of this event is too long"),
    "trace.many": Words("이벤트가 너무 많습니다", "the trace has too many events"),
    "trace.bound": Words("범위를 벗어난 값입니다: {field} = {value}", "{field} is out of range: {value}"),
    "trace.value": Words("{field}에 쓸 수 없는 값입니다", "{field} cannot have this value"),
    "trace.nesting": Words("{field}: {most}단계보다 깊은 값입니다", "{field} is nested more than {most} levels deep"),
    "trace.queue_again": Words("이미 선언된 Queue입니다: {queue}", "the queue {queue} has been declared before"),
    "trace.worker_again": Words("이미 온라인인 Worker입니다: {worker}", "{worker} is online already"),
    "trace.message_again": Words("이미 보낸 메시지입니다: {message}", "message {message} has been sent before"),
    "trace.delivery_again": Words(
        "이미 쓰인 delivery_tag입니다: {delivery}", "delivery_tag {delivery} has been used before"
    ),
    "trace.broker_again": Words(
        "Broker가 이미 꺼져 있거나 이미 켜져 있습니다", "the broker is already down, or already up"
    ),
    "trace.unknown_queue": Words(
        "앞에서 선언되지 않은 Queue입니다: {queue}", "no event before this one declares the queue {queue}"
    ),
    "trace.unknown_worker": Words(
        "앞에서 온라인이 된 적 없는 Worker입니다: {worker}", "{worker} has not been online before this event"
    ),
    "trace.worker_gone": Words("온라인이 아닌 Worker입니다: {worker}", "{worker} is not online at this point"),
    "trace.unknown_message": Words(
        "{task}의 메시지로 보낸 적이 없습니다: {message}", "message {message} has not been sent for {task}"
    ),
    "trace.unknown_delivery": Words(
        "전달된 적 없는 delivery_tag입니다: {delivery}", "nothing has been delivered with delivery_tag {delivery}"
    ),
    "trace.other_worker": Words(
        "delivery_tag {delivery}의 메시지는 {worker}에 전달되었습니다", "delivery_tag {delivery} went to {worker}"
    ),
    "trace.not_sent": Words(
        "{queue}(으)로 가는 중이 아닌 메시지입니다: {message}", "message {message} is not on its way to {queue}"
    ),
    "trace.not_ready": Words(
        "{queue}에서 기다리지 않는 메시지입니다: {message}", "message {message} is not ready in {queue}"
    ),
    "trace.not_unacked": Words(
        "{queue}에서 ACK를 기다리지 않는 메시지입니다: {message}",
        "message {message} of {queue} is not waiting for an ACK",
    ),
    "trace.position": Words(
        "{queue}에는 메시지가 {count}개뿐이라 {position}번 위치가 없습니다",
        "{queue} holds {count} messages and has no position {position}",
    ),
    "trace.life": Words(
        "delivery_tag {delivery}의 상태({stage})에서는 일어날 수 없는 이벤트입니다: {kind}",
        "{kind} cannot happen to delivery_tag {delivery}, which is {stage}",
    ),
    "trace.slot_taken": Words(
        "{worker}의 slot {slot}에서 아직 실행 중인 메시지가 있습니다: delivery_tag {delivery}",
        "slot {slot} of {worker} is still running delivery_tag {delivery}",
    ),
    "trace.no_scenario": Words("trace 파일에는 시나리오가 없어 바꿀 수 없습니다", "a trace has no scenario to change"),
    "trace.no_options": Words(
        'trace 파일에는 --profile, --variant, --seed, --until, --set을 쓸 수 없습니다: "{file}"',
        '"{file}" is a trace: --profile, --variant, --seed, --until and --set need a scenario',
    ),
    "trace.no_watch": Words(
        'trace 파일은 바뀌지 않으므로 --watch를 쓸 수 없습니다: "{file}"',
        '--watch needs a scenario: "{file}" is a trace, which does not change',
    ),
    "trace.nothing_to_check": Words(
        'trace 파일에는 검사할 목표가 없습니다: "{file}"', '"{file}" is a trace: it has no goals to check'
    ),
}
"""By code."""
