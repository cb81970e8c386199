-- From the distinct events of calls to all that counts and to all that there is of something at a moment.
-- Tables that are there before: events (visit, kind, rank, moment, sequence, tie, queue, channel, team), rules and
-- thresholds. A moment is in microseconds.

CREATE TABLE timeline AS
SELECT *, row_number() OVER (PARTITION BY visit ORDER BY moment, sequence, rank, tie) AS place
FROM events;

-- The places of what comes first of each, and of what decides how a visit went on.
CREATE TABLE places AS
SELECT
    visit,
    min(place) FILTER (WHERE kind = 'queued') AS queued,
    min(place) FILTER (WHERE kind = 'blocked') AS blocked,
    coalesce(
        min(place) FILTER (WHERE kind IN ('answered', 'abandoned', 'evicted', 'callback_requested')),
        min(place) FILTER (WHERE kind IN ('ended', 'transferred'))
    ) AS outcome,
    min(place) FILTER (WHERE kind = 'transferred') AS transfer,
    coalesce(
        min(place) FILTER (WHERE kind IN ('ended', 'transferred')), min(place) FILTER (WHERE kind = 'wrapped_up')
    ) AS end,
    min(place) FILTER (WHERE kind = 'wrapped_up') AS wrap_up,
    max(moment) AS heard_at
FROM timeline
GROUP BY visit;

CREATE TABLE visits AS
WITH moments AS (
    SELECT
        places.visit,
        coalesce(began.queue, 'none') AS queue,
        coalesce(began.channel, 'none') AS channel,
        coalesce(began.team, 'none') AS team,
        began.moment AS queued_at,
        outcome.kind AS outcome,
        max(outcome.moment, began.moment) AS left_at,
        transfer.moment AS transfer_moment,
        ending.moment AS end_moment,
        wrap_up.moment AS wrap_up_moment,
        places.heard_at
    FROM places
    JOIN timeline AS began ON began.visit = places.visit AND began.place = places.queued
    LEFT JOIN timeline AS outcome ON outcome.visit = places.visit AND outcome.place = places.outcome
    LEFT JOIN timeline AS transfer ON transfer.visit = places.visit AND transfer.place = places.transfer
    LEFT JOIN timeline AS ending ON ending.visit = places.visit AND ending.place = places.end
    LEFT JOIN timeline AS wrap_up ON wrap_up.visit = places.visit AND wrap_up.place = places.wrap_up
)
SELECT
    moments.*,
    left_at - queued_at AS wait,
    outcome = 'abandoned' AND left_at - queued_at < short_abandon AS is_short,
    max(transfer_moment, left_at) AS transferred_at,
    CASE WHEN outcome = 'answered' THEN max(end_moment, left_at) END AS ended_at,
    CASE WHEN outcome = 'answered'
        THEN max(coalesce(wrap_up_moment, end_moment), end_moment, left_at)
    END AS wrapped_up_at
FROM moments, rules;

-- A hold begins where the customer is put on hold and was not, and lasts until the next return or the end of the call.
CREATE TABLE holds AS
WITH switches AS (
    SELECT visit, place, kind, moment, lag(kind) OVER (PARTITION BY visit ORDER BY place) AS kind_before
    FROM timeline
    WHERE kind IN ('held', 'resumed')
),
spans AS (
    SELECT
        switches.visit,
        switches.moment AS begins,
        (
            SELECT min(later.moment) FROM timeline AS later
            WHERE later.visit = switches.visit AND later.kind = 'resumed' AND later.place > switches.place
        ) AS ends
    FROM switches
    WHERE kind = 'held' AND coalesce(kind_before, 'resumed') = 'resumed'
)
SELECT
    visit,
    sum(
        min(max(coalesce(ends, ended_at), left_at), ended_at) - min(max(begins, left_at), ended_at)
    ) AS held
FROM spans
JOIN visits USING (visit)
WHERE ended_at IS NOT NULL
GROUP BY visit;

CREATE TABLE handled AS
SELECT
    visits.*,
    wrapped_up_at - left_at AS handle,
    ended_at - left_at - coalesce(held, 0) AS talk,
    coalesce(held, 0) AS hold,
    wrapped_up_at - ended_at AS wrap_up
FROM visits
LEFT JOIN holds USING (visit)
WHERE ended_at IS NOT NULL;

