//! The state before the block, served from the witness, and the root of the state after it.

use crate::{
    bytecode::analyzed,
    reason::Reason,
    trie::{Child, EMPTY_ROOT, Items, Preimages, TrieError, Tries, Value},
};
use alloc::{boxed::Box, vec::Vec};
use alloy_primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256, map::AddressMap};
use alloy_rlp::{BufMut, Encodable};
use revm::{
    Database,
    bytecode::Bytecode,
    database::{BundleAccount, BundleState},
    database_interface::DBErrorMarker,
    state::AccountInfo,
};

impl DBErrorMarker for Reason {}

/// An account that has been looked up.
#[derive(Debug)]
struct Known<'a> {
    key: B256,
    storage: Child<'a>,
}

/// The witness as a database.
#[derive(Debug)]
pub struct WitnessState<'a> {
    tries: Tries<'a>,
    root: Child<'a>,
    accounts: AddressMap<Known<'a>>,
    codes: Preimages<'a>,
    /// Hashes of the blocks `first_block..`, oldest first.
    block_hashes: Vec<B256>,
    first_block: u64,
}

impl<'a> WitnessState<'a> {
    /// The state with the given root; `block_hashes` are those of consecutive blocks from `first_block` on.
    pub fn new(
        nodes: Preimages<'a>,
        codes: Preimages<'a>,
        root: &'a [u8; 32],
        block_hashes: Vec<B256>,
        first_block: u64,
    ) -> Self {
        let root = if *root == EMPTY_ROOT.0 { Child::Empty } else { Child::Hash(root) };
        Self { tries: Tries::new(nodes), root, accounts: AddressMap::default(), codes, block_hashes, first_block }
    }

    /// Which trie nodes and which bytecodes have been asked for.
    pub fn used(&self) -> (&[bool], &[bool]) {
        (self.tries.witness().used(), self.codes.used())
    }

    /// Applies the changes of the block and returns the new state root.
    pub fn apply(&mut self, changes: &BundleState) -> Result<B256, Reason> {
        let mut removed = Vec::new();
        for (address, account) in &changes.state {
            match &account.info {
                Some(info) => {
                    let storage = self.apply_storage(*address, account)?;
                    let known = self.accounts.get(address).ok_or(Reason::Account(*address))?;
                    self.tries.insert(&mut self.root, &known.key.0, encode_account(info, &storage))?;
                }
                None => removed.push(keccak256(address)),
            }
        }
        for key in removed {
            self.tries.remove(&mut self.root, &key.0)?;
        }
        Ok(self.tries.root(self.root))
    }

    /// The storage root of one account after the block.
    fn apply_storage(&mut self, address: Address, account: &BundleAccount) -> Result<B256, Reason> {
        let known =
            self.accounts.entry(address).or_insert_with(|| Known { key: keccak256(address), storage: Child::Empty });
        let destroyed = account.was_destroyed();
        if destroyed {
            known.storage = Child::Empty;
        }
        let mut removed = Vec::new();
        for (slot, value) in &account.storage {
            if !destroyed && value.present_value == value.previous_or_original_value {
                continue;
            }
            let key = keccak256(slot.to_be_bytes::<32>());
            if value.present_value.is_zero() {
                removed.push(key);
            } else {
                let bytes = alloy_rlp::encode(value.present_value).into_boxed_slice();
                self.tries.insert(&mut known.storage, &key.0, bytes)?;
            }
        }
        for key in removed {
            self.tries.remove(&mut known.storage, &key.0)?;
        }
        Ok(self.tries.root(known.storage))
    }
}

impl Database for WitnessState<'_> {
    type Error = Reason;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Reason> {
        let key = keccak256(address);
        let account = match self.tries.get(&mut self.root, &key.0)? {
            None => None,
            Some(Value::Witness(bytes)) => Some(decode_account(bytes).map_err(|_| Reason::Account(address))?),
            Some(Value::New(_)) => return Err(Reason::Account(address)),
        };
        let (info, storage) = account.map_or((None, Child::Empty), |(info, storage)| (Some(info), storage));
        self.accounts.insert(address, Known { key, storage });
        Ok(info)
    }

    fn code_by_hash(&mut self, code_hash: B256) -> Result<Bytecode, Reason> {
        if code_hash == KECCAK256_EMPTY {
            return Ok(Bytecode::default());
        }
        let code = self.codes.get(&code_hash.0).ok_or(Reason::CodeMissing(code_hash))?;
        if code.first() != Some(&0xef) {
            return Ok(analyzed(code));
        }
        Bytecode::new_raw_checked(Bytes::copy_from_slice(code)).map_err(|_| Reason::CodeMissing(code_hash))
    }

    fn storage(&mut self, address: Address, index: U256) -> Result<U256, Reason> {
        if !self.accounts.contains_key(&address) {
            self.basic(address)?;
        }
        let known = self.accounts.get_mut(&address).ok_or(Reason::Account(address))?;
        if matches!(known.storage, Child::Empty) {
            return Ok(U256::ZERO);
        }
        let key = keccak256(index.to_be_bytes::<32>());
        match self.tries.get(&mut known.storage, &key.0)? {
            None => Ok(U256::ZERO),
            Some(value) => alloy_rlp::decode_exact(value.as_ref()).map_err(|_| TrieError::Malformed.into()),
        }
    }

    fn block_hash(&mut self, number: u64) -> Result<B256, Reason> {
        let missing = Reason::BlockHashMissing(number);
        let index = number.checked_sub(self.first_block).and_then(|i| usize::try_from(i).ok());
        index.and_then(|i| self.block_hashes.get(i)).copied().ok_or(missing)
    }
}

/// Nonce, balance, storage root, code hash. The code is left out, so that the EVM asks for it by hash.
fn decode_account(bytes: &[u8]) -> Result<(AccountInfo, Child<'_>), TrieError> {
    let mut items = Items::of_list(bytes)?;
    let nonce = items.next_item()?.uint64()?;
    let balance = items.next_item()?.string()?;
    let storage = items.next_item()?.array()?;
    let code_hash = B256::new(*items.next_item()?.array()?);
    if !items.is_empty() || balance.first() == Some(&0) {
        return Err(TrieError::Malformed);
    }
    let balance = U256::try_from_be_slice(balance).ok_or(TrieError::Malformed)?;
    let storage = if *storage == EMPTY_ROOT.0 { Child::Empty } else { Child::Hash(storage) };
    Ok((AccountInfo { balance, nonce, code_hash, account_id: None, code: None }, storage))
}

fn encode_account(info: &AccountInfo, storage: &B256) -> Box<[u8]> {
    let payload = info.nonce.length() + info.balance.length() + 66;
    let mut out = Vec::with_capacity(payload + 2);
    alloy_rlp::Header { list: true, payload_length: payload }.encode(&mut out);
    info.nonce.encode(&mut out);
    info.balance.encode(&mut out);
    for hash in [storage, &info.code_hash] {
        out.put_u8(0xa0);
        out.extend_from_slice(hash.as_slice());
    }
    out.into_boxed_slice()
}
