//! Wire format and root of the stateless input against `libssz`, which shares no code with ours.

use hearth_stateless::{
    Fork,
    input::Input,
    request::{Cancun, Payload, field},
    ssz::{ByteLists, encode::InputParts, merkle},
};
use libssz::SszEncode;
use libssz_derive::{HashTreeRoot, SszEncode};
use libssz_merkle::{HashTreeRoot, Sha2Hasher};
use libssz_types::{ProgressiveList, SszList};

#[derive(Clone, HashTreeRoot, SszEncode)]
struct Withdrawal {
    index: u64,
    validator_index: u64,
    address: [u8; 20],
    amount: u64,
}

#[derive(Clone, HashTreeRoot, SszEncode)]
struct Deposit {
    pubkey: [u8; 48],
    withdrawal_credentials: [u8; 32],
    amount: u64,
    signature: [u8; 96],
    index: u64,
}

#[derive(Clone, HashTreeRoot, SszEncode)]
struct WithdrawalRequest {
    source_address: [u8; 20],
    validator_pubkey: [u8; 48],
    amount: u64,
}

#[derive(Clone, HashTreeRoot, SszEncode)]
struct Consolidation {
    source_address: [u8; 20],
    source_pubkey: [u8; 48],
    target_pubkey: [u8; 48],
}

#[derive(Clone, HashTreeRoot, SszEncode)]
#[ssz(progressive_container)]
struct Requests {
    deposits: ProgressiveList<Deposit>,
    withdrawals: ProgressiveList<WithdrawalRequest>,
    consolidations: ProgressiveList<Consolidation>,
}

macro_rules! shapes {
    ($($payload:ident $input:ident $outer:ident { $($field:ident: $ty:ty),* } [$($beside:ident: $beside_ty:ty),*]);*) => {$(
        #[derive(Clone, HashTreeRoot, SszEncode)]
        #[ssz(progressive_container)]
        struct $payload {
            parent_hash: [u8; 32],
            fee_recipient: [u8; 20],
            state_root: [u8; 32],
            receipts_root: [u8; 32],
            logs_bloom: [u8; 256],
            prev_randao: [u8; 32],
            block_number: u64,
            gas_limit: u64,
            gas_used: u64,
            timestamp: u64,
            extra_data: SszList<u8, 32>,
            base_fee_per_gas: [u8; 32],
            block_hash: [u8; 32],
            transactions: ProgressiveList<ProgressiveList<u8>>,
            $($field: $ty,)*
        }

        #[derive(Clone, HashTreeRoot, SszEncode)]
        struct $outer {
            execution_payload: $payload,
            $($beside: $beside_ty,)*
        }

        #[derive(Clone, SszEncode)]
        struct $input {
            request: $outer,
            witness: Witness,
            chain_id: u64,
            public_keys: ProgressiveList<[u8; 65]>,
        }
    )*};
}

shapes! {
    PayloadV1 InputParis RequestParis {} [];
    PayloadV2 InputShanghai RequestShanghai { withdrawals: ProgressiveList<Withdrawal> } [];
    PayloadV3 InputPrague RequestPrague {
        withdrawals: ProgressiveList<Withdrawal>, blob_gas_used: u64, excess_blob_gas: u64
    } [versioned_hashes: ProgressiveList<[u8; 32]>, parent_beacon_block_root: [u8; 32], execution_requests: Requests];
    PayloadCancun InputCancun RequestCancun {
        withdrawals: ProgressiveList<Withdrawal>, blob_gas_used: u64, excess_blob_gas: u64
    } [versioned_hashes: ProgressiveList<[u8; 32]>, parent_beacon_block_root: [u8; 32]]
}

#[derive(Clone, SszEncode)]
struct Witness {
    state: ProgressiveList<SszList<u8, 1024>>,
    codes: ProgressiveList<SszList<u8, 65536>>,
    headers: SszList<SszList<u8, 1024>, 256>,
}

fn bytes(seed: u8, len: usize) -> Vec<u8> {
    (0..len).map(|i| (i as u8).wrapping_mul(31).wrapping_add(seed)).collect()
}

fn array<const N: usize>(seed: u8) -> [u8; N] {
    bytes(seed, N).try_into().expect("N bytes")
}

fn limited<const N: usize>(item: impl AsRef<[u8]>) -> SszList<u8, N> {
    item.as_ref().to_vec().try_into().expect("within the bound")
}

macro_rules! fill {
    ($payload:ident $case:ident { $($rest:tt)* }) => {
        $payload {
            parent_hash: array(1), fee_recipient: array(2), state_root: array(3), receipts_root: array(4),
            logs_bloom: array(5), prev_randao: array(6), block_number: 7, gas_limit: 8, gas_used: 9, timestamp: 10,
            extra_data: limited(&$case.extra_data), base_fee_per_gas: array(11), block_hash: array(12),
            transactions: $case.transactions.iter().cloned().map(ProgressiveList::from).collect::<Vec<_>>().into(),
            $($rest)*
        }
    };
}

