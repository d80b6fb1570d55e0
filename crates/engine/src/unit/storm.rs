//! When almost everything is bad, it is the topic or its dialect that is wrong, and putting it all aside would lose a fleet.

/// Records in a window, and how many unreadable ones of them are too many.
const WINDOW: usize = 1_000;
const TOO_MANY: usize = 950;

/// Counts unreadable records in windows of [`WINDOW`].
#[derive(Debug, Default)]
pub(super) struct Storm {
    seen: usize,
    bad: usize,
}

impl Storm {
    /// One more that can be read. The window ends with the next that cannot, so that the verdict has a reason to name.
    pub(super) const fn readable(&mut self) {
        self.seen += 1;
    }

    /// One more that cannot; `Some((bad, of))` if that makes too many.
    pub(super) fn unreadable(&mut self) -> Option<(usize, usize)> {
        self.seen += 1;
        self.bad += 1;
        self.end_of_window()
    }

    fn end_of_window(&mut self) -> Option<(usize, usize)> {
        if self.seen < WINDOW {
            return None;
        }
        let Self { seen, bad } = std::mem::take(self);
        (bad >= TOO_MANY).then_some((bad, seen))
    }
}
