#![allow(clippy::unwrap_used)]

use std::io::Write as _;

use callwarden_wire::Dialect;

use super::*;

const ATTEMPT: &str = r#"{"attempt_id":"a","caller_number":"+12025550123","started_at":"2026-01-05T15:00:01Z","disposition":"DISPOSITION_BUSY"}"#;

/// Brings one byte at a time, as a slow pipe may.
struct Slow(Cursor<Vec<u8>>);

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let one = buffer.len().min(1);
        self.0.read(&mut buffer[..one])
    }
}

fn lines(bytes: Vec<u8>) -> Lines {
    Lines::new(unpack(Slow(Cursor::new(bytes))).unwrap(), Decoder::new(Dialect::Callwarden))
}

/// Offset of each line, and whether it could be read.
fn read(bytes: Vec<u8>) -> Vec<(i64, bool)> {
    let mut lines = lines(bytes);
    let entries = std::iter::from_fn(|| lines.next(LogTime(0)).unwrap());
    entries.map(|entry| (entry.offset, entry.poison.is_none())).collect()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn a_byte_order_mark_is_taken_off_once_however_the_text_is_packed() {
    let text = format!("\u{feff}{ATTEMPT}\n\n  \r\n\u{feff}{ATTEMPT}\r\n{ATTEMPT}");
    let expected = [(0, true), (3, false), (4, true)];
    assert_eq!(read(text.clone().into_bytes()), expected);
    assert_eq!(read(gzip(text.as_bytes())), expected);
    assert_eq!(read(zstd::encode_all(text.as_bytes(), 1).unwrap()), expected);
}

#[test]
fn short_texts_lose_nothing() {
    assert_eq!(read(Vec::new()), []);
    assert_eq!(read("\u{feff}".into()), []);
    assert_eq!(read(b"\n".to_vec()), []);
    for text in [&b"x"[..], b"{}", b"\xef\xbb", b"\x1f", b"\x28\xb5\x2f"] {
        assert_eq!(read(text.to_vec()), [(0, false)], "{text:?}");
    }
}

#[test]
fn what_cannot_be_read_is_not_kept() {
    let mut lines = lines(b"no attempt\n".to_vec());
    let entry = lines.next(LogTime(0)).unwrap().unwrap();
    assert_eq!(entry.poison.unwrap().value, None);
}

#[test]
fn damage_is_an_error_after_the_lines_before_it() {
    let mut packed = gzip(format!("{ATTEMPT}\n").as_bytes());
    packed.extend(&gzip(format!("{ATTEMPT}\n").repeat(3).as_bytes())[..20]);
    let mut lines = lines(packed);
    assert_eq!(lines.next(LogTime(0)).unwrap().unwrap().offset, 0);
    // A reader that is broken stays so: look no further than the first error.
    let mut rest = std::iter::from_fn(|| lines.next(LogTime(0)).transpose()).take(5);
    assert!(rest.any(|entry| entry.is_err()));
}
