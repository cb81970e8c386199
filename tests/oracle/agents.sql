-- From the distinct events of agents to all that there is of them at a moment.
-- Tables that are there before: events (agent, state, rank, moment, sequence, tie, team, channel, post), queues (post,
-- queue), each once, and rules. A moment is in microseconds.

CREATE TABLE stays AS
WITH told AS (
    SELECT
        *,
        lead(moment) OVER (PARTITION BY agent ORDER BY moment, sequence, rank, tie) AS next_moment
    FROM events
)
SELECT
    state,
    coalesce(team, 'none') AS team,
    coalesce(channel, 'none') AS channel,
    post,
    moment AS begins,
    -- Who is silent for too long has left when the silence was over, and is back with the next event.
    min(coalesce(next_moment, moment + silence), moment + silence) AS ends
FROM told, rules
WHERE state <> 'offline';

CREATE TABLE levels AS
SELECT 'agents' AS stock, begins, ends, state, NULL AS queue, team, channel FROM stays
UNION ALL
SELECT 'agents_on_queue', begins, ends, NULL, NULL, team, channel
FROM stays
WHERE state IN ('available', 'busy', 'wrap_up')
UNION ALL
SELECT 'agents_occupied', begins, ends, NULL, NULL, team, channel
FROM stays
WHERE state IN ('busy', 'wrap_up')
UNION ALL
SELECT 'queue_members', begins, ends, NULL, queue, team, channel
FROM stays
JOIN queues USING (post)
WHERE state IN ('available', 'busy', 'wrap_up');