-- How each visit fared within each threshold: the first of answered, abandoned and the threshold reached.
CREATE TABLE classified AS
SELECT
    *,
    CASE
        WHEN left_at IS NULL OR wait > threshold THEN 'calls_late'
        WHEN outcome = 'answered' THEN 'calls_answered_in_time'
        WHEN outcome = 'abandoned' THEN 'calls_abandoned_in_time'
    END AS measure,
    CASE WHEN left_at IS NULL OR wait > threshold THEN queued_at + threshold ELSE left_at END AS moment
FROM visits, thresholds
WHERE is_short IS NOT 1;

CREATE TABLE everything AS
SELECT 'calls_queued' AS measure, queued_at AS moment, NULL AS value, queue, channel, team, NULL AS within, 0 AS waits
FROM visits
UNION ALL
SELECT 'calls_offered', queued_at, NULL, queue, channel, team, NULL, 0
FROM visits
WHERE is_short IS NOT 1
UNION ALL
SELECT 'calls_abandoned', left_at, NULL, queue, channel, team, NULL, 0
FROM visits
WHERE outcome = 'abandoned' AND NOT is_short
UNION ALL
SELECT 'calls_abandoned_short', left_at, NULL, queue, channel, team, NULL, 0
FROM visits
WHERE outcome = 'abandoned' AND is_short
UNION ALL
SELECT 'calls_evicted', left_at, NULL, queue, channel, team, NULL, 0
FROM visits
WHERE outcome = 'evicted'
UNION ALL
SELECT 'callbacks_requested', left_at, NULL, queue, channel, team, NULL, 0
FROM visits
WHERE outcome = 'callback_requested'
UNION ALL
SELECT 'calls_transferred', transferred_at, NULL, queue, channel, team, NULL, 0
FROM visits
WHERE transferred_at IS NOT NULL
UNION ALL
SELECT
    'calls_blocked', moment, NULL, coalesce(queue, 'none'), coalesce(channel, 'none'), coalesce(team, 'none'), NULL, 0
FROM places
JOIN timeline ON timeline.visit = places.visit AND place = blocked
WHERE queued IS NULL
UNION ALL
SELECT 'speed_of_answer_seconds', left_at, wait, queue, channel, team, NULL, 0
FROM visits
WHERE outcome = 'answered'
UNION ALL
SELECT 'call_abandon_seconds', left_at, wait, queue, channel, team, NULL, 0
FROM visits
WHERE outcome = 'abandoned' AND NOT is_short
UNION ALL
SELECT 'call_handle_seconds', wrapped_up_at, handle, queue, channel, team, NULL, 0 FROM handled
UNION ALL
SELECT 'call_talk_seconds', wrapped_up_at, talk, queue, channel, team, NULL, 0 FROM handled
UNION ALL
SELECT 'call_hold_seconds', wrapped_up_at, hold, queue, channel, team, NULL, 0 FROM handled
UNION ALL
SELECT 'call_wrap_up_seconds', wrapped_up_at, wrap_up, queue, channel, team, NULL, 0 FROM handled
UNION ALL
SELECT measure, moment, NULL, queue, channel, team, CAST(seconds AS TEXT), left_at IS NULL
FROM classified
WHERE measure IS NOT NULL
UNION ALL
SELECT 'service_level_counted', moment, NULL, queue, channel, team, NULL, left_at IS NULL
FROM classified, rules
WHERE seconds = headline
    AND measure IS NOT NULL
    AND (measure <> 'calls_abandoned_in_time' OR abandoned <> 'ignored')
UNION ALL
SELECT 'service_level_met', moment, NULL, queue, channel, team, NULL, 0
FROM classified, rules
WHERE seconds = headline
    AND (measure = 'calls_answered_in_time' OR (measure = 'calls_abandoned_in_time' AND abandoned = 'for'));

-- What will be late unless something is heard before counts from its moment on; all else counts as it is known.
CREATE TABLE contributions AS
SELECT everything.* FROM everything, rules WHERE NOT waits OR moment <= now;

CREATE TABLE steps AS
SELECT 'calls_waiting' AS stock, queued_at AS moment, 1 AS delta, queue, channel, team FROM visits
UNION ALL
SELECT 'calls_waiting', coalesce(left_at, queued_at + cut_off), -1, queue, channel, team FROM visits, rules
UNION ALL
SELECT 'calls_in_service', left_at, 1, queue, channel, team FROM visits WHERE outcome = 'answered'
UNION ALL
SELECT 'calls_in_service', coalesce(ended_at, max(heard_at, left_at) + cut_off), -1, queue, channel, team
FROM visits, rules
WHERE outcome = 'answered';
