//! `StatelessInput`: schema id, payload request, witness, chain id, public keys. Nothing is copied.

use crate::{
    fork::Fork,
    request::Request,
    ssz::{
        ByteLists, Undecodable,
        decode::{items, uint64, variable},
    },
};

/// Most bytes of one trie node.
pub const MAX_NODE: usize = 1 << 10;
/// Most bytes of one bytecode.
pub const MAX_CODE: usize = 1 << 16;
/// Most bytes of one header.
pub const MAX_HEADER: usize = 1 << 10;
/// Most ancestor headers.
pub const MAX_HEADERS: usize = 256;
/// Bytes of an uncompressed public key.
pub const PUBLIC_KEY: usize = 65;

/// The state that the block touches, as preimages of hashes.
#[derive(Clone, Copy, Debug)]
pub struct Witness<'a> {
    /// Trie nodes in RLP, in any order.
    pub state: ByteLists<'a>,
    /// Bytecodes, in any order.
    pub codes: ByteLists<'a>,
    /// Ancestor headers in RLP, oldest first, the last is the parent.
    pub headers: ByteLists<'a>,
}

/// A decoded input.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// From the schema id.
    pub fork: Fork,
    /// The block.
    pub request: Request<'a>,
    /// What its execution needs.
    pub witness: Witness<'a>,
    /// Chain id.
    pub chain_id: u64,
    /// One uncompressed key per transaction, 65 bytes each: hints, checked against the signatures.
    pub public_keys: &'a [u8],
}

impl<'a> Input<'a> {
    /// Reads the 2-byte big-endian schema id and the SSZ body.
    pub fn parse(input: &'a [u8]) -> Result<Self, Undecodable> {
        let (id, body) = input.split_first_chunk::<2>().ok_or(Undecodable("schema_id"))?;
        let fork = Fork::from_schema_id(u16::from_be_bytes(*id)).ok_or(Undecodable("schema_id"))?;
        let [request, witness, keys] = variable(body, 20, [0, 4, 16], "stateless_input")?;
        let [state, codes, headers] = variable(witness, 12, [0, 4, 8], "witness")?;
        Ok(Self {
            fork,
            request: Request::parse(request, fork)?,
            witness: Witness {
                state: ByteLists::parse(state, u32::MAX as usize - 1, MAX_NODE, "witness.state")?,
                codes: ByteLists::parse(codes, u32::MAX as usize - 1, MAX_CODE, "witness.codes")?,
                headers: ByteLists::parse(headers, MAX_HEADERS, MAX_HEADER, "witness.headers")?,
            },
            chain_id: uint64(body, 8, "chain_id")?,
            public_keys: items(keys, PUBLIC_KEY, "public_keys")?,
        })
    }
}
