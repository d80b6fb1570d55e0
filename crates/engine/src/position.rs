//! Where a unit stands in its topics of attempts.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use callwarden_wire::v1;

/// One partition of a topic of attempts. For a file or a pipe: no topic, partition 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// Name of the topic.
    pub topic: Arc<str>,
    /// Index of the partition.
    pub index: u32,
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.topic, self.index)
    }
}

/// The first offset not yet consumed, of each partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Positions(BTreeMap<Partition, i64>);

impl Positions {
    /// Of one partition, if it is known.
    pub fn get(&self, partition: &Partition) -> Option<i64> {
        self.0.get(partition).copied()
    }

    /// Sets one.
    pub fn set(&mut self, partition: Partition, offset: i64) {
        self.0.insert(partition, offset);
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Partition, i64)> + '_ {
        self.0.iter().map(|(partition, &offset)| (partition, offset))
    }

    /// How many partitions.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As the journal writes them.
    pub fn to_proto(&self) -> Vec<v1::Position> {
        self.iter()
            .map(|(partition, offset)| v1::Position {
                topic: partition.topic.to_string(),
                partition: partition.index,
                offset,
            })
            .collect()
    }

    /// As the journal wrote them.
    pub fn from_proto(positions: &[v1::Position]) -> Self {
        positions
            .iter()
            .map(|position| {
                let partition =
                    Partition { topic: position.topic.as_str().into(), index: position.partition };
                (partition, position.offset)
            })
            .collect()
    }
}

impl FromIterator<(Partition, i64)> for Positions {
    fn from_iter<I: IntoIterator<Item = (Partition, i64)>>(iter: I) -> Self {
        Self(iter.into_iter().collect())
    }
}
