//! A wire between a store and its server that counts commands, and freezes or is cut after so many: a process that is stopped
//! or killed at exactly that place of a save.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// What happens to the next command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Open,
    /// So many more pass, then none until it is opened.
    FreezeAfter(usize),
    /// So many more pass, then the connection breaks, and later ones pass.
    CutAfter(usize),
    /// A command waits.
    Frozen,
}

struct Shared {
    /// Where new connections go.
    server: Mutex<String>,
    gate: Mutex<Gate>,
    moved: Condvar,
    cut: AtomicBool,
}

/// The wire. Connections made to it go on to the server.
pub(crate) struct Proxy {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

impl Proxy {
    pub(crate) fn to(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = format!("redis://{}/0", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            server: Mutex::new(address(url)),
            gate: Mutex::new(Gate::Open),
            moved: Condvar::new(),
            cut: AtomicBool::new(false),
        });
        let gate = Arc::clone(&shared);
        // It ends with the tests.
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(gate.server.lock().unwrap().as_str()).unwrap();
                client.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                let (mut answers, mut asker) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || {
                    let _ = std::io::copy(&mut answers, &mut asker);
                    let _ = asker.shutdown(Shutdown::Both);
                });
                let gate = Arc::clone(&gate);
                std::thread::spawn(move || forward(&client, &server, &gate));
            }
        });
        Self { url: own, shared }
    }

    /// Leads new connections to another server, as a name does that points elsewhere after a failover.
    pub(crate) fn lead_to(&self, url: &str) {
        *self.shared.server.lock().unwrap() = address(url);
    }

    pub(crate) fn freeze_after(&self, commands: usize) {
        self.set(Gate::FreezeAfter(commands));
    }

    pub(crate) fn cut_after(&self, commands: usize) {
        self.set(Gate::CutAfter(commands));
    }

    pub(crate) fn open(&self) {
        self.set(Gate::Open);
    }

    /// Waits until a command is held back, or `over` says that none will come. Whether one is.
    pub(crate) fn frozen(&self, over: impl Fn() -> bool) -> bool {
        let mut gate = self.shared.gate.lock().unwrap();
        while *gate != Gate::Frozen {
            if over() {
                return false;
            }
            gate = self.shared.moved.wait_timeout(gate, Duration::from_millis(1)).unwrap().0;
        }
        true
    }

    /// Whether it was ever cut.
    pub(crate) fn was_cut(&self) -> bool {
        self.shared.cut.load(Ordering::Relaxed)
    }

    fn set(&self, gate: Gate) {
        *self.shared.gate.lock().unwrap() = gate;
        self.shared.moved.notify_all();
    }
}

impl Shared {
    /// Lets a command through, now or later. False: the connection breaks instead.
    fn pass(&self) -> bool {
        let mut gate = self.gate.lock().unwrap();
        match *gate {
            Gate::Open => return true,
            Gate::FreezeAfter(0) => *gate = Gate::Frozen,
            Gate::FreezeAfter(more) => {
                *gate = Gate::FreezeAfter(more - 1);
                return true;
            }
            Gate::CutAfter(0) => {
                *gate = Gate::Open;
                self.cut.store(true, Ordering::Relaxed);
                return false;
            }
            Gate::CutAfter(more) => {
                *gate = Gate::CutAfter(more - 1);
                return true;
            }
            Gate::Frozen => {}
        }
        self.moved.notify_all();
        while *gate == Gate::Frozen {
            gate = self.moved.wait(gate).unwrap();
        }
        true
    }
}

fn address(url: &str) -> String {
    url.trim_start_matches("redis://").trim_end_matches("/0").to_owned()
}

fn forward(client: &TcpStream, mut server: &TcpStream, shared: &Shared) {
    let mut from = BufReader::new(client);
    let mut command = Vec::new();
    while read_command(&mut from, &mut command).is_some() && shared.pass() {
        if server.write_all(&command).is_err() {
            break;
        }
    }
    // The server has executed what it got before the client hears of the end.
    let _ = server.shutdown(Shutdown::Write);
    let _ = client.shutdown(Shutdown::Read);
}

/// One command in Redis' protocol: `*2`, then `$3` and three bytes for each word.
fn read_command(from: &mut impl BufRead, command: &mut Vec<u8>) -> Option<()> {
    command.clear();
    for _ in 0..read_length(from, command)? {
        let length = read_length(from, command)?;
        let begun = command.len();
        command.resize(begun + length + 2, 0);
        from.read_exact(&mut command[begun..]).ok()?;
    }
    Some(())
}

fn read_length(from: &mut impl BufRead, command: &mut Vec<u8>) -> Option<usize> {
    let begun = command.len();
    from.read_until(b'\n', command).ok()?;
    std::str::from_utf8(command.get(begun + 1..)?).ok()?.trim_end().parse().ok()
}
