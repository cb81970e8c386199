-- Customers. `events` has one row for each distinct event: customer, kind, rank (which decides between events of one
-- time and sequence), moment (microseconds), sequence, tie, name (source, subscription, currency, interaction, stage or
-- kind of spend), number (amount, or when the service ends), other (who referred, or the currency of an expense),
-- first_day and last_day (days since 1970). `rules` has now, after_purchase, funnel_within and cut_off, `lengths` the
-- windows with their lengths, panes and the first and last pane covered.

CREATE TABLE ordered AS
SELECT *, row_number() OVER (PARTITION BY customer ORDER BY moment, sequence, rank, tie) AS place FROM events;

-- A subscription that is started again after its service has ended is another service.
CREATE TABLE subscription_events AS
WITH said AS (
    SELECT *, kind = 'subscription_started' AS starts, coalesce(number, moment) AS ends_at FROM ordered
    WHERE kind IN ('subscription_started', 'subscription_ended')
), marked AS (
    SELECT *,
        lag(starts) OVER timeline AS follows_start,
        lag(ends_at) OVER timeline AS ended_at,
        sum(starts) OVER (PARTITION BY customer, name ORDER BY place ROWS UNBOUNDED PRECEDING) AS starts_so_far
    FROM said WINDOW timeline AS (PARTITION BY customer, name ORDER BY place)
)
SELECT *,
    sum(starts AND (starts_so_far = 1 OR (NOT follows_start AND ended_at < moment)))
        OVER (PARTITION BY customer, name ORDER BY place ROWS UNBOUNDED PRECEDING) AS service
FROM marked;

CREATE TABLE services AS
WITH last_said AS (
    SELECT *, row_number() OVER (PARTITION BY customer, name, service ORDER BY place DESC) AS from_last
    FROM subscription_events WHERE service > 0
), bounds AS (
    SELECT customer, name, service, min(moment) FILTER (WHERE starts) AS begins,
        max(CASE WHEN from_last = 1 THEN CASE WHEN starts THEN 4000000000000000000 ELSE ends_at END END) AS ends
    FROM last_said GROUP BY customer, name, service
)
SELECT customer, begins, max(begins, ends) AS ends FROM bounds;

INSERT INTO services
SELECT customer, moment, moment + after_purchase FROM ordered, rules
WHERE kind = 'purchased' AND number >= 0 AND customer NOT IN (SELECT customer FROM services);

