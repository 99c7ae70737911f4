//! Following an execution client: its newest block, as soon as it is known.

use std::time::Duration;

use hearth_blocks::rpc;

use crate::block::{self, Head, Heads};
use crate::node::jobs::{Job, PATIENCE};

/// How often a client is asked for its newest block, and how long its notice is waited for.
const POLL: Duration = Duration::from_secs(1);
/// How long a client may take to answer a subscription.
const SUBSCRIBE: Duration = Duration::from_secs(5);

/// An execution client whose new blocks are proved.
pub struct Follow {
    url: String,
    /// Rules of its chain, if it is no public network.
    rules: Option<String>,
    /// The newest block that was seen.
    newest: Option<Head>,
    /// Notices of new heads, from a client at a WebSocket.
    heads: Option<Heads>,
    /// Whether it was said that the client does not answer.
    is_silent: bool,
}

impl Follow {
    /// Of the client at `http://` or `ws://HOST:PORT`.
    pub fn new(url: String, rules: Option<String>) -> Self {
        Self { url, rules, newest: None, heads: None, is_silent: false }
    }

    /// The next block, once there is one: the newest, so that a node which is too slow skips blocks instead of falling behind. After a
    /// reorganisation that is the new head, whatever its height. `None` once `stopping`.
    pub fn next(&mut self, stopping: impl Fn() -> bool) -> Option<Job> {
        while !stopping() {
            match self.head() {
                Ok(Some(head)) if head.number > 0 && self.newest.as_ref() != Some(&head) => {
                    if let Some(skipped) = self.skipped(&head).filter(|&skipped| skipped > 0) {
                        tracing::warn!("skips {skipped} blocks before block {}", head.number);
                    }
                    self.newest = Some(head.clone());
                    self.is_silent = false;
                    return Some(Job::Client { url: self.url.clone(), rules: self.rules.clone(), head });
                }
                Ok(_) => self.is_silent = false,
                Err(error) => {
                    if !self.is_silent {
                        tracing::warn!("{}: {error}", self.url);
                    }
                    self.is_silent = true;
                    self.heads = None;
                    std::thread::sleep(POLL);
                }
            }
        }
        None
    }

    /// How many blocks lie between the newest one and this.
    fn skipped(&self, head: &Head) -> Option<u64> {
        head.number.checked_sub(self.newest.as_ref()?.number)?.checked_sub(1)
    }

    /// The newest block that is known after a while. The error is for people.
    fn head(&mut self) -> Result<Option<Head>, String> {
        if !block::is_websocket(&self.url) {
            let head = self.ask()?;
            if self.newest.as_ref() == Some(&head) {
                std::thread::sleep(POLL);
            }
            return Ok(Some(head));
        }
        if let Some(heads) = &mut self.heads {
            return heads.next(POLL).map_err(|error| error.to_string());
        }
        // Blocks that came before the subscription, or while there was none, are asked for.
        self.heads = Some(Heads::subscribe(&self.url, SUBSCRIBE).map_err(|error| error.to_string())?);
        self.ask().map(Some)
    }

    fn ask(&self) -> Result<Head, String> {
        let client = &mut *block::client(&self.url, PATIENCE);
        let (number, hash) = rpc::head(client).map_err(|error| error.to_string())?;
        Ok(Head { number, hash: hash.to_string() })
    }
}
