use super::*;

fn classified(signals: Signals) -> Outcome {
    Outcome::classify(&signals).expect("signals that say something")
}

fn disposed(disposition: Disposition) -> Signals {
    Signals { disposition: Some(disposition), ..Signals::default() }
}

fn sip(status: u16) -> Signals {
    Signals { sip_status: Some(status), ..Signals::default() }
}

fn q850(cause: u8) -> Signals {
    Signals { q850_cause: Some(cause), ..Signals::default() }
}

#[test]
fn own_network_failures_are_no_seizures() {
    for status in [500, 502, 503, 504, 580, 599] {
        assert!(!classified(sip(status)).seized, "SIP {status}");
    }
    for cause in [34, 38, 41, 42] {
        assert!(!classified(q850(cause)).seized, "Q.850 {cause}");
        assert!(
            !classified(Signals { sip_status: Some(480), ..q850(cause) }).seized,
            "480 with Q.850 {cause}"
        );
    }
    assert!(!classified(disposed(Disposition::NetworkFailure)).seized);
}

#[test]
fn all_other_ends_are_seizures() {
    for status in [200, 302, 404, 408, 480, 486, 487, 499, 600, 603, 604, 607, 608] {
        assert!(classified(sip(status)).seized, "SIP {status}");
    }
    for cause in [1, 16, 17, 18, 19, 21, 27, 28, 31, 33, 35, 37, 39, 40, 43, 127] {
        assert!(classified(q850(cause)).seized, "Q.850 {cause}");
    }
    for disposition in [
        Disposition::Answered,
        Disposition::Busy,
        Disposition::NoAnswer,
        Disposition::Declined,
        Disposition::Blocked,
        Disposition::InvalidNumber,
        Disposition::Canceled,
    ] {
        assert!(classified(disposed(disposition)).seized, "{disposition:?}");
    }
}

#[test]
fn only_an_answer_is_answered() {
    assert_eq!(classified(disposed(Disposition::Answered)).answer, Some(Answer::Unknown));
    assert_eq!(classified(sip(200)).answer, Some(Answer::Unknown));
    assert_eq!(classified(Signals { answered: true, ..Signals::default() }).answer, Some(Answer::Unknown));
    for by in [Answer::Human, Answer::Machine, Answer::Unknown] {
        let signals = Signals { answered_by: Some(by), ..disposed(Disposition::Answered) };
        assert_eq!(classified(signals).answer, Some(by));
        // Who answered is no news of a call that nobody answered.
        assert_eq!(classified(Signals { answered_by: Some(by), ..disposed(Disposition::Busy) }).answer, None);
    }
    // A cause of normal clearing is how an answered call ends, and how a ringing one is given up: it tells no answer.
    assert_eq!(classified(q850(16)).answer, None);
    assert_eq!(classified(Signals { sip_status: Some(200), ..q850(16) }).answer, Some(Answer::Unknown));
}

#[test]
fn the_disposition_goes_before_all_codes() {
    let all_codes = Signals {
        answered: true,
        sip_status: Some(503),
        q850_cause: Some(34),
        analytics_block: true,
        ..disposed(Disposition::NoAnswer)
    };
    let outcome = classified(all_codes);
    assert_eq!((outcome.seized, outcome.answer, outcome.blocked), (true, None, false));
    // But a decline that the codes call a block is one.
    assert!(classified(Signals { disposition: Some(Disposition::Declined), ..all_codes }).blocked);
    assert!(!classified(disposed(Disposition::Declined)).blocked);
}

#[test]
fn a_reported_answer_goes_before_codes() {
    let outcome = classified(Signals { answered: true, analytics_block: true, ..sip(503) });
    assert_eq!((outcome.seized, outcome.answer, outcome.blocked), (true, Some(Answer::Unknown), false));
}

#[test]
fn nothing_said_is_nothing_known() {
    assert_eq!(Outcome::classify(&Signals::default()), None);
    let only_talk = Signals { talk_seconds: Some(30), short_call_seconds: 6, ..Signals::default() };
    assert_eq!(Outcome::classify(&only_talk), None);
}

#[test]
fn talk_is_of_answered_calls_and_has_an_end() {
    let talk = |talk: Option<u32>, disposition| {
        let outcome =
            classified(Signals { talk_seconds: talk, short_call_seconds: 6, ..disposed(disposition) });
        (outcome.talk_seconds, outcome.short)
    };
    assert_eq!(talk(Some(0), Disposition::Answered), (0, true));
    assert_eq!(talk(Some(6), Disposition::Answered), (6, true));
    assert_eq!(talk(Some(7), Disposition::Answered), (7, false));
    assert_eq!(talk(None, Disposition::Answered), (0, false));
    assert_eq!(talk(Some(3), Disposition::NoAnswer), (0, false));
    assert_eq!(talk(Some(u32::MAX), Disposition::Answered), (Outcome::TALK_MAX, false));
}

#[test]
fn analytics_blocks_are_told_from_declines() {
    for (status, phrase, header, is_block) in [
        (608, "Rejected", "", true),
        (608, "", "", true),
        (603, "Network Blocked", "", true),
        (603, "network blocked", "", true),
        (603, "Decline", "Q.850;cause=21;text=\"v=analytics1;url=https://example.com\"", true),
        (603, "Decline", "Q.850;cause=21;text=\"V=Analytics1\"", true),
        (603, "Decline", "", false),
        (603, "Decline", "Q.850;cause=21;text=\"Call Rejected\"", false),
        (603, "Decline", "v=analytic", false),
        (607, "Network Blocked", "v=analytics1", false),
        (486, "Network Blocked", "v=analytics1", false),
        (603, "Décliné é", "é", false),
    ] {
        assert_eq!(is_analytics_block(status, phrase, header), is_block, "{status} {phrase} {header}");
    }
}

#[test]
fn only_a_machine_is_no_evidence_of_an_answer() {
    assert!(Answer::Human.is_evidence());
    assert!(Answer::Unknown.is_evidence());
    assert!(!Answer::Machine.is_evidence());
}
