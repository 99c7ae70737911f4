//! Public networks and when their forks begin.

use hearth_stateless::Fork;

/// A network whose fork schedule is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// As in data files.
    pub name: &'static str,
    /// Chain id.
    pub chain_id: u64,
    /// First block after the Merge.
    merge_block: u64,
    /// Activation times of Shanghai, Cancun, Prague, Osaka, BPO1, BPO2.
    times: [u64; 6],
}

impl Network {
    /// Ethereum mainnet.
    pub const MAINNET: Self = Self {
        name: "mainnet",
        chain_id: 1,
        merge_block: 15_537_394,
        times: [1_681_338_455, 1_710_338_135, 1_746_612_311, 1_764_798_551, 1_765_290_071, 1_767_747_671],
    };
    /// Sepolia.
    pub const SEPOLIA: Self = Self {
        name: "sepolia",
        chain_id: 11_155_111,
        merge_block: 1_450_409,
        times: [1_677_557_088, 1_706_655_072, 1_741_159_776, 1_760_427_360, 1_761_017_184, 1_761_607_008],
    };
    /// Hoodi.
    pub const HOODI: Self = Self {
        name: "hoodi",
        chain_id: 560_048,
        merge_block: 0,
        times: [0, 0, 1_742_999_832, 1_761_677_592, 1_762_365_720, 1_762_955_544],
    };
    const ALL: [Self; 3] = [Self::MAINNET, Self::SEPOLIA, Self::HOODI];

    /// By name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|network| network.name == name)
    }

    /// By chain id.
    pub fn by_chain_id(chain_id: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|network| network.chain_id == chain_id)
    }

    /// The rules of a block, `None` before the Merge.
    pub fn fork_of(&self, number: u64, timestamp: u64) -> Option<Fork> {
        if number < self.merge_block {
            return None;
        }
        let begun = self.times.iter().take_while(|time| **time <= timestamp).count();
        Fork::ALL.get(begun).copied()
    }
}

/// Whose rules a block follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// Those that a network has at the block's time.
    Network(Network),
    /// Those of one fork, active from genesis: test chains.
    Fixed(Fork),
}

impl Rules {
    /// By the name of a network or of a fork.
    pub fn by_name(name: &str) -> Option<Self> {
        let fork = match name {
            "Paris" => Fork::Paris,
            "Shanghai" => Fork::Shanghai,
            "Cancun" => Fork::Cancun,
            "Prague" => Fork::Prague,
            "Osaka" => Fork::Osaka,
            "BPO1" => Fork::Bpo1,
            "BPO2" => Fork::Bpo2,
            _ => return Network::by_name(name).map(Self::Network),
        };
        Some(Self::Fixed(fork))
    }

    /// The rules of a block, `None` before the Merge.
    pub fn fork_of(&self, number: u64, timestamp: u64) -> Option<Fork> {
        match self {
            Self::Network(network) => network.fork_of(number, timestamp),
            Self::Fixed(fork) => Some(*fork),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forks_begin_at_their_second() {
        let mainnet = Network::MAINNET;
        assert_eq!(mainnet.fork_of(15_537_393, 1_663_224_162), None);
        assert_eq!(mainnet.fork_of(15_537_394, 1_663_224_179), Some(Fork::Paris));
        for (time, fork) in mainnet.times.into_iter().zip(&Fork::ALL[1..]) {
            assert_eq!(mainnet.fork_of(20_000_000, time), Some(*fork));
            assert!(mainnet.fork_of(20_000_000, time - 1) < Some(*fork));
        }
        assert_eq!(Network::HOODI.fork_of(1, 0), Some(Fork::Cancun));
    }
}
