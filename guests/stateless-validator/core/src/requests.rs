//! Requests of the execution layer (EIP-7685): their forms, their hash, deposits from logs (EIP-6110).

use crate::{reason::Reason, ssz::sha256::sha256};
use alloc::vec::Vec;
use alloy_primitives::{Address, B256, Log, b256};

/// The form of one kind of request.
#[derive(Clone, Copy, Debug)]
pub struct RequestKind {
    /// Field name in `ExecutionRequests`.
    pub name: &'static str,
    /// Sizes of its fields in bytes.
    pub fields: &'static [usize],
}

impl RequestKind {
    /// Bytes of one request.
    pub const fn size(&self) -> usize {
        let (mut size, mut i) = (0, 0);
        while i < self.fields.len() {
            size += self.fields[i];
            i += 1;
        }
        size
    }
}

/// Deposits (EIP-6110), withdrawals (EIP-7002), consolidations (EIP-7251): the index is the EIP-7685 type.
pub const REQUEST_KINDS: [RequestKind; 3] = [
    RequestKind { name: "deposits", fields: &[48, 32, 8, 96, 8] },
    RequestKind { name: "withdrawals", fields: &[20, 48, 8] },
    RequestKind { name: "consolidations", fields: &[20, 48, 48] },
];

/// `requests_hash`: kinds without a request do not count.
pub fn requests_hash<T: AsRef<[u8]>>(lists: &[T; 3]) -> B256 {
    let mut hashes = Vec::with_capacity(96);
    for (kind, list) in (0u8..).zip(lists) {
        let list = list.as_ref();
        if !list.is_empty() {
            let mut typed = Vec::with_capacity(1 + list.len());
            typed.push(kind);
            typed.extend_from_slice(list);
            hashes.extend_from_slice(&sha256(&typed));
        }
    }
    B256::new(sha256(&hashes))
}

/// `DepositEvent(bytes,bytes,bytes,bytes,bytes)`
const DEPOSIT_EVENT: B256 = b256!("649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5");

/// Where the ABI encoding of the event has its five offsets and lengths; any other layout makes the block invalid.
const DEPOSIT_LAYOUT: [(usize, usize); 10] =
    [(0, 160), (32, 256), (64, 320), (96, 384), (128, 512), (160, 48), (256, 32), (320, 8), (384, 96), (512, 8)];
const DEPOSIT_DATA: usize = 576;

/// Appends the deposits among `logs` to `out`.
pub fn collect_deposits<'a>(
    contract: Address,
    logs: impl Iterator<Item = &'a Log>,
    out: &mut Vec<u8>,
) -> Result<(), Reason> {
    for log in logs.filter(|log| log.address == contract && log.topics().first() == Some(&DEPOSIT_EVENT)) {
        let data = log.data.data.as_ref();
        let well_formed =
            data.len() == DEPOSIT_DATA && DEPOSIT_LAYOUT.iter().all(|&(at, value)| word_is(data, at, value));
        if !well_formed {
            return Err(Reason::DepositLayout);
        }
        for &(at, len) in &DEPOSIT_LAYOUT[5..] {
            out.extend_from_slice(data.get(at + 32..at + 32 + len).unwrap_or_default());
        }
    }
    Ok(())
}

fn word_is(data: &[u8], at: usize, value: usize) -> bool {
    let mut word = [0; 32];
    word[24..].copy_from_slice(&(value as u64).to_be_bytes());
    data.get(at..at + 32) == Some(&word)
}
