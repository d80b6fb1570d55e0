//! The network between the program and a part, to be spoilt: connections cut, bytes held up, nobody answering.
//!
//! Two threads for each direction of a connection: one reads and notes when, one writes when it is time. So a delay costs
//! no throughput, as on a long line.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What becomes of what comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Line {
    /// It is passed on.
    Pass,
    /// New connections are closed at once.
    Refuse,
    /// New connections are accepted, no byte passes on any: a network that swallows everything.
    Silent,
    /// The proxy is gone.
    Over,
}

/// A proxy on 127.0.0.1 to one server.
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    to: SocketAddr,
    line: AtomicU8,
    delay_micros: AtomicU64,
    /// Both ends of every connection.
    open: Mutex<Vec<TcpStream>>,
}

/// Bytes with the time at which they were read.
type Chunk = (Instant, Vec<u8>);

/// A waiting thread looks so often whether it may go on.
const NAP: Duration = Duration::from_millis(1);
/// Chunks under way in one direction.
const UNDER_WAY: usize = 4_096;

impl Proxy {
    /// Listens; the server need not be there yet.
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let shared = Arc::new(Shared {
            to: SocketAddr::from(([127, 0, 0, 1], port)),
            line: AtomicU8::new(Line::Pass as u8),
            delay_micros: AtomicU64::new(0),
            open: Mutex::default(),
        });
        let proxy = Self { port: listener.local_addr().unwrap().port(), shared: Arc::clone(&shared) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                match shared.line() {
                    Line::Over => return,
                    Line::Refuse => {}
                    Line::Pass | Line::Silent => {
                        if let Ok(stream) = stream {
                            shared.connect(stream);
                        }
                    }
                }
            }
        });
        proxy
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// `host:port` to connect to.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn set(&self, line: Line) {
        self.shared.line.store(line as u8, Ordering::SeqCst);
    }

    /// Holds every byte up for so long, in either direction.
    pub(crate) fn delay(&self, delay: Duration) {
        self.shared.delay_micros.store(delay.as_micros() as u64, Ordering::SeqCst);
    }

    /// Ends every connection that stands.
    pub(crate) fn cut(&self) {
        for stream in self.shared.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.set(Line::Over);
        self.cut();
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn line(&self) -> Line {
        match self.line.load(Ordering::SeqCst) {
            0 => Line::Pass,
            1 => Line::Refuse,
            2 => Line::Silent,
            _ => Line::Over,
        }
    }

    fn connect(self: &Arc<Self>, near: TcpStream) {
        let Ok(far) = TcpStream::connect_timeout(&self.to, Duration::from_secs(1)) else { return };
        let _ = (near.set_nodelay(true), far.set_nodelay(true));
        let copy = |stream: &TcpStream| stream.try_clone().unwrap();
        self.open.lock().unwrap().extend([copy(&near), copy(&far)]);
        for (from, into) in [(copy(&near), copy(&far)), (far, near)] {
            let (chunks, due) = sync_channel(UNDER_WAY);
            thread::spawn(move || read(from, &chunks));
            let shared = Arc::clone(self);
            thread::spawn(move || shared.write(into, &due));
        }
    }

    fn write(&self, mut into: TcpStream, due: &Receiver<Chunk>) {
        for (read, bytes) in due {
            loop {
                let delay = Duration::from_micros(self.delay_micros.load(Ordering::SeqCst));
                let left = (read + delay).saturating_duration_since(Instant::now());
                if self.line() == Line::Silent {
                    thread::sleep(NAP);
                } else if left.is_zero() {
                    break;
                } else {
                    thread::sleep(left.min(Duration::from_millis(20)));
                }
            }
            if into.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = into.shutdown(Shutdown::Both);
    }
}

/// Until the connection ends.
fn read(mut from: TcpStream, chunks: &SyncSender<Chunk>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length) = from.read(&mut buffer) {
        if length == 0 || chunks.send((Instant::now(), buffer[..length].to_vec())).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Read);
}
