//! Attempts as lines of files and pipes: plain, gzip or zstd, told apart by their first bytes.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use callwarden_core::{Input, LogTime, Stamp};
use callwarden_engine::{Entry, Poison};
use callwarden_wire::{Decoder, Unreadable, UnreadableReason};

/// A line longer than this is not read to its end before it is refused.
const LINE_MAX: u64 = 2 << 20;

/// First bytes of what is packed, and of a text that some editors mark as UTF-8.
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Unpacks what is packed, and takes the byte order mark off.
pub(crate) fn unpack(raw: impl Read + Send + 'static) -> io::Result<Box<dyn BufRead + Send>> {
    let mut reader = BufReader::with_capacity(1 << 16, raw);
    let head = begin(&mut reader, ZSTD.len())?;
    let packed = if head.starts_with(GZIP) {
        Packed::Gzip
    } else if head == ZSTD {
        Packed::Zstd
    } else {
        Packed::Not
    };
    let whole = Cursor::new(head).chain(reader);
    let mut text: Box<dyn BufRead + Send> = match packed {
        Packed::Gzip => Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(whole))),
        Packed::Zstd => Box::new(BufReader::new(zstd::Decoder::with_buffer(whole)?)),
        Packed::Not => Box::new(whole),
    };
    let head = begin(&mut text, BYTE_ORDER_MARK.len())?;
    Ok(if head == BYTE_ORDER_MARK { text } else { Box::new(Cursor::new(head).chain(text)) })
}

enum Packed {
    Gzip,
    Zstd,
    Not,
}

/// The first bytes, which are then no longer in the reader. A pipe may bring them one by one.
fn begin(reader: &mut impl Read, bytes: usize) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(bytes);
    reader.take(bytes as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// The raw bytes of a file, or of standard input for `-`, with the size if it is known.
pub(crate) fn raw(path: &Path) -> io::Result<(Box<dyn Read + Send>, Option<u64>)> {
    if path == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let file = File::open(path)?;
    let size = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|meta| meta.len());
    Ok((Box::new(file), size))
}

/// Reads lines into entries.
pub(crate) struct Lines {
    reader: Box<dyn BufRead + Send>,
    decoder: Decoder,
    line: Vec<u8>,
    /// Lines read so far.
    pub(crate) count: i64,
}

impl Lines {
    pub(crate) fn new(reader: Box<dyn BufRead + Send>, decoder: Decoder) -> Self {
        Self { reader, decoder, line: Vec::new(), count: 0 }
    }

    /// The next line that is not empty, with its number from 0 as its offset; `None` at the end. What cannot be decoded is an
    /// entry too.
    pub(crate) fn next(&mut self, logged_at: LogTime) -> io::Result<Option<Entry>> {
        loop {
            self.line.clear();
            let mut limited = (&mut self.reader).take(LINE_MAX);
            if limited.read_until(b'\n', &mut self.line)? == 0 {
                return Ok(None);
            }
            let offset = self.count;
            self.count += 1;
            if !self.line.ends_with(b"\n") && self.line.len() as u64 == LINE_MAX {
                self.skip_line()?;
            }
            let text = self.line.trim_ascii();
            if text.is_empty() {
                continue;
            }
            let decoded = if text.starts_with(b"{") { self.decoder.decode(text) } else { Err(no_object()) };
            let (input, poison) = match decoded {
                Ok(input) => (input, None),
                Err(unreadable) => (Input::Unreadable, Some(Box::new(aside(unreadable)))),
            };
            return Ok(Some(Entry { offset, stamp: Stamp { logged_at }, input, poison }));
        }
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let available = self.reader.fill_buf()?;
            let end = available.iter().position(|&byte| byte == b'\n');
            let used = end.map_or(available.len(), |at| at + 1);
            let over = end.is_some() || available.is_empty();
            self.reader.consume(used);
            if over {
                return Ok(());
            }
        }
    }
}

/// Lines cannot hold protobuf, which is what the decoder would take this for.
fn no_object() -> Unreadable {
    let detail = "expected one whole JSON object on this line, beginning with a brace (pretty-printed JSON and CSV are not read)";
    Unreadable { reason: UnreadableReason::MalformedJson, detail: detail.to_owned() }
}

/// Why a line cannot be read. The line itself is kept nowhere: it stands in its file still.
fn aside(unreadable: Unreadable) -> Poison {
    Poison { unreadable, key: None, value: None }
}

#[cfg(test)]
mod tests;