struct Case {
    extra_data: Vec<u8>,
    transactions: Vec<Vec<u8>>,
    hashes: Vec<[u8; 32]>,
    withdrawals: Vec<Withdrawal>,
    requests: Requests,
    state: Vec<Vec<u8>>,
    public_keys: Vec<[u8; 65]>,
}

impl Case {
    /// `n` items of everything, of growing sizes.
    fn new(n: u8) -> Self {
        let list = |scale: usize| (0..n).map(|i| bytes(i, usize::from(i) * scale)).collect::<Vec<_>>();
        Self {
            extra_data: bytes(1, usize::from(n % 33)),
            transactions: list(97),
            hashes: (0..n).map(array).collect(),
            withdrawals: (0..n)
                .map(|i| Withdrawal { index: i.into(), validator_index: 9, address: array(i), amount: 77 })
                .collect(),
            requests: Requests {
                deposits: (0..n / 2)
                    .map(|i| Deposit {
                        pubkey: array(i),
                        withdrawal_credentials: array(i + 1),
                        amount: 5,
                        signature: array(i + 2),
                        index: i.into(),
                    })
                    .collect::<Vec<_>>()
                    .into(),
                withdrawals: (0..n)
                    .map(|i| WithdrawalRequest { source_address: array(i), validator_pubkey: array(i + 1), amount: 8 })
                    .collect::<Vec<_>>()
                    .into(),
                consolidations: (0..n / 3)
                    .map(|i| Consolidation {
                        source_address: array(i),
                        source_pubkey: array(i + 1),
                        target_pubkey: array(i + 2),
                    })
                    .collect::<Vec<_>>()
                    .into(),
            },
            state: list(13),
            public_keys: (0..n).map(array).collect(),
        }
    }

    fn witness(&self) -> Witness {
        Witness {
            state: self.state.iter().map(limited).collect::<Vec<_>>().into(),
            codes: self.state.iter().map(limited).collect::<Vec<_>>().into(),
            headers: self.state.iter().map(limited).collect::<Vec<_>>().try_into().expect("few"),
        }
    }

    /// Our encoding under `fork` and the root that our decoder finds.
    fn ours(&self, fork: Fork) -> (Vec<u8>, [u8; 32]) {
        let withdrawals: Vec<u8> = self.withdrawals.iter().flat_map(SszEncode::to_ssz).collect();
        let requests = [
            self.requests.deposits.iter().flat_map(SszEncode::to_ssz).collect::<Vec<u8>>(),
            self.requests.withdrawals.iter().flat_map(SszEncode::to_ssz).collect(),
            self.requests.consolidations.iter().flat_map(SszEncode::to_ssz).collect(),
        ];
        let (a, b, c, d, e, f) = (array(1), array(2), array(3), array(4), array(5), array(6));
        let (base_fee, hash, root) = (array(11), array(12), array(13));
        let payload = Payload {
            parent_hash: &a,
            fee_recipient: &b,
            state_root: &c,
            receipts_root: &d,
            logs_bloom: &e,
            prev_randao: &f,
            block_number: 7,
            gas_limit: 8,
            gas_used: 9,
            timestamp: 10,
            extra_data: &self.extra_data,
            base_fee_per_gas: &base_fee,
            block_hash: &hash,
            transactions: ByteLists::default(),
            withdrawals: (fork >= Fork::Shanghai).then_some(&withdrawals),
            blob_gas: (fork >= Fork::Cancun).then_some((14, 15)),
        };
        let cancun = Cancun { versioned_hashes: self.hashes.as_flattened(), parent_beacon_block_root: &root };
        let encoded = InputParts {
            fork,
            chain_id: 16,
            payload,
            transactions: &self.transactions,
            cancun: (fork >= Fork::Cancun).then_some(cancun),
            execution_requests: (fork >= Fork::Prague).then_some([&requests[0], &requests[1], &requests[2]]),
            state: &self.state,
            codes: &self.state,
            headers: &self.state,
            public_keys: self.public_keys.as_flattened(),
        }
        .encode();
        let input = Input::parse(&encoded).expect("decodes");
        let request = input.request;
        let payload_root = merkle::progressive_container(&request.payload.field_roots());
        for (place, value) in [(field::PARENT_HASH, a), (field::BLOCK_HASH, hash)] {
            let branch = merkle::progressive_branch(&request.payload.field_roots(), place);
            let root = merkle::root_of_branch(value, &branch, merkle::progressive_gindex(place));
            assert_eq!(root, Some(payload_root));
        }
        (encoded[2..].to_vec(), request.root())
    }
}

