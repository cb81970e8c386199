-- Everything that counts, one row for each time it counts: the measure, the moment at which it falls, for
-- durations the microseconds, and the labels of the measure. A label that a measure lacks is null.

CREATE TEMP TABLE labelled_tickets AS
SELECT
    tickets.* REPLACE (
        coalesce(channel, 'none') AS channel,
        coalesce(priority, 'none') AS priority,
        coalesce(category, 'none') AS category,
        coalesce(team, 'none') AS team
    ),
    category IN (SELECT category FROM complaint_categories) AS is_complaint,
    coalesce(first_reopened_at - first_resolved_at >= fcr_period, true) AND CASE fcr_rule
        WHEN 'one_reply' THEN answers_before_resolution = 1
        WHEN 'one_agent' THEN authors_before_resolution = 1
        WHEN 'never_pending' THEN NOT was_pending_before_resolution
        WHEN 'closed_within' THEN first_resolved_at - created_at <= fcr_closed_within
    END AS is_first_contact
FROM tickets
CROSS JOIN settings;

CREATE TEMP TABLE ticket_contributions AS
SELECT 'tickets_opened' AS measure, created_at AS moment, NULL::BIGINT AS value, channel, priority, team
FROM labelled_tickets
UNION ALL
SELECT 'tickets_opened_resolved', created_at, NULL, channel, priority, team
FROM labelled_tickets
WHERE is_resolved
UNION ALL
SELECT 'tickets_resolved', ended_at, NULL, channel, priority, team
FROM labelled_tickets
WHERE is_resolved
UNION ALL
SELECT 'tickets_resolved_first_contact', ended_at, NULL, channel, priority, team
FROM labelled_tickets
WHERE is_resolved AND is_first_contact
UNION ALL
SELECT 'tickets_reopened', first_reopened_at, NULL, channel, priority, team
FROM labelled_tickets
WHERE first_reopened_at IS NOT NULL
UNION ALL
SELECT 'tickets_escalated', first_escalated_at, NULL, channel, priority, team
FROM labelled_tickets
WHERE first_escalated_at IS NOT NULL
UNION ALL
SELECT 'tickets_abandoned', ended_at, NULL, channel, priority, team
FROM labelled_tickets
WHERE is_abandoned
UNION ALL
SELECT measure, moment, value, channel, CASE WHEN name NOT LIKE 'complaint%' THEN priority END, NULL
FROM measured_durations
JOIN labelled_tickets USING (ticket)
WHERE is_complaint OR name NOT LIKE 'complaint%'
UNION ALL
SELECT 'ticket_reassignments', moment, NULL, NULL, NULL, team
FROM reassignments
JOIN labelled_tickets USING (ticket)
UNION ALL
SELECT 'ticket_events_before_opening', moment, NULL, NULL, NULL, labelled_tickets.team
FROM timeline
JOIN labelled_tickets USING (ticket)
WHERE place < opening_place AND kind NOT IN ('deleted', 'restored')
UNION ALL
SELECT 'ticket_events_after_resolution', moment, NULL, NULL, NULL, team
FROM story
JOIN labelled_tickets USING (ticket)
WHERE move = 'pause' AND place > end_place;

CREATE TEMP TABLE contributions AS
SELECT * FROM ticket_contributions
UNION ALL BY NAME
SELECT 'tickets_opened_by_category' AS measure, created_at AS moment, category
FROM labelled_tickets
UNION ALL BY NAME
SELECT * FROM sla_contributions;
