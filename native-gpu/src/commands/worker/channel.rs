//! The worker's end of the node's channel (see `hearth_protocol`): a thread that goes on answering the node's signs of life while a shard
//! is being proved.

use std::io::ErrorKind;
use std::net::TcpStream;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use hearth_protocol::{LeaseRequest, MAX_FRAME_BYTES, PROTOCOL, ToNode, ToPeer};
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, Message, WebSocket, client::client_with_config};

use crate::client;

/// How long a connection, the first answer and a message may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often the thread looks for something to say, while the node says nothing.
const LOOK: Duration = Duration::from_millis(20);

/// Messages that may wait while a shard is being proved. A node that sends more is cut off.
const MAX_WAITING: usize = 64;

/// An open channel. Dropped, it is closed.
pub struct Channel {
    say: Sender<ToNode>,
    hear: Receiver<ToPeer>,
}

/// The channel is gone.
#[derive(Clone, Copy, Debug)]
pub struct Gone;

impl Channel {
    /// Opens a channel to the node at `http://HOST:PORT`; the error is for people.
    pub fn open(node: &str, request: &LeaseRequest) -> Result<Self, String> {
        let host = node.strip_prefix("http://").ok_or("channels need a node at http://")?;
        let stream = client::connect(host, PATIENCE).map_err(|error| error.to_string())?;
        let url = format!("ws://{host}/v1/channel");
        let config =
            WebSocketConfig::default().max_message_size(Some(MAX_FRAME_BYTES)).max_frame_size(Some(MAX_FRAME_BYTES));
        let (socket, _) = client_with_config(&url, stream, Some(config)).map_err(|error| error.to_string())?;
        socket.get_ref().set_read_timeout(Some(LOOK)).map_err(|error| error.to_string())?;
        let ((say, to_say), (heard, hear)) = (mpsc::channel(), mpsc::sync_channel(MAX_WAITING));
        thread::spawn(move || converse(socket, &to_say, &heard));
        let channel = Self { say, hear };
        channel.say(ToNode::Hello { protocol: PROTOCOL, worker: Some(request.worker.clone()) });
        match channel.hear(PATIENCE) {
            Ok(Some(ToPeer::Welcome { .. })) => Ok(channel),
            Ok(Some(ToPeer::Refused { reason })) => Err(reason),
            _ => Err("no welcome".into()),
        }
    }

    /// Says something. If the channel is gone, the next [`Self::hear`] tells.
    pub fn say(&self, message: ToNode) {
        let _ = self.say.send(message);
    }

    /// What the node says next, if it says something within `time`.
    pub fn hear(&self, time: Duration) -> Result<Option<ToPeer>, Gone> {
        match self.hear.recv_timeout(time) {
            Ok(message) => Ok(Some(message)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Gone),
        }
    }
}

/// Talks until one side has enough.
fn converse(mut socket: WebSocket<TcpStream>, to_say: &Receiver<ToNode>, heard: &SyncSender<ToPeer>) {
    let mut alive = Instant::now();
    loop {
        match to_say.try_recv() {
            Ok(message) => {
                let Ok(text) = serde_json::to_string(&message) else { return };
                if socket.send(Message::text(text)).is_err() {
                    return;
                }
                continue;
            }
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => {
                // The node learns it from the connection as well.
                let _ = socket.close(None).and_then(|()| socket.flush());
                return;
            }
        }
        match socket.read() {
            Ok(Message::Text(text)) => {
                alive = Instant::now();
                let Ok(message) = serde_json::from_str(&text) else { return };
                if heard.try_send(message).is_err() {
                    return;
                }
            }
            Ok(Message::Ping(_)) => {
                alive = Instant::now();
                // The answer waits in the socket until something is written.
                if socket.flush().is_err() {
                    return;
                }
            }
            Ok(_) => {}
            Err(Error::Io(error)) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                // The node asks for a sign of life every few seconds.
                if alive.elapsed() > 6 * PATIENCE {
                    return;
                }
            }
            Err(_) => return,
        }
    }
}
