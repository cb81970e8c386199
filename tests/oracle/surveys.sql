-- What each survey contributes: when it was first sent and the answer that stands.

CREATE TEMP TABLE survey_events AS
SELECT
    subject,
    split_part(type, '.', 3) AS kind,
    row_number() OVER (PARTITION BY subject, type ORDER BY moment, sequence, tie) AS place,
    row_number() OVER (PARTITION BY subject, type ORDER BY moment DESC, sequence DESC, tie DESC) AS place_from_end,
    moment,
    data ->> '$.survey' AS survey,
    data ->> '$.scale' AS scale,
    CAST(data ->> '$.score' AS INTEGER) AS score,
    data ->> '$.channel' AS channel,
    data ->> '$.team' AS team
FROM distinct_events
WHERE type LIKE 'helpdesk.survey.%';

CREATE TEMP TABLE sent_surveys AS
SELECT subject, moment, survey, channel, team
FROM survey_events
WHERE kind = 'sent' AND place = 1;

CREATE TEMP TABLE lowest_favourable (survey VARCHAR, scale VARCHAR, score INTEGER);
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

CREATE TEMP TABLE highest_favourable_inverted (survey VARCHAR, scale VARCHAR, score INTEGER);
INSERT INTO highest_favourable_inverted VALUES ('ces', '1-5', 2), ('ces', '1-7', 3);

CREATE TEMP TABLE answers_of_surveys AS
SELECT
    answer.moment,
    answer.survey,
    answer.scale,
    answer.score,
    coalesce(answer.channel, sent.channel) AS channel,
    coalesce(answer.team, sent.team) AS team,
    CASE
        WHEN settings.ces_inverted AND inverted.score IS NOT NULL THEN answer.score <= inverted.score
        ELSE answer.score >= usual.score
    END AS is_favourable,
    answer.survey = 'nps' AND answer.score <= 6 AS is_detractor
FROM (SELECT * FROM survey_events WHERE kind = 'responded' AND place_from_end = 1) AS answer
CROSS JOIN settings
LEFT JOIN sent_surveys AS sent USING (subject)
JOIN lowest_favourable AS usual ON usual.survey = answer.survey AND usual.scale = answer.scale
LEFT JOIN highest_favourable_inverted AS inverted
    ON inverted.survey = answer.survey AND inverted.scale = answer.scale;
