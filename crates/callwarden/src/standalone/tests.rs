#![allow(clippy::unwrap_used)]

use std::time::Duration;

use callwarden_core::{Input, LogTime, Stamp};
use callwarden_engine::{Attempts as _, Entry, Next};
use crossbeam_channel::{Sender, bounded};

use super::pipe::{SLICE_MAX, Said};
use super::*;

fn line(offset: i64) -> Said {
    Said::Line(Entry {
        offset,
        stamp: Stamp { logged_at: LogTime(0) },
        input: Input::Unreadable,
        poison: None,
    })
}

fn pipe() -> (Sender<Said>, Pipe) {
    let (say, lines) = bounded(2 * SLICE_MAX);
    (say, Pipe::new(lines))
}

/// From, to, and the offsets of the next slice.
fn slice(pipe: &mut Pipe) -> (i64, i64, Vec<i64>) {
    match pipe.next(Duration::ZERO).unwrap() {
        Next::Slice(slice) => {
            (slice.from, slice.to, slice.entries.iter().map(|entry| entry.offset).collect())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn offsets_are_the_numbers_of_lines_that_may_be_blank_in_between() {
    let (say, mut pipe) = pipe();
    assert!(matches!(pipe.next(Duration::ZERO).unwrap(), Next::Idle));
    say.send(line(2)).unwrap();
    say.send(line(5)).unwrap();
    assert_eq!(slice(&mut pipe), (0, 6, vec![2, 5]));
    say.send(line(6)).unwrap();
    say.send(Said::End).unwrap();
    assert_eq!(slice(&mut pipe), (6, 7, vec![6]));
    assert!(matches!(pipe.next(Duration::ZERO).unwrap(), Next::End));
}

#[test]
fn lines_before_an_error_are_handed_over_before_it() {
    let (say, mut pipe) = pipe();
    say.send(line(0)).unwrap();
    say.send(line(1)).unwrap();
    say.send(Said::Broken(io::Error::other("damaged"))).unwrap();
    assert_eq!(slice(&mut pipe), (0, 2, vec![0, 1]));
    assert_eq!(pipe.next(Duration::ZERO).unwrap_err().to_string(), "standard input: damaged");
}

#[test]
fn a_thread_that_dies_is_an_error_and_no_end() {
    let (say, mut pipe) = pipe();
    say.send(line(0)).unwrap();
    drop(say);
    assert_eq!(slice(&mut pipe), (0, 1, vec![0]));
    assert!(pipe.next(Duration::ZERO).unwrap_err().to_string().contains("without a word"));
}

#[test]
fn a_slice_has_a_limit() {
    let (say, mut pipe) = pipe();
    (0..SLICE_MAX as i64 + 1).for_each(|offset| say.send(line(offset)).unwrap());
    assert_eq!(slice(&mut pipe).2.len(), SLICE_MAX);
    assert_eq!(slice(&mut pipe).2, [SLICE_MAX as i64]);
}

/// Takes nothing.
struct Gone(io::ErrorKind);

impl io::Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_of_commands_that_goes_is_told_from_a_full_disk() {
    let transaction = Transaction { commands: vec![v1::Command::default()], ..Transaction::default() };
    for (kind, gone) in [(io::ErrorKind::BrokenPipe, true), (io::ErrorKind::StorageFull, false)] {
        let mut out = Stdout::new(Gone(kind));
        assert!(out.commit(&Transaction::default()).is_ok(), "nothing to write");
        let error = out.commit(&transaction).unwrap_err();
        assert!(error.to_string().starts_with("standard output: "), "{error}");
        assert_eq!(out.reader_gone.load(Ordering::Relaxed), gone);
    }
}
