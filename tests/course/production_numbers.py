"""The numbers of the lessons of files 34 on, each with its derivation."""

from __future__ import annotations

PRODUCTION: list[tuple[str, str | None, dict[str, object]]] = [
    # Invoices each 5 s from 0 to 115: 24. Sent from 22 s (25) to 82 s (80), 12 fail; 7 of them by 58 s (25, ..., 55).
    ("redrive", None, {"sent": 24, "dead_lettered": 12, "queue_at(58, dead)": 7, "effects(invoice)": 12, "dropped": 0}),
    # Twelve letters in two slots from 90 s on, with the invoice of 90 s and that of 95 s in between: done by 97 s.
    ("redrive", "mended_first", {"queue_at(89, dead)": 12, "effects(invoice)": 24, "queue_at(97, dead)": 0}),
    ("redrive", "parked", {"queue_at(149, parked)": 12, "effects(invoice)": 12}),
    # The invoice of 90 s takes the printer's token of that second.
    ("redrive", "flood", {"effects(invoice)": 12, "queue_at(91, dead)": 0, "queue_at(149)": 0}),
    # worker2 has one slot: its export until 21 s, then four payments of 2 s.
    ("monitoring", None, {"lost": 1, "finished_at(Export2)": 21.0, "finished_by": 29.0}),
    ("monitoring", "warm", {"lost": 0, "finished_at(Export1)": 21.0, "deaths": 0}),
    # A new child after 0.1 s, then two payments of 2 s each; the other two wait for worker2 or come after them.
    ("monitoring", "child", {"failed(Export1)": 1, "started_at(pay_1)": 7.1, "lost": 0}),
    ("monitoring", "solo", {"deaths": 0, "finished_at(Export1)": 21.0, "started_at(pay_1)": 21.0}),
    # The last of 400 emails is one of the last four: after 99 rounds of 0.1 s, and hops of a microsecond.
    ("what-to-alert-on", None, {"max(wait, email)": 9.901, "age_at(299, report)": 179.0, "queue_at(299, reports)": 3}),
    # From 100 s to 160 s, and a child of 0.1 s more: the report of 120 s has waited for 40.1 s.
    ("what-to-alert-on", "limited", {"max(wait, report)": 40.1, "succeeded(report)": 10, "age_at(299, report)": 0.0}),
    ("what-to-alert-on", "prefetched", {"queue_at(299, reports)": 0, "age_at(299, report)": 179.0}),
    ("what-to-alert-on", "slow_mail", {"max(wait, email)": 99.001, "max(queue, emails)": 400}),
    # At 15 s eight messages have come (0, 2, ..., 14 s) and five were begun (0, 7 and 14 s; 2 and 9 s): three wait. At
    # 30 s fifteen and nine: six. At 45 s 23 and fourteen, and the third worker has just come and begun one: eight. It
    # reads less from then on, until the wish of 45 s is 300 s old, at 345 s; then the six of 60 s, at 360 s.
    (
        "scaling-loop",
        None,
        {"queue_at(14.9)": 3, "queue_at(29.9)": 6, "peak(processes, 0, 345)": 8},
    ),
    # A wish is there 30 s later, and stays until it is 300 s old: 3 (of 15 s) from 45 s, 6 from 60 s, 8 from 75 s;
    # then the 6 of 60 s (nine wait, three of them begin), and the fewest, 2, as nothing has waited since 75 s. Behind
    # again: 4, 7 and 9 wait at 375, 390 and 405 s (eleven, two of them begin), and 4 at 420 s (seven, three begin).
    # Then once more: 3, 6 and 9 (ten, one begins) from 735 s, of which the end, at 900 s, sees 105 s.
    (
        "scaling-loop",
        None,
        {
            "process_seconds": (2 * 45.0 + 3 * 15 + 6 * 15 + 8 * 270 + 6 * 15)
            + (2 * 45 + 4 * 15 + 7 * 15 + 9 * 270 + 4 * 15)
            + (2 * 45 + 3 * 15 + 6 * 15 + 9 * 105)
        },
    ),
    ("scaling-loop", None, {"peak(processes, 450, 700)": 9, "peak(processes, 740, 750)": 2, "max(wait)": 21.0}),
    # Three wait and two run at 15 s, six and two at 30 s, eight and three at 45 s: eleven, of which there are ten.
    # Then 3.5 run at a time: four. So five from 45 s, eight from 60 s, ten from 75 s until the wish of 45 s is 300 s
    # old, the eight of 60 s (three wait and begin beside five) for 15 s, and four to the end.
    (
        "scaling-loop",
        "counts_running",
        {
            "peak(processes, 0, 345)": 10,
            "peak(processes, 450, 900)": 4,
            "max(wait)": 18.0,
            "process_seconds": 2 * 45.0 + 5 * 15 + 8 * 15 + 10 * 270 + 8 * 15 + 4 * 540,
        },
    ),
    ("scaling-loop", "no_window", {"peak(processes, 450, 900)": 8, "peak(queue, 450, 900)": 12}),
    ("scaling-loop", "counts_no_window", {"peak(processes, 450, 900)": 5, "peak(queue, 450, 900)": 4}),
    # The order at 2 s takes one slot, so that the 17 thumbnails run one by one: 4 + 17 x 2 = 38 s. Then 1 + 1 s.
    (
        "priority-inversion",
        None,
        {"finished_by(thumbnail)": 38.0, "finished_at(Order)": 40.0},
    ),
    ("priority-inversion", "inherited", {"started_at(charge_1)": 4.0, "finished_at(Order)": 6.0}),
    ("priority-inversion", "by_hand", {"started_at(charge_1)": 4.0, "finished_at(Order)": 6.0}),
    ("priority-inversion", "chain", {"started_at(Charge)": 2.0, "finished_at(Order)": 4.0}),
    # Charged half-way through 4 s: at 2 s; worker1 dies at 3 s. Then worker2 runs what is left, one after the other.
    ("exactly-once", None, {"effects(charge)": 5, "effects(Order1)": 2, "runs(charge)": 5, "lost": 0}),
    (
        "exactly-once",
        "early",
        {"effects(charge)": 4, "effects(Order1)": 1, "lost(Order1)": 1},
    ),
    ("exactly-once", "task_id_key", {"effects(charge)": 4, "effects(Order1)": 1, "runs(charge)": 5}),
    ("exactly-once", "order_key", {"effects(charge)": 3, "effects(Order2_again)": 0, "runs(charge)": 5}),
    # Pairs every 4 s: charges from 10 to 38 s (16), after 5 of version 1; coupons from 12 to 36 s (14).
    # One of each pair goes to the old worker, until 30 s: 5 charges (10, ..., 26) and 5 coupons (12, ..., 28).
    (
        "two-versions",
        None,
        {"sent(charge)": 21, "sent": 35, "failed(charge)": 5, "failed(send_coupon)": 5},
    ),
    # The new worker runs coupons until 14, 18, 22 and 26 s, so that both charges go to the old one: 1 + 4 x 2.
    ("two-versions", "own_queue", {"failed(send_coupon)": 0, "failed(charge)": 9}),
    # The calls of 6 and 8 s lack the new argument.
    ("two-versions", "workers_first", {"failed(send_coupon)": 0, "failed(charge)": 2}),
    ("circuit-breaker", None, {"max(wait, pay)": 32.5, "failed(recommend)": 20, "succeeded(pay)": 100}),
    # Nobody waits but recommendations: five calls of 10 s from 20 s to 70 s in one slot.
    ("circuit-breaker", "bulkhead", {"max(wait, pay)": 0.0, "failed(recommend)": 5, "max(response, recommend)": 46.0}),
    ("circuit-breaker", "breaker", {"max(wait, pay)": 6.5, "failed(recommend)": 62}),
    ("circuit-breaker", "shorter_timeout", {"max(wait, pay)": 13.5, "failed(recommend)": 37}),
    # 100 MB hold 20 invoices of 5 MB, 2 of them in the slots: 24 have come by 5.6 s, 4 are printed. Then one a second.
    ("payload", None, {"publish_failed(print_invoice)": 30, "publish_failed(charge)": 8, "max(queue, celery)": 18}),
    ("payload", "by_id", {"publish_failed": 0, "succeeded(print_invoice)": 60}),
    ("payload", "scans", {"publish_failed(print_invoice)": 45}),
    ("payload", "larger_redis", {"publish_failed(print_invoice)": 10}),
    # 0.5 a second x 600 s; the export of 105 s is gone at 705 s.
    ("result-growth", None, {"results_at(300)": 151, "results_at(1200)": 300, "result_state(Export, 704)": "SUCCESS"}),
    # One at 0 s and one every 2 s until 1198 s, and the export.
    ("result-growth", "a_day", {"results_at(1200)": 601, "result_state(Export, 1799)": "SUCCESS"}),
    ("result-growth", "ignored", {"results_at(1200)": 0, "result_state(Export, 200)": "PENDING"}),
    ("result-growth", "five_seconds", {"results_at(1200)": 2, "result_state(Export, 111)": "PENDING"}),
    # Orders at 1, 3, ..., 39 s; the five of 21 to 29 s find no broker.
    ("commit-and-send", None, {"sent": 15, "failed": 15, "publish_failed": 5}),
    ("commit-and-send", "on_commit", {"finished_at(send_receipt_1)": 1.5, "succeeded": 15, "publish_failed": 5}),
    # 1 + 2 + 0.5 s.
    ("commit-and-send", "retried", {"finished_at(send_receipt_1)": 3.5, "retried": 15}),
    # Looked at 5, 10, ..., 40 s: the first receipt at 5 + 0.5 s. The look of 20 s finds no broker, so that the orders
    # of 15 to 29 s are sent at 30 s, two at a time: that of 21 s, the eleventh, is in the second pair.
    (
        "commit-and-send",
        "outbox",
        {"finished_at(send_receipt_1)": 5.5, "finished_at(send_receipt_11)": 31.0},
    ),
]
