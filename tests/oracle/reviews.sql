-- From the distinct events of reviews to what counts of each.
-- Tables that are there before: events (number, conversation, reviewee, reviewer, kind, moment, sequence, rank, tie, team,
-- outcome), ratings (number, category, score, lowest, highest, weight, critical) of the events of that number, and
-- chosen (self_reviews). A moment is in microseconds; weighted_mean gives points.

CREATE TABLE ordered AS
SELECT
    *,
    row_number() OVER in_order AS place,
    max(kind = 'deleted') OVER (in_order ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS deleted_later
FROM events
WINDOW in_order AS (PARTITION BY conversation, reviewee, reviewer ORDER BY moment, sequence, rank, tie);

CREATE TABLE current AS
SELECT * FROM ordered WHERE kind <> 'deleted' AND NOT coalesce(deleted_later, 0);

CREATE TABLE latest AS
SELECT
    conversation,
    reviewee,
    reviewer,
    min(CASE WHEN kind = 'submitted' THEN moment END) AS submitted_at,
    max(CASE WHEN kind = 'submitted' THEN place END) AS submitted,
    min(CASE WHEN kind = 'disputed' THEN place END) AS first_disputed,
    max(CASE WHEN kind = 'disputed' THEN place END) AS disputed,
    max(CASE WHEN kind = 'dispute_settled' THEN place END) AS settled
FROM current
GROUP BY conversation, reviewee, reviewer;

CREATE TABLE standing AS
SELECT
    latest.*,
    submission.number,
    coalesce(submission.team, 'none') AS team,
    reviewee = reviewer AS of_oneself
FROM latest
JOIN current AS submission USING (conversation, reviewee, reviewer)
WHERE submission.place = latest.submitted;

CREATE TABLE counted AS
SELECT standing.* FROM standing, chosen WHERE NOT of_oneself OR self_reviews;

CREATE TABLE rated AS
SELECT number, category, score, lowest, highest, weight, critical AND 2 * (score - lowest) < highest - lowest AS fails
FROM ratings
WHERE score IS NOT NULL;

CREATE TABLE scored AS
SELECT
    counted.submitted_at AS moment,
    counted.team,
    max(rated.fails) AS failed,
    CASE
        WHEN max(rated.fails) THEN 0
        ELSE weighted_mean(rated.score, rated.lowest, rated.highest, rated.weight)
    END AS points
FROM counted
JOIN rated USING (number)
GROUP BY counted.number;

CREATE TABLE category_scored AS
SELECT
    counted.submitted_at AS moment,
    counted.team,
    rated.category AS scorecard_category,
    weighted_mean(rated.score, rated.lowest, rated.highest, 1) AS points
FROM counted
JOIN rated USING (number)
GROUP BY counted.number, rated.category;

CREATE TABLE contributions AS
SELECT 'reviews' AS measure, submitted_at AS moment, team, NULL AS scorecard_category, 1 AS amount FROM counted
UNION ALL
SELECT 'self_reviews', submitted_at, team, NULL, 1 FROM standing WHERE of_oneself
UNION ALL
SELECT 'reviews_scored', moment, team, NULL, 1 FROM scored WHERE points IS NOT NULL
UNION ALL
SELECT 'review_points', moment, team, NULL, points FROM scored WHERE points IS NOT NULL
UNION ALL
SELECT 'review_points_possible', moment, team, NULL, 1000000 FROM scored WHERE points IS NOT NULL
UNION ALL
SELECT 'reviews_failed', moment, team, NULL, 1 FROM scored WHERE failed
UNION ALL
SELECT 'review_ratings', moment, team, scorecard_category, 1 FROM category_scored
UNION ALL
SELECT 'review_rating_points', moment, team, scorecard_category, points FROM category_scored
UNION ALL
SELECT 'review_rating_points_possible', moment, team, scorecard_category, 1000000 FROM category_scored
UNION ALL
SELECT 'reviews_disputed', dispute.moment, counted.team, NULL, 1
FROM counted
JOIN current AS dispute USING (conversation, reviewee, reviewer)
WHERE dispute.place = counted.disputed
UNION ALL
SELECT 'review_disputes_' || settlement.outcome, settlement.moment, counted.team, NULL, 1
FROM counted
JOIN current AS settlement USING (conversation, reviewee, reviewer)
WHERE settlement.place = counted.settled AND counted.settled > counted.first_disputed;

CREATE TABLE in_dispute AS
SELECT number FROM counted WHERE disputed > coalesce(settled, 0);

CREATE TABLE without_submission AS
SELECT conversation
FROM events
GROUP BY conversation, reviewee, reviewer
HAVING NOT max(kind IN ('submitted', 'deleted'));
