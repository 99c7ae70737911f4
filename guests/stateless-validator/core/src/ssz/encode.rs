//! Encoding of a stateless input, for the host that prepares it.

use crate::{
    fork::Fork,
    request::{Cancun, Payload},
};
use alloc::vec::Vec;

/// Everything that a stateless input holds, in the host's memory. `P` owns the byte strings.
#[derive(Clone, Debug)]
pub struct InputParts<'a, P> {
    /// Fork, which decides the shape.
    pub fork: Fork,
    /// Chain id.
    pub chain_id: u64,
    /// The payload. Its own `transactions` are ignored in favour of the field below.
    pub payload: Payload<'a>,
    /// Transactions in EIP-2718 form.
    pub transactions: &'a [P],
    /// Written from Cancun on.
    pub cancun: Option<Cancun<'a>>,
    /// Written from Prague on.
    pub execution_requests: Option<[&'a [u8]; 3]>,
    /// Trie nodes.
    pub state: &'a [P],
    /// Bytecodes.
    pub codes: &'a [P],
    /// Ancestor headers.
    pub headers: &'a [P],
    /// 65 bytes per transaction.
    pub public_keys: &'a [u8],
}

impl<P: AsRef<[u8]>> InputParts<'_, P> {
    /// Schema id and SSZ body.
    pub fn encode(&self) -> Vec<u8> {
        let request = match (&self.cancun, &self.execution_requests) {
            (Some(cancun), Some(requests)) => container(&[
                Part::Variable(self.encode_payload()),
                Part::Variable(cancun.versioned_hashes.to_vec()),
                Part::Fixed(cancun.parent_beacon_block_root),
                Part::Variable(container(&requests.map(|list| Part::Variable(list.to_vec())))),
            ]),
            (Some(cancun), None) => container(&[
                Part::Variable(self.encode_payload()),
                Part::Variable(cancun.versioned_hashes.to_vec()),
                Part::Fixed(cancun.parent_beacon_block_root),
            ]),
            (None, _) => container(&[Part::Variable(self.encode_payload())]),
        };
        let witness = container(&[self.state, self.codes, self.headers].map(|items| Part::Variable(byte_lists(items))));
        let body = container(&[
            Part::Variable(request),
            Part::Variable(witness),
            Part::Fixed(&self.chain_id.to_le_bytes()),
            Part::Variable(self.public_keys.to_vec()),
        ]);
        [&self.fork.schema_id().to_be_bytes()[..], &body].concat()
    }

    fn encode_payload(&self) -> Vec<u8> {
        let payload = &self.payload;
        let numbers =
            [payload.block_number, payload.gas_limit, payload.gas_used, payload.timestamp].map(u64::to_le_bytes);
        let mut parts = alloc::vec![
            Part::Fixed(payload.parent_hash),
            Part::Fixed(payload.fee_recipient),
            Part::Fixed(payload.state_root),
            Part::Fixed(payload.receipts_root),
            Part::Fixed(payload.logs_bloom),
            Part::Fixed(payload.prev_randao),
            Part::Fixed(numbers.as_flattened()),
            Part::Variable(payload.extra_data.to_vec()),
            Part::Fixed(payload.base_fee_per_gas),
            Part::Fixed(payload.block_hash),
            Part::Variable(byte_lists(self.transactions)),
        ];
        parts.extend(payload.withdrawals.map(|w| Part::Variable(w.to_vec())));
        let blob_gas = payload.blob_gas.map(|(used, excess)| [used, excess].map(u64::to_le_bytes));
        parts.extend(blob_gas.iter().map(|pair| Part::Fixed(pair.as_flattened())));
        container(&parts)
    }
}

enum Part<'a> {
    Fixed(&'a [u8]),
    Variable(Vec<u8>),
}

fn container(parts: &[Part<'_>]) -> Vec<u8> {
    let fixed: usize = parts.iter().map(|part| if let Part::Fixed(bytes) = part { bytes.len() } else { 4 }).sum();
    let (mut head, mut tail) = (Vec::with_capacity(fixed), Vec::new());
    for part in parts {
        match part {
            Part::Fixed(bytes) => head.extend_from_slice(bytes),
            Part::Variable(bytes) => {
                head.extend_from_slice(&((fixed + tail.len()) as u32).to_le_bytes());
                tail.extend_from_slice(bytes);
            }
        }
    }
    head.append(&mut tail);
    head
}

fn byte_lists<P: AsRef<[u8]>>(lists: &[P]) -> Vec<u8> {
    let mut offset = 4 * lists.len();
    let mut out = Vec::with_capacity(offset + lists.iter().map(|l| l.as_ref().len()).sum::<usize>());
    for list in lists {
        out.extend_from_slice(&(offset as u32).to_le_bytes());
        offset += list.as_ref().len();
    }
    lists.iter().for_each(|list| out.extend_from_slice(list.as_ref()));
    out
}
