//! A stateless input taken apart, so that one thing of it can be changed and everything else still fits.

use alloy_consensus::{EMPTY_OMMER_ROOT_HASH, Header, proofs};
use alloy_eips::eip4895::Withdrawal;
use alloy_primitives::{Address, B256, Bloom, Bytes, U256};
use alloy_trie::root::ordered_trie_root_encoded;
use hearth_blocks::{Fork, Reason};
use hearth_stateless::{
    header,
    input::{Input, PUBLIC_KEY},
    request::{Cancun, Payload, WITHDRAWAL_SIZE},
    requests::requests_hash,
    ssz::{ByteLists, encode::InputParts},
};

/// What an input holds; numbers are little-endian.
#[derive(Clone, Debug)]
pub struct Parts {
    pub fork: Fork,
    pub chain_id: u64,
    pub parent_hash: [u8; 32],
    pub fee_recipient: [u8; 20],
    pub state_root: [u8; 32],
    pub receipts_root: [u8; 32],
    pub logs_bloom: [u8; 256],
    pub prev_randao: [u8; 32],
    pub block_number: [u8; 8],
    pub gas_limit: [u8; 8],
    pub gas_used: [u8; 8],
    pub timestamp: [u8; 8],
    pub extra_data: Vec<u8>,
    pub base_fee_per_gas: [u8; 32],
    pub block_hash: [u8; 32],
    pub transactions: Vec<Vec<u8>>,
    pub withdrawals: Option<Vec<[u8; WITHDRAWAL_SIZE]>>,
    pub blob_gas: Option<[[u8; 8]; 2]>,
    pub versioned_hashes: Option<Vec<[u8; 32]>>,
    pub parent_beacon_block_root: Option<[u8; 32]>,
    pub execution_requests: Option<[Vec<u8>; 3]>,
    pub state: Vec<Vec<u8>>,
    pub codes: Vec<Vec<u8>>,
    pub headers: Vec<Vec<u8>>,
    pub public_keys: Vec<[u8; PUBLIC_KEY]>,
}

impl Parts {
    /// Takes an input apart; `None` if it does not decode.
    pub fn of(input: &[u8]) -> Option<Self> {
        let Input { fork, request, witness, chain_id, public_keys } = Input::parse(input).ok()?;
        let payload = &request.payload;
        let owned = |list: ByteLists<'_>| list.iter().map(<[u8]>::to_vec).collect();
        Some(Self {
            fork,
            chain_id,
            parent_hash: *payload.parent_hash,
            fee_recipient: *payload.fee_recipient,
            state_root: *payload.state_root,
            receipts_root: *payload.receipts_root,
            logs_bloom: *payload.logs_bloom,
            prev_randao: *payload.prev_randao,
            block_number: payload.block_number.to_le_bytes(),
            gas_limit: payload.gas_limit.to_le_bytes(),
            gas_used: payload.gas_used.to_le_bytes(),
            timestamp: payload.timestamp.to_le_bytes(),
            extra_data: payload.extra_data.to_vec(),
            base_fee_per_gas: *payload.base_fee_per_gas,
            block_hash: *payload.block_hash,
            transactions: owned(payload.transactions),
            withdrawals: payload.withdrawals.map(|bytes| bytes.as_chunks().0.to_vec()),
            blob_gas: payload.blob_gas.map(|(used, excess)| [used, excess].map(u64::to_le_bytes)),
            versioned_hashes: request.cancun.map(|cancun| cancun.versioned_hashes.as_chunks().0.to_vec()),
            parent_beacon_block_root: request.cancun.map(|cancun| *cancun.parent_beacon_block_root),
            execution_requests: request.execution_requests.map(|lists| lists.map(<[u8]>::to_vec)),
            state: owned(witness.state),
            codes: owned(witness.codes),
            headers: owned(witness.headers),
            public_keys: public_keys.as_chunks().0.to_vec(),
        })
    }

