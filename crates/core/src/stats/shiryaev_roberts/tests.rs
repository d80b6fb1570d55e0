use proptest::prelude::*;

use super::*;

/// The recursion as it is written down, in 64 bits.
#[derive(Default)]
struct Plain {
    m: [f64; 4],
    w: f64,
}

impl Plain {
    fn take(&mut self, p: f64, y: bool) {
        for (m, theta) in self.m.iter_mut().zip([0.25, 0.40, 0.55, 0.70]) {
            *m = (1.0 + *m) * likelihood_ratio(theta, p, y);
        }
        self.w = (self.w + libm::log(likelihood_ratio(0.70, p, y))).max(0.0);
    }

    fn statistic(&self) -> f64 {
        self.m.iter().sum::<f64>() / 4.0
    }
}

fn likelihood_ratio(theta: f64, p: f64, y: bool) -> f64 {
    (if y { theta } else { 1.0 }) / (1.0 - p + theta * p)
}

fn near(a: f64, b: f64, relative: f64) -> bool {
    (a - b).abs() <= relative * a.abs().max(b.abs())
}

proptest! {
    #[test]
    fn agrees_with_the_recursion_in_64_bits(
        trials in prop::collection::vec((1e-6..0.999_999_f64, 0.0..1.0_f64), 1..600),
        scale in prop_oneof![Just(1.0), Just(0.2), Just(0.01)],
        fall in 0.0..1.0_f64,
    ) {
        let (mut mixture, mut plain) = (Mixture::default(), Plain::default());
        for (p, u) in trials {
            let p = (p * scale).max(1e-6);
            let y = u < fall * p;
            let at_zero = mixture.take(p, y);
            plain.take(p, y);
            if plain.m.iter().any(|&m| m > 1e20) {
                break;
            }
            let (r, plain_r) = (mixture.statistic(), plain.statistic());
            prop_assert!(near(r, plain_r, 1e-5), "R {r}, plain {plain_r}");
            prop_assert!((f64::from(mixture.w) - plain.w).abs() <= 1e-5 * plain.w.max(1.0), "W {} {}", mixture.w, plain.w);
            prop_assert_eq!(at_zero, mixture.w == 0.0);
        }
    }

    /// A false alarm has a price because a trial that is no worse than expected does not add evidence on the mean.
    #[test]
    fn expects_no_evidence_from_a_number_as_good_as_expected(p in 1e-6..0.999_999_f64, better in 0.0..1.0_f64) {
        let ratios = |y: bool| {
            let mut mixture = Mixture::default();
            mixture.take(p, y);
            mixture.m.map(f64::from)
        };
        let (answered, unanswered) = (ratios(true), ratios(false));
        for k in 0..THETAS.len() {
            let mean_at = |q: f64| q * answered[k] + (1.0 - q) * unanswered[k];
            prop_assert!(near(mean_at(p), 1.0, 1e-6), "theta {}: {}", THETAS[k], mean_at(p));
            prop_assert!(mean_at(p + better * (1.0 - p)) <= 1.0 + 1e-6);
            prop_assert!(mean_at(p * better) >= 1.0 - 1e-6);
        }
    }
}

#[test]
fn stays_a_number_whatever_comes() {
    let ends = [1e-6, 1e-3, 0.12, 0.5, 0.999, 1.0 - 1e-6, f64::MIN_POSITIVE, 1.0 - f64::EPSILON];
    let patterns: [fn(u32) -> bool; 4] = [|_| false, |_| true, |n| n % 2 == 0, |n| n / 1_000 % 2 == 0];
    for p in ends {
        for answered in patterns {
            let mut mixture = Mixture::default();
            for n in 0..1_000_000 {
                mixture.take(p, answered(n));
            }
            assert!(mixture.m.iter().all(|m| m.is_finite() && *m >= 0.0), "p {p}: {mixture:?}");
            assert!(mixture.w.is_finite() && mixture.w >= 0.0, "p {p}: {mixture:?}");
            assert!(mixture.statistic().is_finite());
        }
    }
}

#[test]
fn saturation_is_left_again() {
    let mut mixture = Mixture::default();
    for _ in 0..1_000_000 {
        mixture.take(0.5, false);
    }
    assert!(mixture.statistic() > 1e12);
    for _ in 0..1_000_000 {
        mixture.take(0.12, true);
    }
    assert!(mixture.statistic() < 2.0 && mixture.w == 0.0, "{mixture:?}");
}

#[test]
fn a_silent_number_is_found_and_an_answered_one_is_not() {
    let trials_until = |answered_every: u32, threshold: f64| {
        let mut mixture = Mixture::default();
        (1..=3_000).find(|n| {
            mixture.take(0.12, n % answered_every == 0);
            mixture.statistic() >= threshold
        })
    };
    assert_eq!(trials_until(8, 1e4), None, "answered at 12.5 %");
    let silent = trials_until(u32::MAX, 1e6).expect("found");
    // ln(1e6) over ln(1 / (1 - 0.75 * 0.12)), a few less for the sum.
    assert!((110..150).contains(&silent), "{silent}");
}

/// The threshold is the budget: at the probability that is expected, the mean number of trials until R >= A is at least A.
#[test]
fn false_alarms_keep_their_distance() {
    const A: f64 = 1_000.0;
    const RUNS: u64 = 400;
    let mut state = 20_260_105_u64;
    let mut unit = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut trials = 0_u64;
    for _ in 0..RUNS {
        let mut mixture = Mixture::default();
        while mixture.statistic() < A {
            mixture.take(0.12, unit() < 0.12);
            trials += 1;
        }
    }
    let mean = trials as f64 / RUNS as f64;
    assert!((A..3.0 * A).contains(&mean), "mean distance of false alarms: {mean}");
}
