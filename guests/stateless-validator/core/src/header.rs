//! The header: rebuilt from the payload, checked by itself and against its parent.

use crate::{
    fork::Fork,
    reason::Reason,
    request::{Request, WITHDRAWAL_SIZE},
    requests::requests_hash,
    trie::{Item, Items, TrieError},
};
use alloc::vec::Vec;
use alloy_consensus::{EMPTY_OMMER_ROOT_HASH, Header};
use alloy_eips::{eip4844::DATA_GAS_PER_BLOB, eip4895::Withdrawal};
use alloy_primitives::{Address, B256, Bloom, Bytes, U256, keccak256};
use alloy_trie::root::{ordered_trie_root, ordered_trie_root_encoded};

/// Bounds of the gas limit.
const GAS_LIMITS: core::ops::RangeInclusive<u64> = 5_000..=i64::MAX as u64;
const GAS_LIMIT_DIVISOR: u64 = 1_024;
const ELASTICITY: u64 = 2;
const BASE_FEE_DIVISOR: u128 = 8;

/// Most excess blob gas that a price below 2^128 allows under any fork's update fraction, with room to spare.
const MAX_EXCESS_BLOB_GAS: u64 = 1 << 40;

/// Withdrawals from their SSZ form.
pub fn withdrawals(bytes: &[u8]) -> Vec<Withdrawal> {
    let (items, _) = bytes.as_chunks::<WITHDRAWAL_SIZE>();
    let number = |item: &[u8], at: usize| u64::from_le_bytes(core::array::from_fn(|i| item[at + i]));
    items
        .iter()
        .map(|item| Withdrawal {
            index: number(item, 0),
            validator_index: number(item, 8),
            address: Address::from_slice(&item[16..36]),
            amount: number(item, 36),
        })
        .collect()
}

/// The header that the payload describes, with its hash, which must be the one that the payload claims.
pub fn rebuild(request: &Request<'_>, withdrawals: Option<&[Withdrawal]>) -> Result<(Header, B256), Reason> {
    let payload = &request.payload;
    let base_fee = u64::try_from(U256::from_le_bytes(*payload.base_fee_per_gas))
        .map_err(|_| Reason::Header("base_fee_per_gas"))?;
    let transactions: Vec<&[u8]> = payload.transactions.iter().collect();
    let header = Header {
        parent_hash: B256::new(*payload.parent_hash),
        ommers_hash: EMPTY_OMMER_ROOT_HASH,
        beneficiary: Address::new(*payload.fee_recipient),
        state_root: B256::new(*payload.state_root),
        transactions_root: ordered_trie_root_encoded(&transactions),
        receipts_root: B256::new(*payload.receipts_root),
        logs_bloom: Bloom::new(*payload.logs_bloom),
        number: payload.block_number,
        gas_limit: payload.gas_limit,
        gas_used: payload.gas_used,
        timestamp: payload.timestamp,
        extra_data: Bytes::copy_from_slice(payload.extra_data),
        mix_hash: B256::new(*payload.prev_randao),
        base_fee_per_gas: Some(base_fee),
        withdrawals_root: withdrawals.map(ordered_trie_root),
        blob_gas_used: payload.blob_gas.map(|(used, _)| used),
        excess_blob_gas: payload.blob_gas.map(|(_, excess)| excess),
        parent_beacon_block_root: request.cancun.map(|c| B256::new(*c.parent_beacon_block_root)),
        requests_hash: request.execution_requests.map(|lists| requests_hash(&lists)),
        ..Header::default()
    };
    let rebuilt = header.hash_slow();
    let claimed = B256::new(*payload.block_hash);
    if rebuilt == claimed { Ok((header, rebuilt)) } else { Err(Reason::BlockHash { rebuilt, claimed }) }
}

/// What of a parent header the checks need.
#[derive(Clone, Copy, Debug)]
pub struct Ancestor<'a> {
    /// Its own hash.
    pub hash: B256,
    /// Hash of its parent.
    pub parent_hash: &'a [u8; 32],
    /// State root after it.
    pub state_root: &'a [u8; 32],
    /// Height.
    pub number: u64,
    gas_limit: u64,
    gas_used: u64,
    timestamp: u64,
    base_fee: u64,
    blob_gas_used: u64,
    excess_blob_gas: u64,
}

