-- From the distinct events of mentions to what counts of each.
-- A table that is there before: events (mention, kind, moment, sequence, tie, sentiment, estimate, channel, category),
-- where the estimate is what a model makes of a text that came without a sentiment. A moment is in microseconds.

CREATE TABLE latest AS
SELECT *, row_number() OVER (PARTITION BY mention, kind ORDER BY moment DESC, sequence DESC, tie DESC) AS place
FROM events;

CREATE TABLE posted AS
SELECT
    events.mention,
    min(events.moment) AS moment,
    coalesce(posting.channel, 'none') AS channel,
    coalesce(posting.category, 'none') AS category,
    coalesce(labelling.sentiment, posting.sentiment, posting.estimate, 'unlabelled') AS sentiment,
    CASE
        WHEN coalesce(labelling.sentiment, posting.sentiment) IS NULL AND posting.estimate IS NOT NULL THEN 'yes'
        ELSE 'no'
    END AS estimated
FROM events
JOIN latest AS posting ON posting.mention = events.mention AND posting.kind = 'posted' AND posting.place = 1
LEFT JOIN latest AS labelling
    ON labelling.mention = events.mention AND labelling.kind = 'labelled' AND labelling.place = 1
WHERE events.kind = 'posted' AND events.mention NOT IN (SELECT mention FROM events WHERE kind = 'deleted')
GROUP BY events.mention;

CREATE TABLE contributions AS
SELECT 'mentions' AS measure, moment, channel, category, sentiment, estimated FROM posted
UNION ALL
SELECT 'mentions_with_sentiment', moment, channel, category, NULL, NULL FROM posted WHERE sentiment <> 'unlabelled'
UNION ALL
SELECT 'mentions_' || sentiment, moment, channel, category, NULL, NULL FROM posted WHERE sentiment <> 'unlabelled'
UNION ALL
SELECT 'mentions_estimated', moment, channel, category, NULL, NULL FROM posted WHERE estimated = 'yes';

CREATE TABLE without_posting AS
SELECT mention FROM events GROUP BY mention HAVING max(kind = 'labelled') AND NOT max(kind IN ('posted', 'deleted'));
