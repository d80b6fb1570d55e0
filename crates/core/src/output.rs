//! What the core decides.

use crate::id::{AttemptId, Caller, Fleet};
use crate::policy::{Caps, Mode};
use crate::time::EventTime;

/// Commands of the steps since it was last drained, in their order.
#[derive(Debug, Default)]
pub struct Outbox {
    pub(crate) commands: Vec<Command>,
}

impl Outbox {
    /// Takes what is in it.
    pub fn drain(&mut self) -> impl Iterator<Item = Command> + '_ {
        self.commands.drain(..)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }
}

/// An instruction about one number, with the finding behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// Fleet of the number.
    pub fleet: Fleet,
    /// The number to act on.
    pub caller: Caller,
    /// Place among the commands to this number, from 1.
    pub target_version: u32,
    /// Place among all commands, from 1.
    pub sequence: u64,
    /// What to do.
    pub kind: CommandKind,
    /// Report or order.
    pub mode: Mode,
    /// Newest event time of the number when the evidence was complete.
    pub issued_at: EventTime,
    /// When the command becomes void.
    pub expires_at: EventTime,
    /// Why.
    pub finding: Finding,
    /// The attempt that completed the evidence.
    pub cause: AttemptId,
}

/// What a command asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// Stop dialling from the number; calls to it go on being answered.
    PauseNumber,
    /// Dial no more than this from the number.
    ReduceVolume(Caps),
}

impl CommandKind {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PauseNumber => "pause_number",
            Self::ReduceVolume(_) => "reduce_volume",
        }
    }
}

/// Evidence that something is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finding {
    /// The number is answered less than its own past explains.
    AnswerRateFell(AnswerRateFell),
    /// The number dials faster than its caps.
    PaceOverCap(PaceOverCap),
}

impl Finding {
    /// Stable name of the reason.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::AnswerRateFell(_) => "answer_rate_fell",
            Self::PaceOverCap(_) => "pace_over_cap",
        }
    }
}

/// A fall of the answer rate, in figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AnswerRateFell {
    /// Shiryaev-Roberts statistic.
    pub statistic: f64,
    /// The level it crossed.
    pub threshold: f64,
    /// Estimated start of the fall.
    pub since: EventTime,
    /// Attempts from then on.
    pub attempts: u32,
    /// Answers among them.
    pub answers: u32,
    /// Probability of an answer that the number was held against.
    pub expected_rate: f64,
    /// Attempts behind that probability.
    pub baseline_attempts: u64,
    /// Answers among those.
    pub baseline_answers: u64,
}

/// A pace over its cap, in figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceOverCap {
    /// Attempts in the window.
    pub attempts: u32,
    /// What was allowed.
    pub cap: u32,
    /// Length of the window.
    pub window: crate::time::Seconds,
}
