//! What was done to the numbers.

use callwarden_core::{Caller, EventTime};

/// A number that was labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// The number.
    pub caller: Caller,
    /// From this event time on.
    pub at: EventTime,
}

/// Everything about a world that an observer of its attempts would like to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    labelled: Vec<Label>,
    hot: Vec<Caller>,
}

impl Truth {
    pub(crate) fn new(mut labelled: Vec<Label>, mut hot: Vec<Caller>) -> Self {
        labelled.sort_by_key(|label| (label.at, label.caller));
        hot.sort();
        Self { labelled, hot }
    }

    /// The labels, in order of time.
    pub fn labelled(&self) -> &[Label] {
        &self.labelled
    }

    /// Numbers that dial too fast from the beginning, in order.
    pub fn hot(&self) -> &[Caller] {
        &self.hot
    }
}