-- Who begins counts from the next microsecond on, who leaves up to the last one: begins < moment <= ends.
CREATE TABLE activity AS
WITH reaching AS (
    SELECT *, max(ends) OVER (
        PARTITION BY customer ORDER BY begins, ends ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached FROM services WHERE ends > begins
), grouped AS (
    SELECT *, sum(reached IS NULL OR begins > reached)
        OVER (PARTITION BY customer ORDER BY begins, ends ROWS UNBOUNDED PRECEDING) AS island
    FROM reaching
)
SELECT customer, min(begins) + 1 AS since, max(ends) + 1 AS until FROM grouped GROUP BY customer, island;

CREATE TABLE firsts AS SELECT customer, min(begins) AS first FROM services GROUP BY customer;

CREATE TABLE levels AS
WITH standing AS (
    SELECT w.name AS time_window, f.customer, f.first,
        f.first >= now - length AND f.first < now AS is_new,
        EXISTS (SELECT 1 FROM activity a WHERE a.customer = f.customer AND since <= now AND now < until) AS is_now,
        EXISTS (
            SELECT 1 FROM activity a
            WHERE a.customer = f.customer AND since <= now - length AND now - length < until
        ) AS was
    FROM firsts f, lengths w, rules
), seen AS (
    SELECT DISTINCT w.name AS time_window, customer FROM ordered, lengths w
    WHERE kind = 'interacted' AND moment / pane BETWEEN first_pane AND last_pane
)
SELECT time_window, 'customers_kept' AS stock, sum(was AND is_now) AS level FROM standing GROUP BY time_window
UNION ALL SELECT time_window, 'customers_lost', sum(was AND NOT is_now) FROM standing GROUP BY time_window
UNION ALL SELECT time_window, 'customers_new', sum(is_new) FROM standing GROUP BY time_window
UNION ALL SELECT time_window, 'customers_returned', sum(is_now AND NOT was AND NOT is_new) FROM standing GROUP BY 1
UNION ALL SELECT time_window, 'customers_seen', count(*) FROM seen GROUP BY time_window
UNION ALL SELECT time_window, 'customers_active_seen', count(*) FROM seen JOIN standing USING (time_window, customer)
    WHERE is_now GROUP BY time_window;

-- The stages of the journey; a stage is the furthest one until the next entry, or until nothing was heard for long.
CREATE TABLE stages AS
SELECT *,
    row_number() OVER timeline AS step,
    max(stage) OVER (PARTITION BY customer ORDER BY place ROWS UNBOUNDED PRECEDING) AS furthest,
    lead(moment) OVER timeline AS next_moment,
    lag(stage) OVER timeline AS stage_before
FROM ordered WHERE kind = 'stage_entered' WINDOW timeline AS (PARTITION BY customer ORDER BY place);

CREATE TABLE spans AS
SELECT 'customers_active' AS stock, NULL AS journey_stage, since, until FROM activity
UNION ALL
SELECT 'customers_in_stage', furthest, moment, min(coalesce(next_moment, moment + cut_off), moment + cut_off)
FROM stages, rules;

CREATE TABLE first_entries AS
SELECT customer, stage, moment FROM (
    SELECT *, row_number() OVER (PARTITION BY customer, stage ORDER BY place) AS nth FROM stages
) WHERE nth = 1;

CREATE TABLE stage_times AS
SELECT stage, next_at AS moment, next_at - moment AS span FROM (
    SELECT *, lead(moment) OVER (PARTITION BY customer ORDER BY stage) AS next_at FROM first_entries
) WHERE next_at IS NOT NULL;

CREATE TABLE funnel AS
WITH RECURSIVE reached (customer, entered_at, entry, stage, step) AS (
    SELECT customer, moment, stage, stage, step FROM stages WHERE step = 1
    UNION ALL
    SELECT r.customer, entered_at, entry, r.stage + 1, (
        SELECT min(s.step) FROM stages s, rules
        WHERE s.customer = r.customer AND s.stage = r.stage + 1 AND s.step > r.step
            AND s.moment <= entered_at + funnel_within
    )
    FROM reached r WHERE r.step IS NOT NULL AND r.stage < 4
)
SELECT * FROM reached WHERE step IS NOT NULL;

CREATE TABLE expenses AS
WITH latest AS (
    SELECT *, row_number() OVER (PARTITION BY customer ORDER BY place DESC) AS from_last FROM ordered
    WHERE kind = 'spent'
)
SELECT name AS spend, other AS currency, number AS amount, first_day, last_day - first_day + 1 AS days
FROM latest WHERE from_last = 1;

CREATE TABLE acquisitions AS
WITH acquired AS (
    SELECT *, row_number() OVER (PARTITION BY customer ORDER BY place) AS nth FROM ordered WHERE kind = 'acquired'
)
SELECT customer, moment, coalesce(name, 'none') AS channel, other IS NOT NULL AS is_referred FROM acquired WHERE nth = 1
UNION ALL
SELECT customer, first, 'none', 0 FROM firsts WHERE customer NOT IN (SELECT customer FROM acquired);

-- What counts, each with its moment: `amount` is how much, `span` a duration.
CREATE TABLE contributions (
    measure, moment, amount, span, channel, currency, spend, interaction, previous_stage, journey_stage
);
INSERT INTO contributions (measure, moment, amount, channel)
SELECT 'customers_acquired', moment, 1, channel FROM acquisitions
UNION ALL SELECT 'customers_referred', moment, 1, channel FROM acquisitions WHERE is_referred;
INSERT INTO contributions (measure, moment, amount, currency)
SELECT 'customer_purchases', moment, 1, name FROM ordered WHERE kind = 'purchased' AND number >= 0
UNION ALL SELECT 'revenue_minor_units', moment, number, name FROM ordered WHERE kind = 'purchased';
-- Up to the end of each day, the whole units of the amount that are spent by then, rounded down. Days to come are none yet.
INSERT INTO contributions (measure, moment, amount, currency, spend)
WITH RECURSIVE counted (spend, currency, amount, first_day, days, day) AS (
    SELECT spend, currency, amount, first_day, days, 1 FROM expenses
    UNION ALL SELECT spend, currency, amount, first_day, days, day + 1 FROM counted WHERE day < days
), until AS (
    SELECT *,
        (amount * day - ((amount * day) % days + days) % days) / days AS spent,
        (amount * (day - 1) - ((amount * (day - 1)) % days + days) % days) / days AS spent_before
    FROM counted
)
SELECT 'spend_minor_units', (first_day + day - 1) * 86400000000, spent - spent_before, currency, spend
FROM until, rules WHERE (first_day + day - 1) * 86400000000 <= now;
INSERT INTO contributions (measure, moment, amount, interaction)
SELECT 'customer_interactions', moment, 1, name FROM ordered WHERE kind = 'interacted';
INSERT INTO contributions (measure, moment, amount)
SELECT 'customers_seen_daily', min(moment), 1 FROM ordered WHERE kind = 'interacted'
GROUP BY customer, moment / 86400000000;
INSERT INTO contributions (measure, moment, amount, previous_stage, journey_stage)
SELECT 'journey_transitions', moment, 1, stage_before, stage FROM stages WHERE stage_before <> stage;
INSERT INTO contributions (measure, moment, amount, span, journey_stage)
SELECT 'journey_entries', moment, 1, NULL, stage FROM first_entries
UNION ALL SELECT 'journey_stage_seconds', moment, 1, span, stage FROM stage_times WHERE span >= 0
UNION ALL SELECT 'journey_stage_times_negative', moment, 1, NULL, stage FROM stage_times WHERE span < 0
UNION ALL SELECT 'journey_funnel_entered', entered_at, 1, NULL, stage FROM funnel WHERE stage = entry
UNION ALL SELECT 'journey_funnel_reached', entered_at, 1, NULL, stage FROM funnel WHERE stage > entry
UNION ALL SELECT 'journey_funnel_previous', entered_at, 1, NULL, stage + 1 FROM funnel WHERE stage < 4
UNION ALL SELECT 'journey_funnel_reached_from_first', entered_at, 1, NULL, stage FROM funnel
    WHERE stage > 0 AND entry = 0
UNION ALL SELECT 'journey_funnel_first', entered_at, 1, NULL, further.column1 FROM funnel, (VALUES (1), (2), (3), (4)) AS further
    WHERE stage = 0 AND entry = 0;
