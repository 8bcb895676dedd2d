"""Words about time: the lower panel, its meters, bookmarks, and going from change to change."""

from __future__ import annotations

from simulator.story.catalog import Words

# The lower panel
EVENT_NUMBER = Words("이벤트 {number}", "event {number}")
TIMELINE = Words("타임라인", "Timeline")
METERS = Words("측정", "Meters")
LOG = Words("로그", "Log")
LOG_OF = Words("로그: {worker}", "Log: {worker}")
LOG_OF_ALL = Words("로그: 모든 Worker", "Log: all workers")
NO_LOG = Words("아직 로그가 없습니다.", "Nothing logged yet.")
ZOOM = Words("시간축", "time axis")
SPAN = Words("{begin}–{end}초", "{begin}–{end} s")

# Meters
WAITING = Words("Queue 대기", "In queues")
BUSY = Words("실행 중", "Running")
RATE = Words("처리량", "Throughput")
WAIT = Words("대기 시간", "Wait")
MEMORY = Words("메모리", "Memory")
NOW_MOST = Words("지금 {now} · 최대 {most}", "now {now} · max {most}")
NOW_OF = Words("지금 {now}/{slots}", "now {now} of {slots}")
RATE_NOW = Words("{rate}/초 · 모두 {count}", "{rate}/s · {count} in all")
RATE_SHORT = Words("처리량 {rate}/초", "{rate}/s done")
WAIT_SO_FAR = Words("평균 {mean} · 최대 {worst}초", "mean {mean} · max {worst} s")
WAIT_MEAN = Words("평균 {mean}초", "mean {mean} s")
WAIT_WORST = Words("최대 {worst}초 {task}", "max {worst} s {task}")
WAIT_OPEN = Words("{count}개는 {longest}초째 시작 전", "{count} not started for up to {longest} s")
NO_WAIT = Words("아직 시작한 Task 없음", "nothing started yet")
MEMORY_NOW = Words("지금 {now} · 최대 {most} MB", "now {now} · max {most} MB")
LITTLE_NUMBERS = Words(
    "L {inside} · λ {rate}/초 × W {stay}초 = {product}",
    "L {inside} · λ {rate}/s × W {stay} s = {product}",
)
LITTLE_INSIDE = Words("시스템 안의 평균 Task 수 L {inside}", "Tasks inside, on average: L {inside}")
LITTLE_PARTS = Words("λ {rate}/초 × W {stay}초 = {product}", "λ {rate}/s × W {stay} s = {product}")
LITTLE_YET = Words("L, λ, W: 아직 알 수 없습니다", "L, λ, W: too early to tell")

# Notices
BOOKMARKED = Words("책갈피를 꽂았습니다: {time}초. b: 빼기", "Bookmark set at {time} s. b removes it.")
UNMARKED = Words("책갈피를 뺐습니다: {time}초", "Bookmark removed at {time} s.")
CHANGE_OF = Words("변화 따라가기: {name}", "Following {name}")
NO_MORE_CHANGES = Words("더 이상 변화가 없습니다: {name}", "No more changes: {name}")
NO_EARLIER_CHANGES = Words("이전 변화가 없습니다: {name}", "No earlier changes: {name}")
NOTHING_TO_FOLLOW = Words("따라갈 것이 없습니다. tab: 고르기", "Nothing to follow. tab: choose something")
NEAREST = Words("더 확대할 수 없습니다.", "Cannot zoom in any further.")
WHOLE_RUN = Words("실행 전체를 보고 있습니다.", "This is the whole run.")
AT_THE_EDGE = Words(
    "더 옮길 수 없습니다. 지금 위치가 화면에 있어야 합니다.",
    "Cannot move any further: the current moment must stay in view.",
)
FOLDED = Words("아무 일도 없는 긴 시간을 접었습니다.", "Long idle stretches are folded.")
UNFOLDED = Words("아무 일도 없는 시간도 펼쳤습니다.", "Idle time is shown in full.")
DOTS = Words("차트: 점선", "Charts: dotted lines")
BLOCKS = Words("차트: 막대", "Charts: blocks")

# Help
SIGN_AGAIN = Words("다시 시도 (↻2: 두 번째)", "another attempt (↻2: the second)")
SIGN_ACK = Words("ACK 보냄", "ACK sent")
SIGN_BOOKMARK = Words("책갈피", "bookmark")
SIGN_FOLD = Words("접은 시간", "folded idle time")