#[test]
fn encoding_and_root_agree_for_every_shape() {
    for n in [0, 1, 2, 3, 6, 22, 40] {
        let case = Case::new(n);
        let (witness, public_keys) = (case.witness(), ProgressiveList::from(case.public_keys.clone()));
        let withdrawals = ProgressiveList::from(case.withdrawals.clone());
        let versioned_hashes = ProgressiveList::from(case.hashes.clone());
        macro_rules! compare {
            ($fork:expr, $input:ident, $request:expr) => {
                let request = $request;
                let root = request.hash_tree_root(&Sha2Hasher);
                let input =
                    $input { request, witness: witness.clone(), chain_id: 16, public_keys: public_keys.clone() };
                assert_eq!(case.ours($fork), (input.to_ssz(), root), "{:?}, {n} items", $fork);
            };
        }
        compare!(Fork::Paris, InputParis, RequestParis { execution_payload: fill!(PayloadV1 case {}) });
        compare!(
            Fork::Shanghai,
            InputShanghai,
            RequestShanghai { execution_payload: fill!(PayloadV2 case { withdrawals: withdrawals.clone() }) }
        );
        compare!(
            Fork::Cancun,
            InputCancun,
            RequestCancun {
                execution_payload: fill!(PayloadCancun case {
                    withdrawals: withdrawals.clone(), blob_gas_used: 14, excess_blob_gas: 15
                }),
                versioned_hashes: versioned_hashes.clone(),
                parent_beacon_block_root: array(13),
            }
        );
        for fork in [Fork::Prague, Fork::Osaka, Fork::Bpo1, Fork::Bpo2] {
            compare!(
                fork,
                InputPrague,
                RequestPrague {
                    execution_payload: fill!(PayloadV3 case {
                        withdrawals: withdrawals.clone(), blob_gas_used: 14, excess_blob_gas: 15
                    }),
                    versioned_hashes: versioned_hashes.clone(),
                    parent_beacon_block_root: array(13),
                    execution_requests: case.requests.clone(),
                }
            );
        }
    }
}

#[test]
fn truncated_and_extended_inputs_are_refused_or_differ() {
    let (body, _) = Case::new(3).ours(Fork::Prague);
    let whole = [&[0x11, 0x01][..], &body].concat();
    assert!(Input::parse(&whole).is_ok());
    for len in 0..whole.len().min(1_400) {
        assert!(Input::parse(&whole[..len]).is_err(), "{len} bytes");
    }
    for index in [0x0d, 0x15, 0x0e, 0x10] {
        let mut other = whole.clone();
        other[0] = index;
        assert!(Input::parse(&other).is_err(), "fork index {index:#x}");
    }
    let mut longer = whole;
    longer.push(0);
    assert!(Input::parse(&longer).is_err(), "a byte after the last public key");
}

/// Roots published with another implementation of the format, for payloads filled with constant bytes.
#[test]
fn published_payload_roots() {
    let withdrawal: Vec<u8> = [&1u64.to_le_bytes()[..], &2u64.to_le_bytes(), &[3; 20], &4u64.to_le_bytes()].concat();
    for (fork, root) in [
        (Fork::Paris, "7607fcf862b0f219726ad51d8651d49a9bbbe12fb62edaacd399c25db92b8d77"),
        (Fork::Shanghai, "2e3ce606be3d7aa667c2babf22196711f68b45bea6716c6446ec5dce4bd39449"),
        (Fork::Cancun, "b9ccbb429059770fb1c3796aa98dc5d5df321b6226d46ed14203cfe8df186834"),
    ] {
        let payload = Payload {
            parent_hash: &[1; 32],
            fee_recipient: &[2; 20],
            state_root: &[3; 32],
            receipts_root: &[4; 32],
            logs_bloom: &[5; 256],
            prev_randao: &[6; 32],
            block_number: 100,
            gas_limit: 30_000_000,
            gas_used: 21_000,
            timestamp: 1_700_000_000,
            extra_data: &[0xee; 7],
            base_fee_per_gas: &[7; 32],
            block_hash: &[8; 32],
            transactions: ByteLists::parse(&[4, 0, 0, 0, 0xdd, 0xdd, 0xdd, 0xdd, 0xdd, 0xdd, 0xdd, 0xdd], 1, 8, "")
                .expect("one transaction"),
            withdrawals: (fork >= Fork::Shanghai).then_some(&withdrawal),
            blob_gas: (fork >= Fork::Cancun).then_some((131_072, 262_144)),
        };
        let found = merkle::progressive_container(&payload.field_roots());
        let expected: Vec<u8> =
            (0..32).map(|i| u8::from_str_radix(&root[2 * i..2 * i + 2], 16).expect("hex")).collect();
        assert_eq!(found[..], expected[..], "{fork:?}");
    }
}
