//! The channel between a node and a tab or worker: text frames of a WebSocket, each one message as JSON of at most
//! [`MAX_FRAME_BYTES`]. Packages and proofs travel over HTTP, where they hold up nothing else.
//!
//! A worker says [`ToNode::Hello`] first and then [`ToNode::Ask`] whenever it has room for a shard; the node answers once it has one,
//! which may take a while. Everyone on the channel hears of [`ToPeer::Changed`].

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::Lease;

/// Most bytes of a message.
pub const MAX_FRAME_BYTES: usize = 64 << 10;

/// What a tab or worker says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ToNode {
    /// The first message of all.
    Hello {
        /// [`crate::PROTOCOL`].
        protocol: u32,
        /// The name that a worker chose for itself, if it is one; see [`crate::is_worker_name`].
        worker: Option<String>,
    },
    /// A worker has room for one shard more.
    Ask {
        /// Largest shard that it can prove, as log2 of its cells.
        log_cells_max: u8,
    },
}

/// What the node says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ToPeer {
    /// The answer to [`ToNode::Hello`].
    Welcome {
        /// [`crate::PROTOCOL`].
        protocol: u32,
        /// Version of the node.
        version: String,
    },
    /// The answer to [`ToNode::Ask`].
    Lease(Lease),
    /// The other answer to [`ToNode::Ask`]: nothing before that many milliseconds have passed. Ask again then.
    Later {
        /// So many.
        ms: u64,
        /// The reason in words.
        reason: String,
    },
    /// The node ends the conversation.
    Refused {
        /// The reason in words.
        reason: String,
    },
    /// A run began, was executed, proved or given up: `GET /v1/status` and `GET /v1/blocks` have news.
    Changed,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is on the wire is part of the protocol: a change of it is a change of [`crate::PROTOCOL`].
    #[test]
    fn messages_are_these_bytes() {
        let hello = ToNode::Hello { protocol: 1, worker: Some("tab-1".into()) };
        let ask = ToNode::Ask { log_cells_max: 24 };
        let later = ToPeer::Later { ms: 250, reason: "wait".into() };
        let text = |message: &ToNode| serde_json::to_string(message).expect("JSON");
        assert_eq!(text(&hello), r#"{"kind":"hello","protocol":1,"worker":"tab-1"}"#);
        assert_eq!(text(&ask), r#"{"kind":"ask","log_cells_max":24}"#);
        assert_eq!(serde_json::to_string(&later).expect("JSON"), r#"{"kind":"later","ms":250,"reason":"wait"}"#);
        assert_eq!(serde_json::to_string(&ToPeer::Changed).expect("JSON"), r#"{"kind":"changed"}"#);
    }

    #[test]
    fn readers_skip_what_they_do_not_know_and_refuse_the_rest() {
        let more = r#"{"kind":"ask","log_cells_max":24,"colour":"red"}"#;
        assert_eq!(serde_json::from_str(more).ok(), Some(ToNode::Ask { log_cells_max: 24 }));
        for bad in ["", "{}", r#"{"kind":"obey"}"#, r#"{"kind":"ask","log_cells_max":-1}"#] {
            assert!(serde_json::from_str::<ToNode>(bad).is_err(), "{bad}");
        }
    }
}
