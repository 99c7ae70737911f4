//! Fork rules. They follow from two numbers that the output repeats, schema id and chain id, and from nothing else.

use alloy_eips::{eip6110::MAINNET_DEPOSIT_CONTRACT_ADDRESS, eip7840::BlobParams};
use alloy_primitives::{Address, address};
use revm::primitives::hardfork::SpecId;

/// The revision of the input schema (low byte of the schema id), execution-specs tests-zkevm v0.8.2.
pub const SCHEMA_REVISION: u8 = 1;

const SEPOLIA: u64 = 11_155_111;
const HOLESKY: u64 = 17_000;

/// The forks that can be validated. The discriminant is the fork index of EIP-8025, the high byte of the schema id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Fork {
    /// The Merge.
    Paris = 0x0e,
    /// Withdrawals.
    Shanghai = 0x0f,
    /// Blobs.
    Cancun = 0x10,
    /// Requests of the execution layer.
    Prague = 0x11,
    /// Block size limit, transaction gas cap.
    Osaka = 0x12,
    /// First change of the blob schedule after Osaka.
    Bpo1 = 0x13,
    /// Second change of the blob schedule after Osaka.
    Bpo2 = 0x14,
}

impl Fork {
    /// Every fork, oldest first.
    pub const ALL: [Self; 7] =
        [Self::Paris, Self::Shanghai, Self::Cancun, Self::Prague, Self::Osaka, Self::Bpo1, Self::Bpo2];

    /// The fork of a schema id, `None` if the index or the revision is another.
    pub fn from_schema_id(id: u16) -> Option<Self> {
        let [index, revision] = id.to_be_bytes();
        (revision == SCHEMA_REVISION).then(|| Self::ALL.into_iter().find(|f| *f as u8 == index))?
    }

    /// `fork index << 8 | revision`.
    pub const fn schema_id(self) -> u16 {
        u16::from_be_bytes([self as u8, SCHEMA_REVISION])
    }

    /// The rules of the EVM.
    pub const fn spec_id(self) -> SpecId {
        match self {
            Self::Paris => SpecId::MERGE,
            Self::Shanghai => SpecId::SHANGHAI,
            Self::Cancun => SpecId::CANCUN,
            Self::Prague => SpecId::PRAGUE,
            Self::Osaka | Self::Bpo1 | Self::Bpo2 => SpecId::OSAKA,
        }
    }

    /// Blob target, maximum and price, `None` before Cancun.
    pub const fn blob_params(self) -> Option<BlobParams> {
        match self {
            Self::Paris | Self::Shanghai => None,
            Self::Cancun => Some(BlobParams::cancun()),
            Self::Prague => Some(BlobParams::prague()),
            Self::Osaka => Some(BlobParams::osaka()),
            Self::Bpo1 => Some(BlobParams::bpo1()),
            Self::Bpo2 => Some(BlobParams::bpo2()),
        }
    }
}

/// The deposit contract of EIP-6110. Chains that are not listed use mainnet's address.
pub const fn deposit_contract(chain_id: u64) -> Address {
    match chain_id {
        SEPOLIA => address!("7f02c3e3c98b133055b8b348b2ac625669ed295d"),
        HOLESKY => address!("4242424242424242424242424242424242424242"),
        _ => MAINNET_DEPOSIT_CONTRACT_ADDRESS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schema_ids_are_those_of_the_specification() {
        let ids: [u16; 7] = Fork::ALL.map(Fork::schema_id);
        assert_eq!(ids, [0x0e01, 0x0f01, 0x1001, 0x1101, 0x1201, 0x1301, 0x1401]);
        for fork in Fork::ALL {
            assert_eq!(Fork::from_schema_id(fork.schema_id()), Some(fork));
        }
        for other in [0x0d01, 0x1501, 0x1402, 0x1400, 0] {
            assert_eq!(Fork::from_schema_id(other), None);
        }
    }
}
