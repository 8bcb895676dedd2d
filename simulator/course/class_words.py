"""Words of the grades of a class, addressed to the teacher."""

from __future__ import annotations

from simulator.story.catalog import Words

TITLE = Words("채점 결과", "Grades")
STUDENT = Words("학생", "student")
POINTS = Words("점수", "points")
GOALS = Words("목표", "goals")
SECONDS = Words("시간", "time")
REMARK = Words("첫 원인", "first reason")
SUMMARY = Words("{students}명 가운데 {passed}명 통과", "{passed} of {students} passed")
GOAL = Words("  {met}/{graded}명 달성  {test}{text}", "  met by {met} of {graded}  {test}{text}")
TRIED = Words("통과하지 못한 답안이 바꾼 것과 그 결과", "What those who did not pass had changed, and what came of it")
TRIED_SAME = Words("  {count}명  {changes}", "  {count}  {changes}")
BELIEVED = Words("  {count}명  “{like}”: {changes}", "  {count}  “{like}”: {changes}")
TRIED_LIKE = Words('  {count}명  변형 "{like}"처럼: {changes}', '  {count}  as in the variant "{like}": {changes}')
MISSED = Words("{goal}: 미달성", "{goal}: missed")
MISSED_BY = Words("{goal}: 미달성, 결정된 순간 [{when}] {event}", "{goal}: missed, decided at [{when}] {event}")
MORE = Words(" … 그 밖에 {count}개", " … and {count} more")
NOTHING = Words("아무것도 바꾸지 않음", "nothing")
NOT_ALLOWED = Words("바꿀 수 없는 설정: {path}", "not allowed to change: {path}")
OVER_BUDGET = Words("프로세스 {used}개, 예산 {limit}개", "{used} processes; the budget is {limit}")
