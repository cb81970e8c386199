-- From the distinct events of surveys to what counts of each: when it was first sent, and the answer that stands.
-- Tables that are there before: events (subject, kind, moment, sequence, tie, survey, scale, score, channel, team),
-- and chosen (ces_inverted). A moment is in microseconds.

CREATE TABLE in_order AS
SELECT
    *,
    row_number() OVER (PARTITION BY subject, kind ORDER BY moment, sequence, tie) AS place,
    row_number() OVER (PARTITION BY subject, kind ORDER BY moment DESC, sequence DESC, tie DESC) AS place_from_end
FROM events;

CREATE TABLE sent_surveys AS
SELECT subject, moment, survey, channel, team FROM in_order WHERE kind = 'sent' AND place = 1;

CREATE TABLE lowest_favourable (survey, scale, score);
INSERT INTO lowest_favourable VALUES
    ('csat', '1-3', 3),
    ('csat', '1-5', 4),
    ('csat', '1-7', 6),
    ('csat', '1-10', 8),
    ('csat', '0-10', 8),
    ('csat', 'good-bad', 1),
    ('nps', '0-10', 9),
    ('ces', '1-5', 4),
    ('ces', '1-7', 5);

CREATE TABLE highest_favourable_inverted (survey, scale, score);
INSERT INTO highest_favourable_inverted VALUES ('ces', '1-5', 2), ('ces', '1-7', 3);

CREATE TABLE answers AS
SELECT
    answer.moment,
    answer.survey,
    answer.scale,
    answer.score,
    coalesce(answer.channel, sent.channel, 'none') AS channel,
    coalesce(answer.team, sent.team, 'none') AS team,
    CASE
        WHEN chosen.ces_inverted AND inverted.score IS NOT NULL THEN answer.score <= inverted.score
        ELSE answer.score >= usual.score
    END AS is_favourable,
    answer.survey = 'nps' AND answer.score <= 6 AS is_detractor
FROM (SELECT * FROM in_order WHERE kind = 'responded' AND place_from_end = 1) AS answer
CROSS JOIN chosen
LEFT JOIN sent_surveys AS sent ON sent.subject = answer.subject
JOIN lowest_favourable AS usual ON usual.survey = answer.survey AND usual.scale = answer.scale
LEFT JOIN highest_favourable_inverted AS inverted
    ON inverted.survey = answer.survey AND inverted.scale = answer.scale;

CREATE TABLE contributions AS
SELECT
    'surveys_sent' AS measure,
    moment,
    survey,
    coalesce(channel, 'none') AS channel,
    coalesce(team, 'none') AS team,
    NULL AS scale,
    NULL AS score
FROM sent_surveys
UNION ALL
SELECT 'survey_responses', moment, survey, channel, team, NULL, NULL FROM answers
UNION ALL
SELECT 'survey_favourable', moment, survey, channel, team, NULL, NULL FROM answers WHERE is_favourable
UNION ALL
SELECT 'survey_detractors', moment, survey, channel, team, NULL, NULL FROM answers WHERE is_detractor
UNION ALL
SELECT 'survey_scores', moment, survey, NULL, NULL, scale, CAST(score AS TEXT) FROM answers;
