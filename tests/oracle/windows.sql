-- The contributions of each window, as sums by label values and as distributions.

CREATE TEMP TABLE placed AS
SELECT windows.name AS time_window, contributions.*
FROM contributions
CROSS JOIN windows
WHERE windows.pane IS NULL
    OR contributions.moment // windows.pane BETWEEN windows.first_pane AND windows.last_pane;

CREATE TEMP TABLE parts AS
SELECT
    time_window,
    measure,
    channel,
    priority,
    team,
    category,
    policy,
    sla,
    count(*) AS amount,
    sum(value) AS total
FROM placed
GROUP BY ALL;

-- The k-th smallest of n values with k = ceil(q * n), in whole numbers so that no rounding moves k.
CREATE TEMP TABLE distributions AS
WITH sorted AS (
    SELECT time_window, measure, count(*) AS amount, sum(value) AS total, list_sort(list(value)) AS smallest
    FROM placed
    WHERE value IS NOT NULL
    GROUP BY time_window, measure
)
SELECT
    time_window,
    measure,
    amount,
    total,
    smallest[(50 * amount + 99) // 100] AS p50,
    smallest[(90 * amount + 99) // 100] AS p90,
    smallest[(95 * amount + 99) // 100] AS p95,
    smallest[(99 * amount + 99) // 100] AS p99
FROM sorted;
