-- From the distinct events to each counted ticket's story: its events in order from the opening on, each
-- with what it means for the ticket (`move`) and the stretch of its life (`episode`) that it falls into.

CREATE TEMP TABLE ticket_events AS
WITH fields AS (
    SELECT
        subject AS ticket,
        split_part(type, '.', 3) AS kind,
        moment,
        sequence,
        tie,
        data,
        data ->> '$.actor' AS actor,
        coalesce(data ->> '$.visibility', 'public') AS visibility,
        data ->> '$.status' AS status,
        data ->> '$.author' AS author
    FROM distinct_events
    WHERE type LIKE 'helpdesk.ticket.%'
),
normal AS (
    SELECT * REPLACE (
        CASE WHEN kind = 'opened' THEN coalesce(actor, 'customer') ELSE actor END AS actor,
        CASE kind
            WHEN 'opened' THEN coalesce(status, 'new')
            WHEN 'reopened' THEN 'open'
            WHEN 'resolved' THEN 'solved'
            ELSE status
        END AS status
    )
    FROM fields
)
SELECT
    *,
    CASE
        WHEN kind = 'opened' THEN 0
        WHEN kind = 'updated' THEN 1
        WHEN kind = 'replied' AND actor = 'customer' THEN 2
        WHEN kind = 'handed_off' THEN 3
        WHEN kind = 'replied' THEN 4
        WHEN kind = 'escalated' THEN 5
        WHEN kind = 'abandoned' THEN 9
        WHEN kind = 'merged' THEN 10
        WHEN kind = 'deleted' THEN 11
        WHEN kind = 'restored' THEN 12
        WHEN status = 'solved' THEN 7
        WHEN status = 'closed' THEN 8
        ELSE 6
    END AS rank
FROM normal;

-- DuckDB compares texts by their bytes, and nothing is less than the empty one. Places are even, so that
-- there is one between any two.
CREATE TEMP TABLE ordered_events AS
SELECT *, 2 * row_number() OVER (PARTITION BY ticket ORDER BY moment, sequence, rank, tie) AS place
FROM ticket_events;

-- A ticket that is merged, or deleted and not restored since, counts nowhere.
CREATE TEMP TABLE subjects AS
SELECT
    ticket,
    bool_or(kind = 'opened') AS has_opening,
    bool_or(kind = 'merged')
    OR coalesce(arg_max(kind, place) FILTER (kind IN ('deleted', 'restored')) = 'deleted', false) AS is_void
FROM ordered_events
GROUP BY ticket;

CREATE TEMP TABLE timeline AS
SELECT *, min(place) FILTER (kind = 'opened') OVER (PARTITION BY ticket) AS opening_place
FROM ordered_events
SEMI JOIN (SELECT ticket FROM subjects WHERE has_opening AND NOT is_void) AS counted USING (ticket);

-- Every value that an event sets, null where it clears one. An opening sets all of them.
CREATE TEMP TABLE settings_of_attributes AS
SELECT ticket, place, name, data ->> name AS value
FROM timeline
CROSS JOIN (VALUES ('channel'), ('priority'), ('category'), ('team')) AS attributes (name)
WHERE kind = 'opened'
    OR (kind = 'updated' AND json_exists(data, name))
    OR (kind = 'handed_off' AND name = 'team' AND data ->> 'team' IS NOT NULL);

CREATE TEMP TABLE attributes AS
WITH latest AS (
    SELECT ticket, name, arg_max_null(value, place) AS value
    FROM settings_of_attributes
    GROUP BY ticket, name
)
SELECT
    ticket,
    any_value(value) FILTER (name = 'channel') AS channel,
    any_value(value) FILTER (name = 'priority') AS priority,
    any_value(value) FILTER (name = 'category') AS category,
    any_value(value) FILTER (name = 'team') AS team
FROM latest
GROUP BY ticket;

-- An episode begins with the opening and with every status of new or open. The first solve, close or
-- leave in it ends the ticket's active life until the next episode; later ones in it are void. Who left
-- before the opening leaves at the opening.
CREATE TEMP TABLE story AS
WITH later_moves AS (
    SELECT
        ticket,
        place,
        moment,
        actor,
        visibility,
        author,
        status,
        CASE
            WHEN place = opening_place THEN 'opening'
            WHEN kind = 'escalated' THEN 'escalate'
            WHEN kind = 'handed_off' THEN 'hand_off'
            WHEN kind = 'abandoned' THEN 'leave'
            WHEN kind = 'replied' AND visibility = 'public' AND actor = 'customer' THEN 'ask'
            WHEN kind = 'replied' AND visibility = 'public' AND actor = 'agent' THEN 'answer'
            WHEN kind NOT IN ('status_changed', 'resolved', 'reopened') THEN 'other'
            WHEN status IN ('new', 'open') THEN 'open'
            WHEN status IN ('pending', 'hold') THEN 'pause'
            WHEN status = 'solved' THEN 'solve'
            WHEN status = 'closed' THEN 'close'
        END AS move
    FROM timeline
    WHERE place >= opening_place
),
moves AS (
    FROM later_moves
    UNION ALL BY NAME
    SELECT ticket, place + 1 AS place, moment, 'public' AS visibility, 'leave' AS move
    FROM timeline
    SEMI JOIN (SELECT ticket FROM timeline WHERE kind = 'abandoned' AND place < opening_place) AS left_early USING (ticket)
    WHERE place = opening_place
),
numbered AS (
    SELECT
        *,
        count(*) FILTER (move IN ('opening', 'open')) OVER (PARTITION BY ticket ORDER BY place) AS episode
    FROM moves
)
SELECT
    *,
    min(place) FILTER (move IN ('solve', 'close', 'leave')) OVER (PARTITION BY ticket, episode) AS end_place
FROM numbered;
