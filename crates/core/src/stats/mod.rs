//! Mathematics without nouns of the domain.

pub(crate) mod shiryaev_roberts;
