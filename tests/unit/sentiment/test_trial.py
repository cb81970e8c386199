from __future__ import annotations

from stream.sentiment.training import Labelled, digest_of
from stream.sentiment.trial import Trial, held_out


def test_a_trial_tells_accuracy_the_most_frequent_sentiment_and_the_net_of_both() -> None:
    trial = Trial(
        {
            ("positive", "positive"): 3,
            ("positive", "neutral"): 1,
            ("negative", "negative"): 2,
            ("neutral", "negative"): 2,
        }
    )

    assert trial.messages == 8
    assert trial.accuracy == 5 / 8
    assert trial.majority == ("positive", 4 / 8)
    assert trial.net == (2 / 8, -1 / 8)


def test_texts_that_look_the_same_are_never_in_training_and_trial_at_once() -> None:
    # Were one of the two in the training, it would be known by heart.
    messages = [Labelled(f"{letter * 9}{end}", "positive") for letter in "abcdefghij" for end in ("", " ")]
    messages += [Labelled(f"{letter * 9}{end}", "negative") for letter in "klmnopqrst" for end in ("", "  ")]

    counts = held_out(messages, 1).counts

    assert sum(counts.values()) == len(messages)
    assert all(not count % 2 for count in counts.values())


def test_the_digest_of_texts_tells_labels_texts_and_their_order_apart() -> None:
    one, other = Labelled("a", "positive"), Labelled("b", "negative")

    digests = [digest_of(texts) for texts in ([one, other], [other, one], [one], [Labelled("a", "negative")])]

    assert len(set(digests)) == len(digests)
