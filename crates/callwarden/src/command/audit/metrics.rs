//! The result for the node exporter's textfile collector, so that an audit that fails, or that nobody runs, raises an alert.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Puts a new file in the place of `path` at once: the collector never sees half of one.
pub(super) fn write(path: &Path, findings: u64, now: SystemTime) -> io::Result<()> {
    let temporary = beside(path)?;
    let written = fs::File::create(&temporary)
        .and_then(|mut file| {
            file.write_all(text(findings, now).as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // What cannot be put in place must not lie about either.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// In the same directory, and with an ending that the collector passes over.
fn beside(path: &Path) -> io::Result<PathBuf> {
    let name =
        path.file_name().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it names no file"))?;
    let mut name = name.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    Ok(path.with_file_name(name))
}

fn text(findings: u64, now: SystemTime) -> String {
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    format!(
        "# HELP callwarden_audit_timestamp_seconds When the last audit ended, seconds since 1970.\n\
         # TYPE callwarden_audit_timestamp_seconds gauge\n\
         callwarden_audit_timestamp_seconds {seconds:.3}\n\
         # HELP callwarden_audit_findings Things that the last audit found not to be as they must be.\n\
         # TYPE callwarden_audit_findings gauge\n\
         callwarden_audit_findings {findings}\n"
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_file_is_replaced_as_a_whole() {
        let dir = std::env::temp_dir().join(format!("callwarden-audit-metrics-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join("callwarden.prom");
        for findings in [7, 0] {
            write(&path, findings, UNIX_EPOCH + Duration::from_millis(1_780_000_000_250)).unwrap();
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains("\ncallwarden_audit_timestamp_seconds 1780000000.250\n"), "{text}");
            assert!(text.ends_with(&format!("\ncallwarden_audit_findings {findings}\n")), "{text}");
        }
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1, "nothing else is left there");
        assert!(write(&dir.join("absent").join("x.prom"), 0, UNIX_EPOCH).is_err());
        fs::remove_dir_all(&dir).unwrap();
    }
}
