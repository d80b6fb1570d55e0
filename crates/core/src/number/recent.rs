//! The last attempts of a number: by them duplicates are known, and amendments find what they amend.
//!
//! Twelve bytes each. Of an attempt's 64-bit hash 40 bits are kept: two different attempts among a number's last 32 are
//! taken for one about once in 34 billion attempts (32 / 2^40), and then one attempt is not counted.

use crate::id::AttemptId;
use crate::input::Attempt;
use crate::outcome::{Answer, Outcome};
use crate::time::EventTime;

/// Attempts remembered of each number.
pub const RECENT_MAX: usize = 32;

/// 40 bits of an attempt's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShortId {
    low: u32,
    high: u8,
}

impl ShortId {
    const fn of(AttemptId(hash): AttemptId) -> Self {
        Self { low: hash as u32, high: (hash >> 32) as u8 }
    }
}

/// An attempt as it was last reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecentAttempt {
    pub(crate) id: ShortId,
    pub(crate) started_at: EventTime,
    facts: Facts,
}

/// Outcome and finality in 24 bits: talk seconds (17), then one bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Facts(u32);

const TALK_BITS: u32 = 17;
const SEIZED: u32 = 1 << 17;
const SHORT: u32 = 1 << 18;
const BLOCKED: u32 = 1 << 19;
const FINAL: u32 = 1 << 20;
const ANSWER_SHIFT: u32 = 21;

const _: () = assert!(Outcome::TALK_MAX < 1 << TALK_BITS);

impl RecentAttempt {
    pub(crate) fn of(attempt: &Attempt) -> Self {
        let Outcome { seized, answer, short, blocked, talk_seconds } = attempt.outcome;
        let flag = |on: bool, bit: u32| if on { bit } else { 0 };
        let answer: u32 = match answer {
            None => 0,
            Some(Answer::Human) => 1,
            Some(Answer::Machine) => 2,
            Some(Answer::Unknown) => 3,
        };
        let facts = talk_seconds.min(Outcome::TALK_MAX)
            | flag(seized, SEIZED)
            | flag(short, SHORT)
            | flag(blocked, BLOCKED)
            | flag(attempt.is_final, FINAL)
            | answer << ANSWER_SHIFT;
        Self { id: ShortId::of(attempt.id), started_at: attempt.started_at, facts: Facts(facts) }
    }

    /// The same report, placed at `started_at`.
    pub(crate) const fn starting(self, started_at: EventTime) -> Self {
        Self { started_at, ..self }
    }

    pub(crate) const fn answer(&self) -> Option<Answer> {
        match self.facts.0 >> ANSWER_SHIFT & 3 {
            0 => None,
            1 => Some(Answer::Human),
            2 => Some(Answer::Machine),
            _ => Some(Answer::Unknown),
        }
    }

    const fn has(&self, bit: u32) -> bool {
        self.facts.0 & bit != 0
    }

    pub(crate) const fn seized(&self) -> bool {
        self.has(SEIZED)
    }

    pub(crate) const fn short(&self) -> bool {
        self.has(SHORT)
    }

    pub(crate) const fn blocked(&self) -> bool {
        self.has(BLOCKED)
    }

    pub(crate) const fn is_final(&self) -> bool {
        self.has(FINAL)
    }

    pub(crate) const fn talk_seconds(&self) -> u32 {
        self.facts.0 & ((1 << TALK_BITS) - 1)
    }
}

/// The last [`RECENT_MAX`] attempts, in order of arrival.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    /// Packed: id low, start, facts and id high.
    ring: Vec<[u32; 3]>,
    /// Where the oldest is, once the ring is full.
    oldest: u8,
}

impl Recent {
    pub(crate) fn touch(&self) -> u32 {
        self.ring.first().map_or(0, |packed| packed[0]) ^ self.ring.last().map_or(0, |packed| packed[0])
    }
}

impl PartialEq for Recent {
    /// The same attempts in the same order, wherever the ring begins.
    fn eq(&self, other: &Self) -> bool {
        self.packed().eq(other.packed())
    }
}

impl Recent {
    /// The attempts, oldest first, in their stored form.
    pub fn packed(&self) -> impl ExactSizeIterator<Item = [u32; 3]> + '_ {
        let from = self.oldest as usize;
        let len = self.ring.len();
        (0..len).map(move |i| self.ring[(from + i) % len])
    }

    /// From their stored form, oldest first; `None` if there are too many.
    pub fn from_packed(ring: Vec<[u32; 3]>) -> Option<Self> {
        (ring.len() <= RECENT_MAX).then_some(Self { ring, oldest: 0 })
    }

    pub(crate) fn find(&self, id: ShortId) -> Option<RecentAttempt> {
        self.position(id).map(|at| unpack(self.ring[at]))
    }

    pub(crate) fn push(&mut self, attempt: RecentAttempt) {
        if self.ring.len() < RECENT_MAX {
            if self.ring.len() == self.ring.capacity() {
                // Steps of eight: most numbers of a large fleet make few attempts, and doubling would waste half.
                self.ring.reserve_exact(8);
            }
            self.ring.push(pack(attempt));
        } else {
            self.ring[self.oldest as usize] = pack(attempt);
            self.oldest = (self.oldest + 1) % RECENT_MAX as u8;
        }
    }

    pub(crate) fn replace(&mut self, id: ShortId, attempt: RecentAttempt) {
        if let Some(at) = self.position(id) {
            self.ring[at] = pack(attempt);
        }
    }

    fn position(&self, id: ShortId) -> Option<usize> {
        self.ring.iter().position(|cell| cell[0] == id.low && (cell[2] >> 24) as u8 == id.high)
    }
}

const fn pack(attempt: RecentAttempt) -> [u32; 3] {
    [attempt.id.low, attempt.started_at.0, attempt.facts.0 | (attempt.id.high as u32) << 24]
}

const fn unpack([low, start, rest]: [u32; 3]) -> RecentAttempt {
    RecentAttempt {
        id: ShortId { low, high: (rest >> 24) as u8 },
        started_at: EventTime(start),
        facts: Facts(rest & 0x00ff_ffff),
    }
}
