//! Random words, and what is made of them.
//!
//! Conversions are written out here rather than taken from a library: a library may improve its own, and every stream
//! would change with it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// Independent streams of one seed.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    /// What the numbers are like.
    Fleet = 0,
    /// Which numbers are labelled or too fast, and when. Apart, so that a label moves nothing else.
    Labels = 1,
    /// What becomes of the calls.
    Calls = 2,
    /// What goes wrong with the records.
    Faults = 3,
}

pub(crate) struct Draw(ChaCha8Rng);

impl Draw {
    pub(crate) fn new(seed: u64, stream: Stream) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream as u64);
        Self(rng)
    }

    pub(crate) fn word(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// In (0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        unit(self.word())
    }

    /// One of `0..below`, evenly but for one part in `2^32 / below`.
    pub(crate) fn below(&mut self, below: u32) -> u32 {
        below_of(self.word(), below)
    }

    /// Standard normal (Box and Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.unit()));
        radius * libm::cos(core::f64::consts::TAU * self.unit())
    }
}

/// In (0, 1).
pub(crate) fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) * (1.0 / 4_294_967_296.0)
}

/// Between the ends.
pub(crate) fn between(word: u32, from: u32, to: u32) -> u32 {
    from + below_of(word, to - from + 1)
}

/// Exponential, mean 1.
pub(crate) fn exponential(word: u32) -> f64 {
    -libm::log(unit(word))
}

fn below_of(word: u32, below: u32) -> u32 {
    ((u64::from(word) * u64::from(below)) >> 32) as u32
}

/// A word that looks random and differs whenever `value` does: the finaliser of SplitMix64, which is a bijection.
pub(crate) const fn mix(value: u64) -> u64 {
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}
