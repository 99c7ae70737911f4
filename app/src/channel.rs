//! The channel to the node: leases the moment that there are some, and what changed.

use std::rc::Rc;

use futures_channel::mpsc;
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use hearth_protocol::{Lease, MAX_FRAME_BYTES, PROTOCOL, ToNode, ToPeer};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, WebSocket, window};

use crate::api::Failure;
use crate::{consent, time};

/// Where the channel is.
const PATH: &str = "/v1/channel";
/// Messages that may wait to be read. A node that sends more is cut off.
const MAX_WAITING: usize = 64;
/// How long the node may take to answer the first message.
const WELCOME_MS: u32 = 10_000;

/// An open channel. Dropped, it is closed.
pub struct Channel {
    socket: Line,
    incoming: mpsc::Receiver<Result<ToPeer, Failure>>,
    _hear: Closure<dyn FnMut(MessageEvent)>,
    _end: Closure<dyn FnMut()>,
}

/// What closes a channel from outside.
#[derive(Clone)]
pub struct Line(Rc<WebSocket>);

impl Line {
    /// Ends the channel: who waits for a message of it hears so.
    pub fn close(&self) {
        // It may be closed already.
        let _ = self.0.close();
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.socket.0.set_onmessage(None);
        self.socket.0.set_onclose(None);
        self.socket.0.set_onopen(None);
        self.socket.close();
    }
}

/// The channel's address at the node.
fn address() -> Option<String> {
    if let Some(node) = consent::node() {
        // http becomes ws, and https wss.
        return Some(format!("{}{PATH}", node.replacen("http", "ws", 1)));
    }
    let location = window()?.location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}{PATH}", location.host().ok()?))
}

/// A message of the node.
fn read(event: &MessageEvent) -> Result<ToPeer, Failure> {
    let text = event.data().as_string().ok_or("the node's message is no text")?;
    if text.len() > MAX_FRAME_BYTES {
        return Err(format!("the node's message has more than {MAX_FRAME_BYTES} bytes"));
    }
    serde_json::from_str(&text).map_err(|error| format!("the node's message is not understood: {error}"))
}

impl Channel {
    /// Opens a channel, for a worker of this name or for one who only watches.
    pub async fn open(worker: Option<&str>) -> Result<Self, Failure> {
        let socket = Rc::new(WebSocket::new(&address().ok_or("no address")?).map_err(|_| "no channel")?);
        let (mut arrived, incoming) = mpsc::channel(MAX_WAITING);
        let mut over = arrived.clone();
        let line = Line(socket.clone());
        let hear = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if arrived.try_send(read(&event)).is_err() {
                line.close();
            }
        });
        let end = Closure::<dyn FnMut()>::new(move || {
            // If there is no room, there are messages to read before it.
            let _ = over.try_send(Err("the node ended the channel".into()));
            over.close_channel();
        });
        socket.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        socket.set_onclose(Some(end.as_ref().unchecked_ref()));
        let mut channel = Self { socket: Line(socket.clone()), incoming, _hear: hear, _end: end };
        let hello = ToNode::Hello { protocol: PROTOCOL, worker: worker.map(Into::into) };
        let hello = serde_json::to_string(&hello).map_err(|error| error.to_string())?;
        let greet = Closure::<dyn FnMut()>::new({
            let socket = socket.clone();
            // A socket that cannot send says so by closing.
            move || drop(socket.send_with_str(&hello))
        });
        socket.set_onopen(Some(greet.as_ref().unchecked_ref()));
        match channel.within(WELCOME_MS).await {
            Some(Ok(ToPeer::Welcome { .. })) => Ok(channel),
            Some(Ok(ToPeer::Refused { reason }) | Err(reason)) => Err(reason),
            Some(Ok(_)) => Err("the node does not say welcome".into()),
            None => Err("the node does not answer".into()),
        }
    }

    /// What closes it from outside.
    pub fn line(&self) -> Line {
        self.socket.clone()
    }

    /// Asks for a shard, and again whenever the node says so, until there is one. `later` hears how many milliseconds the node wants to
    /// be left alone, and why.
    pub async fn lease(&mut self, log_cells_max: u8, later: impl Fn(u32, String)) -> Result<Lease, Failure> {
        let ask = serde_json::to_string(&ToNode::Ask { log_cells_max }).map_err(|error| error.to_string())?;
        loop {
            self.socket.0.send_with_str(&ask).map_err(|_| "the channel is closed")?;
            let pause = loop {
                match self.next().await? {
                    ToPeer::Lease(lease) => return Ok(lease),
                    ToPeer::Later { ms, reason } => {
                        let pause = u32::try_from(ms).unwrap_or(u32::MAX).clamp(100, 60_000);
                        later(pause, reason);
                        break pause;
                    }
                    ToPeer::Refused { reason } => return Err(reason),
                    ToPeer::Changed | ToPeer::Welcome { .. } => {}
                }
            };
            // A lease that nobody asked for may come meanwhile; nobody takes it.
            match self.within(pause).await {
                None | Some(Ok(ToPeer::Changed)) => {}
                Some(Ok(_)) => return Err("the node says what nobody asked for".into()),
                Some(Err(reason)) => return Err(reason),
            }
        }
    }

    /// Waits until something changed, at most for so long.
    pub async fn change(&mut self, milliseconds: u32) -> Result<(), Failure> {
        match self.within(milliseconds).await {
            Some(message) => message.map(drop),
            None => Ok(()),
        }
    }

    async fn next(&mut self) -> Result<ToPeer, Failure> {
        self.incoming.next().await.unwrap_or_else(|| Err("the channel is closed".into()))
    }

    /// The next message, if one comes in time.
    async fn within(&mut self, milliseconds: u32) -> Option<Result<ToPeer, Failure>> {
        let wait = std::pin::pin!(time::sleep(milliseconds));
        match select(std::pin::pin!(self.next()), wait).await {
            Either::Left((message, _)) => Some(message),
            Either::Right(((), _)) => None,
        }
    }
}

/// What the node does, as it happens: on a channel while there is one, by the clock where there is none.
#[derive(Default)]
pub struct News(Option<Channel>);

impl News {
    /// Waits until something changed, at most for so long.
    pub async fn wait(&mut self, milliseconds: u32) {
        if let Some(open) = &mut self.0 {
            if open.change(milliseconds).await.is_err() {
                self.0 = None;
            }
            return;
        }
        time::sleep(milliseconds).await;
        self.0 = Channel::open(None).await.ok();
    }
}
