//! A mixture Shiryaev-Roberts e-detector for a fall of a Bernoulli probability.
//!
//! Trial t has the outcome y and, before it, the cautious probability p. With odds ratios theta_k below 1:
//!
//! ```text
//! L_k = [theta_k if y else 1] / (1 - p + theta_k * p)
//! M_k <- (1 + M_k) * L_k
//! R   =  sum_k M_k / 4
//! W   <- max(0, W + ln L_.70)       its last zero is the estimated start of the fall
//! ```
//!
//! `E[L_k | past] <= 1` for every true probability of at least p, so `R_t - t` is a supermartingale and the mean number
//! of trials until `R >= A` is at least A. Sources: Shiryaev 1963, Roberts 1966; Shin, Ramdas, Rinaldo, "E-detectors" (2022);
//! Steiner et al. 2000 for the risk-adjusted ratio.

/// The odds ratios mixed, each with weight 1/4.
pub(crate) const THETAS: [f64; 4] = [0.25, 0.40, 0.55, 0.70];

/// `ln 0.70`.
const LN_070: f64 = -0.356_674_943_938_732_4;

/// The recursion's memory.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mixture {
    /// `M_k`, each at least 0.
    pub m: [f32; 4],
    /// `W`, at least 0.
    pub w: f32,
}

impl Mixture {
    /// Takes one trial; returns whether `W` fell to zero, so that the fall, if any, starts after it.
    ///
    /// `p` is in (0, 1).
    pub(crate) fn take(&mut self, p: f64, y: bool) -> bool {
        for (m, theta) in self.m.iter_mut().zip(THETAS) {
            let numerator = if y { theta } else { 1.0 };
            let ratio = numerator / (1.0 - p + theta * p);
            // A float of 32 bits ends at 3e38; the host's highest threshold is 1e12, so saturation changes nothing.
            *m = ((1.0 + f64::from(*m)) * ratio).min(1e30) as f32;
        }
        let step = if y { LN_070 } else { 0.0 } - libm::log(1.0 - p + THETAS[3] * p);
        self.w = (f64::from(self.w) + step).clamp(0.0, 1e6) as f32;
        self.w == 0.0
    }

    /// `R`.
    pub(crate) fn statistic(&self) -> f64 {
        self.m.iter().map(|&m| f64::from(m)).sum::<f64>() / 4.0
    }
}

#[cfg(test)]
mod tests;
