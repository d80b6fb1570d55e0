//! What became of every input.

/// What became of the inputs, since the first start. The fields sum to [`Header::inputs`](crate::Header::inputs).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// New attempts, within the newest hour of their number.
    pub counted: u64,
    /// New attempts, older than that, within 7 days.
    pub late: u64,
    /// New attempts, older than every window: counted here and nowhere else.
    pub too_late: u64,
    /// Attempts said before.
    pub duplicate: u64,
    /// Amendments that corrected the counts.
    pub amended: u64,
    /// Amendments whose attempt is not among the number's last, or is older than every window: ignored.
    pub amendment_missed: u64,
    /// Attempts from the future of their own log record: ignored.
    pub future: u64,
    /// Attempts of numbers or fleets beyond the limits: ignored.
    pub untracked: u64,
    /// Inbound legs: ignored.
    pub inbound: u64,
    /// Calls that our own platform refused: ignored.
    pub refused_locally: u64,
    /// Records of other kinds: ignored.
    pub other_record: u64,
    /// Records that could not be read.
    pub unreadable: u64,
}

impl Tally {
    /// Each field with its stable name.
    pub const fn entries(&self) -> [(&'static str, u64); 12] {
        let Self {
            counted,
            late,
            too_late,
            duplicate,
            amended,
            amendment_missed,
            future,
            untracked,
            inbound,
            refused_locally,
            other_record,
            unreadable,
        } = *self;
        [
            ("counted", counted),
            ("late", late),
            ("too_late", too_late),
            ("duplicate", duplicate),
            ("amended", amended),
            ("amendment_missed", amendment_missed),
            ("future", future),
            ("untracked", untracked),
            ("inbound", inbound),
            ("refused_locally", refused_locally),
            ("other_record", other_record),
            ("unreadable", unreadable),
        ]
    }

    /// From entries as [`Tally::entries`] gives them, in any order; `None` for a name it doesn't know.
    pub fn from_entries<'a>(entries: impl IntoIterator<Item = (&'a str, u64)>) -> Option<Self> {
        let mut tally = Self::default();
        for (name, value) in entries {
            *match name {
                "counted" => &mut tally.counted,
                "late" => &mut tally.late,
                "too_late" => &mut tally.too_late,
                "duplicate" => &mut tally.duplicate,
                "amended" => &mut tally.amended,
                "amendment_missed" => &mut tally.amendment_missed,
                "future" => &mut tally.future,
                "untracked" => &mut tally.untracked,
                "inbound" => &mut tally.inbound,
                "refused_locally" => &mut tally.refused_locally,
                "other_record" => &mut tally.other_record,
                "unreadable" => &mut tally.unreadable,
                _ => return None,
            } = value;
        }
        Some(tally)
    }
}
