#![allow(clippy::unwrap_used)]

use callwarden_core::Caps;

use super::*;
use crate::{World, WorldConfig, caller_of};

const PAUSE: CommandKind = CommandKind::PauseNumber;
const REDUCE: CommandKind = CommandKind::ReduceVolume(Caps { per_minute: 0, per_hour: 0, per_day: 50 });

struct Play {
    scorer: Scorer,
    labels: Vec<Label>,
    hot: Caller,
    healthy: Caller,
    /// Event times of each attempt, by number.
    placed: HashMap<Caller, Vec<EventTime>>,
}

/// A world of which everything was seen and nothing decided.
fn play() -> Play {
    let config = WorldConfig {
        numbers: 20,
        attempts_per_number: 500,
        labelled: 3,
        hot: 1,
        duplicates: 0.1,
        ..WorldConfig::default()
    };
    let world = World::new(config).unwrap();
    let truth = world.truth().clone();
    let special =
        |caller| truth.hot().contains(&caller) || truth.labelled().iter().any(|l| l.caller == caller);
    let healthy = (0..20).map(caller_of).find(|&caller| !special(caller)).unwrap();
    let mut scorer = Scorer::new(&truth);
    let mut placed: HashMap<_, Vec<_>> = HashMap::new();
    for attempt in world {
        scorer.attempt(&attempt);
        if attempt.report().is_first() {
            placed.entry(attempt.caller()).or_default().push(attempt.started_at());
        }
    }
    Play { scorer, labels: truth.labelled().to_vec(), hot: truth.hot()[0], healthy, placed }
}

#[test]
fn a_pause_after_the_label_catches_it_once() {
    let Play { mut scorer, labels, placed, .. } = play();
    let label = labels[0];
    let after: Vec<_> = placed[&label.caller].iter().copied().filter(|&at| at >= label.at).collect();
    scorer.decided(label.caller, REDUCE, after[9]);
    scorer.decided(label.caller, PAUSE, after[49]);
    scorer.decided(label.caller, PAUSE, after[79]);

    let score = scorer.score();
    let delay = |n: usize| Delay { attempts: n as u32 + 1, seconds: after[n].0 - label.at.0 };
    assert_eq!(score.labels[0], LabelScore { label, reduced: Some(delay(9)), paused: Some(delay(49)) });
    assert_eq!(score.caught().count(), 1);
    assert_eq!(score.missed().collect::<Vec<_>>(), labels[1..]);
    assert_eq!((score.accused.len(), score.healthy_reductions), (0, 0));
    assert_eq!(score.median_attempts(), Some(50));
    assert_eq!(score.median_seconds(), Some(delay(49).seconds));
}

#[test]
fn a_pause_without_or_before_a_label_is_an_accusation() {
    let Play { mut scorer, labels, healthy, hot, .. } = play();
    let label = labels[0];
    let early = EventTime(label.at.0 - 1);
    scorer.decided(healthy, PAUSE, label.at);
    scorer.decided(label.caller, PAUSE, early);
    scorer.decided(hot, PAUSE, label.at);

    let score = scorer.score();
    let accused = |caller, at, labelled_at| Accusation { caller, at, labelled_at };
    assert_eq!(
        score.accused,
        [
            accused(healthy, label.at, None),
            accused(label.caller, early, Some(label.at)),
            accused(hot, label.at, None)
        ]
    );
    assert_eq!(score.missed().count(), 3);
    assert_eq!(score.median_attempts(), None);
}

#[test]
fn reductions_are_told_apart_by_what_the_number_is() {
    let Play { mut scorer, labels, healthy, hot, .. } = play();
    let label = labels[0];
    scorer.decided(healthy, REDUCE, label.at);
    scorer.decided(label.caller, REDUCE, EventTime(label.at.0 - 1));
    scorer.decided(hot, REDUCE, label.at);
    scorer.decided(hot, REDUCE, EventTime(label.at.0 + 7_200));

    let score = scorer.score();
    assert_eq!((score.healthy_reductions, score.hot, score.hot_reduced), (2, 1, 1));
    assert_eq!(score.attempts, 20 * 500, "duplicates are not attempts");
    assert!(score.healthy_attempts < score.attempts);
    let rate = score.healthy_reductions_per_100k();
    assert_eq!(rate, 200_000.0 / score.healthy_attempts as f64);
}
