//! Commands in Redis' protocol, written straight into one buffer.
//!
//! A snapshot has hundreds of thousands of commands. The client's own builder copies each argument twice; this once.

/// Appends a command.
pub(super) fn command(out: &mut Vec<u8>, arguments: &[&[u8]]) {
    begin(out, arguments.len());
    for argument in arguments {
        bulk(out, argument);
    }
}

/// Begins a command of so many arguments, its name included.
pub(super) fn begin(out: &mut Vec<u8>, arguments: usize) {
    out.push(b'*');
    length(out, arguments);
}

/// Appends one argument.
pub(super) fn bulk(out: &mut Vec<u8>, argument: &[u8]) {
    out.push(b'$');
    length(out, argument.len());
    out.extend_from_slice(argument);
    out.extend_from_slice(b"\r\n");
}

fn length(out: &mut Vec<u8>, mut length: usize) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (length % 10) as u8;
        length /= 10;
        if length == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
    out.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_as_the_client_would_write_them() {
        let mut ours = Vec::new();
        command(&mut ours, &[b"HSET", b"key", b"field", &[0, 13, 10, 255], b""]);
        let theirs = ::redis::cmd("HSET")
            .arg("key")
            .arg("field")
            .arg(&[0u8, 13, 10, 255][..])
            .arg("")
            .get_packed_command();
        assert_eq!(ours, theirs);
        let long = vec![b'x'; 12_345];
        let mut ours = Vec::new();
        command(&mut ours, &[b"PING", &long]);
        assert_eq!(ours, ::redis::cmd("PING").arg(&long[..]).get_packed_command());
    }
}
