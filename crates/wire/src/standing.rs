//! A command, read back as the order that it is to its number.

use callwarden_core::{Caller, EventTime, Fleet, Orders};

use crate::v1;

/// Whose order it is and what stands by it; `None` for what none of ours can be.
pub fn standing_order(command: &v1::Command) -> Option<(Fleet, Caller, Orders)> {
    let caller = Caller::parse(&command.number)?;
    let until = command.expires_at.map_or(EventTime(0), |at| at.event_time());
    let mut orders = Orders { version: command.target_version, ..Orders::default() };
    match (command.kind(), command.reason()) {
        (v1::CommandKind::PauseNumber, _) => orders.pause_until = until,
        (v1::CommandKind::ReduceVolume, v1::Reason::PaceOverCap) => orders.pace_until = until,
        (v1::CommandKind::ReduceVolume, _) => orders.reduce_until = until,
        (v1::CommandKind::Unspecified, _) => return None,
    }
    Some((Fleet::new(&command.fleet), caller, orders))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn command(kind: v1::CommandKind, reason: v1::Reason) -> v1::Command {
        v1::Command {
            fleet: "acme".into(),
            number: "+12025550123".into(),
            target_version: 3,
            kind: kind.into(),
            reason: reason.into(),
            expires_at: Some(EventTime(1_000).into()),
            ..Default::default()
        }
    }

    #[test]
    fn each_kind_stands_until_it_expires() {
        let orders = |kind, reason| standing_order(&command(kind, reason)).unwrap().2;
        let none = Orders { version: 3, ..Orders::default() };
        let at = EventTime(1_000);
        let fell = v1::Reason::AnswerRateFell;
        assert_eq!(orders(v1::CommandKind::PauseNumber, fell), Orders { pause_until: at, ..none });
        assert_eq!(orders(v1::CommandKind::ReduceVolume, fell), Orders { reduce_until: at, ..none });
        let pace = orders(v1::CommandKind::ReduceVolume, v1::Reason::PaceOverCap);
        assert_eq!(pace, Orders { pace_until: at, ..none });
    }

    #[test]
    fn what_is_no_command_of_ours_is_no_order() {
        let whole = command(v1::CommandKind::PauseNumber, v1::Reason::AnswerRateFell);
        assert!(standing_order(&v1::Command { number: "12".into(), ..whole.clone() }).is_none());
        assert!(standing_order(&v1::Command { kind: 0, ..whole }).is_none());
    }
}
