-- From the stories to what is known of each ticket. No step looks at one event after another: the
-- stories are cut into episodes (between reopenings), waits (between answers) and status spans.

-- A close is a resolution if a human had answered or the ticket had been resolved before. The first
-- resolution of all is a solve or follows an answer, so an earlier *solve* is all there is to look for.
CREATE TEMP TABLE episodes AS
WITH answers AS (
    SELECT ticket, min(place) AS first_answer_place
    FROM story
    WHERE move = 'answer'
    GROUP BY ticket
),
ends AS (
    SELECT
        ticket,
        episode,
        min(place) AS begin_place,
        arg_min(moment, place) AS begin_at,
        any_value(end_place) AS end_place,
        any_value(moment) FILTER (place = end_place) AS end_at,
        any_value(move) FILTER (place = end_place) AS end_move,
        coalesce(bool_or(move = 'ask' AND place > end_place), false) AS asked_after_end
    FROM story
    GROUP BY ticket, episode
),
outcomes AS (
    SELECT
        ends.*,
        CASE
            WHEN end_move = 'solve' THEN 'resolution'
            WHEN end_move = 'leave' THEN 'abandonment'
            WHEN end_move = 'close' AND (
                first_answer_place < end_place
                OR min(end_place) FILTER (end_move = 'solve') OVER (PARTITION BY ticket) < end_place
            ) THEN 'resolution'
            WHEN end_move = 'close' THEN 'abandonment'
        END AS outcome
    FROM ends
    LEFT JOIN answers USING (ticket)
)
SELECT
    *,
    lag(outcome) OVER previous AS previous_outcome,
    lag(asked_after_end) OVER previous AS asked_before_begin
FROM outcomes
WINDOW previous AS (PARTITION BY ticket ORDER BY episode);

-- What a ticket's active life consists of.
CREATE TEMP TABLE active_moves AS
SELECT
    story.*,
    story.place = story.end_place AS is_end,
    CASE move
        WHEN 'opening' THEN actor = 'customer' AND visibility = 'public'
        WHEN 'open' THEN previous_outcome IS NOT NULL AND (asked_before_begin OR actor = 'customer')
        ELSE move = 'ask'
    END AS begins_wait
FROM story
JOIN episodes USING (ticket, episode)
WHERE story.end_place IS NULL OR story.place <= story.end_place;

-- A wait is what lies between two answers or ends. The customer waits from the first message in it that
-- asks for an answer, but after a hand-off from the last hand-off on.
CREATE TEMP TABLE waits AS
WITH numbered AS (
    SELECT
        *,
        count(*) FILTER (move = 'answer' OR is_end) OVER (
            PARTITION BY ticket ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS wait
    FROM active_moves
)
SELECT
    ticket,
    wait,
    coalesce(max(moment) FILTER (move = 'hand_off'), min(moment) FILTER (begins_wait)) AS since,
    any_value(moment) FILTER (move = 'answer') AS answered_at,
    coalesce(bool_or(is_end), false) AS is_cut_off
FROM numbered
GROUP BY ticket, wait
HAVING since IS NOT NULL;

CREATE TEMP TABLE replies AS
SELECT
    ticket,
    answered_at,
    answered_at - since AS waited,
    row_number() OVER (PARTITION BY ticket ORDER BY wait) = 1 AS is_first
FROM waits
WHERE answered_at IS NOT NULL;

CREATE TEMP TABLE status_spans AS
SELECT
    ticket,
    place,
    CASE WHEN is_end THEN NULL ELSE status END AS status,
    lead(moment) OVER (PARTITION BY ticket ORDER BY place) - moment AS duration
FROM active_moves
WHERE move IN ('opening', 'open', 'pause') OR is_end;

CREATE TEMP TABLE reassignments AS
WITH assignments AS (
    SELECT
        ticket,
        kind,
        moment,
        data ->> '$.assignee' AS assignee,
        lag(assignee) OVER (PARTITION BY ticket ORDER BY place) AS previous_assignee
    FROM timeline
    WHERE place >= opening_place AND kind IN ('opened', 'updated') AND data ->> '$.assignee' IS NOT NULL
)
SELECT ticket, moment
FROM assignments
WHERE kind = 'updated' AND previous_assignee IS NOT NULL AND assignee <> previous_assignee;

CREATE TEMP TABLE lives AS
SELECT
    ticket,
    min(begin_at) AS created_at,
    min(end_at) FILTER (outcome = 'resolution') AS first_resolved_at,
    min(end_place) FILTER (outcome = 'resolution') AS first_resolved_place,
    min(begin_at) FILTER (previous_outcome = 'resolution') AS first_reopened_at,
    arg_max_null(outcome, episode) AS outcome,
    arg_max_null(end_at, episode) AS ended_at
FROM episodes
GROUP BY ticket;

CREATE TEMP TABLE tickets AS
WITH escalations AS (
    SELECT ticket, min(moment) AS first_escalated_at
    FROM story
    WHERE move = 'escalate'
    GROUP BY ticket
),
open_waits AS (
    SELECT DISTINCT ticket
    FROM waits
    WHERE answered_at IS NULL AND NOT is_cut_off
),
spent AS (
    SELECT
        ticket,
        CAST(coalesce(sum(duration) FILTER (status IN ('new', 'open', 'hold')), 0) AS BIGINT) AS requester_wait,
        CAST(coalesce(sum(duration) FILTER (status IN ('new', 'open')), 0) AS BIGINT) AS agent_work,
        CAST(coalesce(sum(duration) FILTER (status = 'hold'), 0) AS BIGINT) AS on_hold
    FROM status_spans
    GROUP BY ticket
),
answers AS (
    SELECT
        ticket,
        count(*) AS answers_before_resolution,
        count(DISTINCT coalesce('author ' || author, 'nobody')) AS authors_before_resolution
    FROM story
    JOIN lives USING (ticket)
    WHERE move = 'answer' AND place < first_resolved_place
    GROUP BY ticket
),
pauses AS (
    SELECT DISTINCT ticket
    FROM status_spans
    JOIN lives USING (ticket)
    WHERE status = 'pending' AND place < first_resolved_place
)
SELECT
    lives.*,
    lives.outcome IS NULL AS is_active,
    coalesce(lives.outcome = 'resolution', false) AS is_resolved,
    coalesce(lives.outcome = 'abandonment', false) AS is_abandoned,
    attributes.* EXCLUDE (ticket),
    first_escalated_at,
    open_waits.ticket IS NOT NULL AS awaits_answer,
    requester_wait,
    agent_work,
    on_hold,
    coalesce(answers_before_resolution, 0) AS answers_before_resolution,
    coalesce(authors_before_resolution, 0) AS authors_before_resolution,
    pauses.ticket IS NOT NULL AS was_pending_before_resolution
FROM lives
JOIN attributes USING (ticket)
JOIN spent USING (ticket)
LEFT JOIN escalations USING (ticket)
LEFT JOIN open_waits USING (ticket)
LEFT JOIN answers USING (ticket)
LEFT JOIN pauses USING (ticket);
