-- Every duration that counts, in calendar time and in business time. A duration is the sum of the spans that it consists
-- of; what counts of a span is what lies within the openings, of which calendar time has a single one without end.

CREATE TEMP TABLE durations AS
WITH spent AS (
    SELECT
        ticket,
        list({'begins': begins, 'ends': ends}) FILTER (status IN ('new', 'open', 'hold')) AS requester_wait,
        list({'begins': begins, 'ends': ends}) FILTER (status IN ('new', 'open')) AS agent_work,
        list({'begins': begins, 'ends': ends}) FILTER (status = 'hold') AS on_hold
    FROM status_spans
    GROUP BY ticket
),
counted AS (
    SELECT
        CASE WHEN is_first THEN 'first_reply' ELSE 'next_reply' END AS name,
        ticket,
        answered_at AS moment,
        [{'begins': since, 'ends': answered_at}] AS spans
    FROM replies
    UNION ALL
    SELECT
        unnest(['first_resolution', 'complaint_first_resolution']),
        ticket,
        first_resolved_at,
        [{'begins': created_at, 'ends': first_resolved_at}]
    FROM tickets
    WHERE first_resolved_at IS NOT NULL
    UNION ALL
    SELECT
        unnest(['resolution', 'complaint_resolution']),
        ticket,
        ended_at,
        [{'begins': created_at, 'ends': ended_at}]
    FROM tickets
    WHERE is_resolved
    UNION ALL
    SELECT
        unnest(['requester_wait', 'agent_work', 'on_hold']),
        ticket,
        ended_at,
        unnest([requester_wait, agent_work, on_hold])
    FROM tickets
    JOIN spent USING (ticket)
    WHERE is_resolved
)
SELECT row_number() OVER () AS number, *
FROM counted;

CREATE TEMP TABLE measured_durations AS
WITH pieces AS (
    SELECT number, span.begins AS begins, span.ends AS ends
    FROM (SELECT number, unnest(spans) AS span FROM durations)
),
open_times AS (
    SELECT number, hours, sum(least(ends, closes) - greatest(begins, opens)) AS open_time
    FROM pieces
    JOIN openings ON opens < ends AND begins < closes
    GROUP BY number, hours
)
SELECT
    name,
    name || CASE hours WHEN 'calendar' THEN '_seconds' ELSE '_business_seconds' END AS measure,
    ticket,
    moment,
    CAST(coalesce(open_time, 0) AS BIGINT) AS value
FROM durations
CROSS JOIN kinds_of_hours
LEFT JOIN open_times USING (number, hours);
