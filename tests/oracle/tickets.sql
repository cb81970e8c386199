-- From the stories to what is known of each ticket. No step looks at one event after another: the
-- stories are cut into episodes (between reopenings), waits (between answers) and status spans.

-- A life is what lies between an opening or reopening and the one that follows. A close is a resolution if a human
-- answered since the opening or since the last reopening after a resolution, or if the ticket had been resolved
-- before and the customer does not wait. What it is depends on what the ends before it were, hence the recursion.
CREATE TEMP TABLE episodes AS
WITH RECURSIVE ends AS (
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
beginnings AS (
    SELECT
        *,
        coalesce(lag(end_place) OVER previous IS NOT NULL, false) AS reopens,
        coalesce(lag(asked_after_end) OVER previous, false) AS asked_before_begin
    FROM ends
    WINDOW previous AS (PARTITION BY ticket ORDER BY episode)
),
lives AS (
    SELECT *, count(*) FILTER (reopens) OVER (PARTITION BY ticket ORDER BY episode) AS life
    FROM beginnings
),
talks AS (
    SELECT
        ticket,
        life,
        any_value(lives.end_move) AS end_move,
        coalesce(bool_or(move = 'answer' AND place < ends_at), false) AS is_answered,
        coalesce(bool_or(move = 'answer' AND place > ends_at), false) AS is_answered_after_end,
        coalesce(
            bool_or(
                place < ends_at
                AND (
                    move IN ('ask', 'hand_off')
                    OR (move = 'opening' AND actor = 'customer' AND visibility = 'public')
                    OR (move = 'open' AND reopens AND (asked_before_begin OR actor = 'customer'))
                )
            ),
            false
        ) AS has_asked
    FROM story
    JOIN (SELECT *, max(end_place) OVER (PARTITION BY ticket, life) AS ends_at FROM lives) AS lives USING (ticket, episode)
    GROUP BY ticket, life
),
fates AS (
    SELECT
        *,
        is_answered AS is_replied,
        false AS was_resolved,
        CASE
            WHEN end_move = 'solve' OR (end_move = 'close' AND is_answered) THEN 'resolution'
            WHEN end_move IN ('leave', 'close') THEN 'abandonment'
        END AS outcome
    FROM talks
    WHERE life = 0
    UNION ALL
    SELECT
        talks.*,
        talks.is_answered
        OR (before.outcome = 'abandonment' AND (before.is_replied OR before.is_answered_after_end)) AS is_replied,
        before.was_resolved OR before.outcome = 'resolution' AS was_resolved,
        CASE
            WHEN talks.end_move = 'solve' THEN 'resolution'
            WHEN talks.end_move = 'close' AND (
                talks.is_answered
                OR (before.outcome = 'abandonment' AND (before.is_replied OR before.is_answered_after_end))
                OR ((before.was_resolved OR before.outcome = 'resolution') AND NOT talks.has_asked)
            ) THEN 'resolution'
            WHEN talks.end_move IN ('leave', 'close') THEN 'abandonment'
        END AS outcome
    FROM fates AS before
    JOIN talks ON talks.ticket = before.ticket AND talks.life = before.life + 1
),
outcomes AS (
    SELECT lives.*, CASE WHEN lives.end_move IS NOT NULL THEN fates.outcome END AS outcome
    FROM lives
    JOIN fates USING (ticket, life)
)
SELECT *, lag(outcome) OVER (PARTITION BY ticket ORDER BY episode) AS previous_outcome
FROM outcomes;

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
    since,
    answered_at,
    row_number() OVER (PARTITION BY ticket ORDER BY wait) = 1 AS is_first
FROM waits
WHERE answered_at IS NOT NULL;

CREATE TEMP TABLE status_spans AS
SELECT
    ticket,
    place,
    CASE WHEN is_end THEN NULL ELSE status END AS status,
    moment AS begins,
    lead(moment) OVER (PARTITION BY ticket ORDER BY place) AS ends
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
    coalesce(answers_before_resolution, 0) AS answers_before_resolution,
    coalesce(authors_before_resolution, 0) AS authors_before_resolution,
    pauses.ticket IS NOT NULL AS was_pending_before_resolution
FROM lives
JOIN attributes USING (ticket)
LEFT JOIN escalations USING (ticket)
LEFT JOIN open_waits USING (ticket)
LEFT JOIN answers USING (ticket)
LEFT JOIN pauses USING (ticket);