impl<'a> Ancestor<'a> {
    /// Reads a header. Fields that its fork did not have count as zero.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, TrieError> {
        let mut items = Items::of_list(bytes)?;
        let mut fields = [None; 19];
        for field in &mut fields {
            if items.is_empty() {
                break;
            }
            *field = Some(items.next_item()?);
        }
        let field = |i: usize| -> Result<Item<'a>, TrieError> { fields[i].ok_or(TrieError::Malformed) };
        let later = |i: usize| fields[i].map_or(Ok(0), |item| item.uint64());
        Ok(Self {
            hash: keccak256(bytes),
            parent_hash: field(0)?.array()?,
            state_root: field(3)?.array()?,
            number: field(8)?.uint64()?,
            gas_limit: field(9)?.uint64()?,
            gas_used: field(10)?.uint64()?,
            timestamp: field(11)?.uint64()?,
            base_fee: field(15)?.uint64()?,
            blob_gas_used: later(17)?,
            excess_blob_gas: later(18)?,
        })
    }
}

/// The ancestors of the block, oldest first: each links to the next, the last is the parent of the block.
pub fn ancestors<'a>(
    headers: impl DoubleEndedIterator<Item = &'a [u8]> + ExactSizeIterator,
    header: &Header,
) -> Result<Vec<Ancestor<'a>>, Reason> {
    let mut child = (header.parent_hash, header.number);
    let mut chain = Vec::with_capacity(headers.len());
    for (i, bytes) in headers.enumerate().rev() {
        let ancestor = Ancestor::decode(bytes).map_err(|_| Reason::Ancestor(i))?;
        if ancestor.hash != child.0 || ancestor.number.checked_add(1) != Some(child.1) {
            return Err(Reason::Ancestor(i));
        }
        child = (B256::new(*ancestor.parent_hash), ancestor.number);
        chain.push(ancestor);
    }
    chain.reverse();
    Ok(chain)
}

/// Every rule for a header that does not need the block's execution.
pub fn check(header: &Header, parent: &Ancestor<'_>, fork: Fork) -> Result<(), Reason> {
    let require = |ok: bool, field: &'static str| if ok { Ok(()) } else { Err(Reason::Header(field)) };
    let base_fee = header.base_fee_per_gas.unwrap_or_default();
    require(header.difficulty.is_zero() && header.nonce.is_zero(), "difficulty")?;
    require(header.ommers_hash == EMPTY_OMMER_ROOT_HASH, "ommers_hash")?;
    require(header.extra_data.len() <= 32, "extra_data")?;
    require(header.gas_used <= header.gas_limit, "gas_used")?;
    require(header.timestamp > parent.timestamp, "timestamp")?;
    require(GAS_LIMITS.contains(&header.gas_limit) && GAS_LIMITS.contains(&parent.gas_limit), "gas_limit")?;
    require(header.gas_limit.abs_diff(parent.gas_limit) < parent.gas_limit / GAS_LIMIT_DIVISOR, "gas_limit")?;
    require(Some(base_fee) == next_base_fee(parent), "base_fee_per_gas")?;
    require(header.withdrawals_root.is_some() == (fork >= Fork::Shanghai), "withdrawals_root")?;
    require(header.parent_beacon_block_root.is_some() == (fork >= Fork::Cancun), "parent_beacon_block_root")?;
    require(header.requests_hash.is_some() == (fork >= Fork::Prague), "requests_hash")?;
    match (fork.blob_params(), header.blob_gas_used, header.excess_blob_gas) {
        (None, None, None) => Ok(()),
        (Some(params), Some(used), Some(excess)) => {
            let in_range = parent.excess_blob_gas <= MAX_EXCESS_BLOB_GAS && parent.blob_gas_used <= MAX_EXCESS_BLOB_GAS;
            require(
                used.is_multiple_of(DATA_GAS_PER_BLOB) && used <= params.max_blob_gas_per_block(),
                "blob_gas_used",
            )?;
            require(in_range, "excess_blob_gas")?;
            let expected =
                params.next_block_excess_blob_gas_osaka(parent.excess_blob_gas, parent.blob_gas_used, parent.base_fee);
            require(excess == expected, "excess_blob_gas")
        }
        (_, used, _) => require(false, if used.is_some() { "excess_blob_gas" } else { "blob_gas_used" }),
    }
}

/// EIP-1559: the base fee after `parent`, `None` if it leaves 64 bits.
fn next_base_fee(parent: &Ancestor<'_>) -> Option<u64> {
    let target = parent.gas_limit / ELASTICITY;
    let base_fee = u128::from(parent.base_fee);
    let step = |distance: u64| base_fee * u128::from(distance) / u128::from(target) / BASE_FEE_DIVISOR;
    if target == 0 {
        return None;
    }
    let next = match parent.gas_used.checked_sub(target) {
        Some(0) => base_fee,
        Some(above) => base_fee + step(above).max(1),
        None => base_fee - step(target - parent.gas_used).min(base_fee),
    };
    u64::try_from(next).ok()
}
