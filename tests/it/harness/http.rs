//! Just enough of HTTP to ask the program, and of Prometheus' text format to understand it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Status and body of a GET.
pub(crate) fn get(address: &str, path: &str) -> Result<(u16, String), String> {
    let said = |error: std::io::Error| format!("GET {path} at {address}: {error}");
    let socket = address.parse().map_err(|error| format!("{address}: {error}"))?;
    let mut stream = TcpStream::connect_timeout(&socket, Duration::from_secs(5)).map_err(said)?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).map_err(said)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").map_err(said)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).map_err(said)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| format!("no HTTP: {answer:?}"))?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Ok((status.ok_or_else(|| format!("no status: {head:?}"))?, body.to_owned()))
}

/// One scrape.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// As it was served.
    pub(crate) text: String,
    /// `name{labels}` and value of each sample.
    pub(crate) samples: Vec<(String, f64)>,
}

impl Metrics {
    pub(crate) fn parse(text: String) -> Self {
        let samples = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(|line| {
                let (series, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no sample: {line:?}"));
                let value = value.parse().unwrap_or_else(|_| panic!("no value: {line:?}"));
                (series.to_owned(), value)
            })
            .collect();
        Self { text, samples }
    }

    /// The sum of all series of a name whose labels contain all of `labels`, written as in `reason="empty"`; `None` if
    /// there is no such series.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> Option<f64> {
        let mut found = None;
        for (series, value) in &self.samples {
            let (own, rest) = series.split_once('{').unwrap_or((series, ""));
            if own == name && labels.iter().all(|label| rest.contains(label)) {
                *found.get_or_insert(0.0) += value;
            }
        }
        found
    }

    /// The bound under which at least `share` of a histogram's observations lie, with their count.
    pub(crate) fn quantile(&self, name: &str, share: f64) -> (f64, f64) {
        let count = self.sum(&format!("{name}_count"), &[]).unwrap_or(0.0);
        let prefix = format!("{name}_bucket{{");
        let bound =
            self.samples.iter().filter(|(series, _)| series.starts_with(&prefix)).find_map(|(series, n)| {
                let le = series.split("le=\"").nth(1)?.split('"').next()?;
                (*n >= share * count).then(|| le.parse().unwrap_or(f64::INFINITY))
            });
        (bound.unwrap_or(f64::NAN), count)
    }
}