    /// Puts an input together. What a fork does not have is left out.
    pub fn encode(&self) -> Vec<u8> {
        let number = u64::from_le_bytes;
        let withdrawals = self.withdrawals.as_ref().map(|list| list.as_flattened());
        let payload = Payload {
            parent_hash: &self.parent_hash,
            fee_recipient: &self.fee_recipient,
            state_root: &self.state_root,
            receipts_root: &self.receipts_root,
            logs_bloom: &self.logs_bloom,
            prev_randao: &self.prev_randao,
            block_number: number(self.block_number),
            gas_limit: number(self.gas_limit),
            gas_used: number(self.gas_used),
            timestamp: number(self.timestamp),
            extra_data: &self.extra_data,
            base_fee_per_gas: &self.base_fee_per_gas,
            block_hash: &self.block_hash,
            transactions: ByteLists::default(),
            withdrawals,
            blob_gas: self.blob_gas.map(|[used, excess]| (number(used), number(excess))),
        };
        let cancun = self.versioned_hashes.as_ref().zip(self.parent_beacon_block_root.as_ref());
        let requests = self.execution_requests.as_ref().map(|lists| lists.each_ref().map(Vec::as_slice));
        InputParts {
            fork: self.fork,
            chain_id: self.chain_id,
            payload,
            transactions: &self.transactions,
            cancun: cancun.map(|(hashes, root)| Cancun {
                versioned_hashes: hashes.as_flattened(),
                parent_beacon_block_root: root,
            }),
            execution_requests: requests,
            state: &self.state,
            codes: &self.codes,
            headers: &self.headers,
            public_keys: self.public_keys.as_flattened(),
        }
        .encode()
    }

    /// Claims the hash that the header of the changed payload has, where it can have one.
    pub fn seal(&mut self) {
        let input = self.encode();
        let Ok(read) = Input::parse(&input) else { return };
        let withdrawals = read.request.payload.withdrawals.map(header::withdrawals);
        if let Err(Reason::BlockHash { rebuilt, .. }) = header::rebuild(&read.request, withdrawals.as_deref()) {
            self.block_hash = rebuilt.0;
        }
    }

    /// The header that the payload stands for, by the consensus crates alone.
    pub fn header(&self) -> Header {
        let number = u64::from_le_bytes;
        let withdrawals = self.withdrawals.as_ref().map(|list| list.iter().map(withdrawal).collect::<Vec<_>>());
        Header {
            parent_hash: B256::new(self.parent_hash),
            ommers_hash: EMPTY_OMMER_ROOT_HASH,
            beneficiary: Address::new(self.fee_recipient),
            state_root: B256::new(self.state_root),
            transactions_root: ordered_trie_root_encoded(&self.transactions),
            receipts_root: B256::new(self.receipts_root),
            logs_bloom: Bloom::new(self.logs_bloom),
            number: number(self.block_number),
            gas_limit: number(self.gas_limit),
            gas_used: number(self.gas_used),
            timestamp: number(self.timestamp),
            extra_data: Bytes::copy_from_slice(&self.extra_data),
            mix_hash: B256::new(self.prev_randao),
            base_fee_per_gas: U256::from_le_bytes(self.base_fee_per_gas).try_into().ok(),
            withdrawals_root: withdrawals.map(|list| proofs::calculate_withdrawals_root(&list)),
            blob_gas_used: self.blob_gas.map(|[used, _]| number(used)),
            excess_blob_gas: self.blob_gas.map(|[_, excess]| number(excess)),
            parent_beacon_block_root: self.parent_beacon_block_root.map(B256::new),
            requests_hash: self.execution_requests.as_ref().map(requests_hash),
            ..Header::default()
        }
    }

    /// The fields of the header with their names.
    pub fn fields(&mut self) -> Vec<(&'static str, &mut [u8])> {
        let mut fields: Vec<(&'static str, &mut [u8])> = vec![
            ("parent_hash", &mut self.parent_hash),
            ("fee_recipient", &mut self.fee_recipient),
            ("state_root", &mut self.state_root),
            ("receipts_root", &mut self.receipts_root),
            ("logs_bloom", &mut self.logs_bloom),
            ("prev_randao", &mut self.prev_randao),
            ("block_number", &mut self.block_number),
            ("gas_limit", &mut self.gas_limit),
            ("gas_used", &mut self.gas_used),
            ("timestamp", &mut self.timestamp),
            ("extra_data", &mut self.extra_data),
            ("base_fee_per_gas", &mut self.base_fee_per_gas),
            ("block_hash", &mut self.block_hash),
        ];
        if let Some([used, excess]) = &mut self.blob_gas {
            fields.extend([("blob_gas_used", &mut used[..]), ("excess_blob_gas", &mut excess[..])]);
        }
        if let Some(root) = &mut self.parent_beacon_block_root {
            fields.push(("parent_beacon_block_root", root));
        }
        fields.retain(|(_, bytes)| !bytes.is_empty());
        fields
    }
}

fn withdrawal(bytes: &[u8; WITHDRAWAL_SIZE]) -> Withdrawal {
    let number = |at: usize| u64::from_le_bytes(std::array::from_fn(|i| bytes[at + i]));
    Withdrawal {
        index: number(0),
        validator_index: number(8),
        address: Address::from_slice(&bytes[16..36]),
        amount: number(36),
    }
}
