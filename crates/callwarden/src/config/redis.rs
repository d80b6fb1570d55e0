//! `[redis]`: one address, and one place for the password, wherever it was written.

use super::schema::Redis;
use super::section::Form;
use super::value::Secret;
use super::values::Values;

/// An address that the client takes.
pub(super) const URL: Form = Form {
    expected: "redis://host:port/database, or rediss:// for TLS",
    holds: |text| Parts::of(text).is_some(),
};

/// What keys may begin with. Braces are hash tags of Redis Cluster, which callwarden writes itself.
pub(super) const KEY_PREFIX: Form = Form {
    expected: "1 to 64 letters, digits, dots, dashes, underscores and colons",
    holds: |text| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':'))
    },
};

/// The address with `***` for its password; all of it hidden when it can't be taken apart safely.
pub(super) fn without_password(url: &str) -> String {
    match Parts::of(url) {
        Some(Parts { scheme, username, password: Some(_), rest }) => {
            format!("{scheme}://{username}:***@{rest}")
        }
        Some(_) => url.to_owned(),
        None => "***".to_owned(),
    }
}

/// `scheme://username:password@rest`, still percent-encoded.
struct Parts<'a> {
    scheme: &'a str,
    username: &'a str,
    password: Option<&'a str>,
    rest: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (scheme, after) = url.split_once("://")?;
        // A password may hold anything but an unescaped `@`, which is why the last one counts.
        let (user, rest) = after.rsplit_once('@').unwrap_or(("", after));
        let (username, password) = match user.split_once(':') {
            Some((username, password)) => (username, Some(password)),
            None => (user, None),
        };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (authority, "6379"),
        };
        let database = path.split(['?', '#']).next().unwrap_or_default();
        let fits = matches!(scheme, "redis" | "rediss")
            && !host.is_empty()
            && port.parse::<u16>().is_ok()
            && (database.is_empty() || database.parse::<u32>().is_ok())
            && decoded(username).is_some()
            && password.is_none_or(|password| decoded(password).is_some());
        fits.then_some(Self { scheme, username, password: password.filter(|text| !text.is_empty()), rest })
    }
}

/// Without percent-encoding.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'%' {
            bytes.push(first);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        let digits = std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

impl Redis {
    /// Moves user name and password out of the address into their fields.
    pub(super) fn settle(&mut self, values: &mut Values) {
        let Some(Parts { scheme, username, password, rest }) = Parts::of(&self.url) else { return };
        let hint = || Some("keep one of them".to_owned());
        if !username.is_empty() {
            if self.username.is_some() {
                values.conflict(
                    "redis.username",
                    "stands beside the user name in redis.url".to_owned(),
                    hint(),
                );
            }
            self.username = decoded(username);
        }
        if let Some(password) = password {
            if self.password.is_some() {
                values.conflict(
                    "redis.password",
                    "stands beside the password in redis.url".to_owned(),
                    hint(),
                );
            }
            self.password = decoded(password).map(Secret::new);
        }
        self.url = format!("{scheme}://{rest}");
    }
}
