use super::*;

fn refused(change: impl FnOnce(&mut Policy)) -> Option<BadPolicy> {
    let mut policy = Policy::default();
    change(&mut policy);
    policy.validate().err()
}

#[test]
fn the_default_contradicts_nothing() {
    assert_eq!(refused(|_| ()), None);
    assert_eq!(Policy::default().mode, Mode::Observe);
}

#[test]
fn contradictions_are_refused() {
    let bad = Some(BadPolicy::Thresholds);
    assert_eq!(refused(|policy| policy.detector.watch = 0.5), bad);
    assert_eq!(refused(|policy| policy.detector.watch = f64::NAN), bad);
    assert_eq!(refused(|policy| policy.detector.reduce = 1e4), bad);
    assert_eq!(refused(|policy| policy.detector.pause = 1e5), bad);
    assert_eq!(refused(|policy| policy.detector.pause = 1.1e12), bad);
    assert_eq!(refused(|policy| policy.detector.pause = f64::INFINITY), bad);
    for share in [0.0, -0.1, 1.01, f64::NAN] {
        assert_eq!(refused(|policy| policy.detector.reduce_to = share), Some(BadPolicy::ReduceTo), "{share}");
    }
    let bad = Some(BadPolicy::Limits);
    assert_eq!(refused(|policy| policy.numbers_max = 0), bad);
    assert_eq!(refused(|policy| policy.fleets_max = 0), bad);
    assert_eq!(refused(|policy| policy.fleets_max = 16_385), bad);
    assert_eq!(refused(|policy| policy.fleets_max = 16_384), None);
    let bad = Some(BadPolicy::Expiry);
    assert_eq!(refused(|policy| policy.detector.pause_for = Seconds(0)), bad);
    assert_eq!(refused(|policy| policy.detector.reduce_for = Seconds(0)), bad);
    assert_eq!(refused(|policy| policy.caps_reduce_for = Seconds(0)), bad);
}
