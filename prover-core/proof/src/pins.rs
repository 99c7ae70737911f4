//! The kinds of nodes of a tree above shards of one size class.
//!
//! A kind is a circuit: which key its children have, and how many there may be. Its key follows from the circuit; the digests are
//! written down here, so that a verifier needs neither the circuits nor the work to commit to their wiring.

use hearth_machine::hash::{DIGEST, Digest, Felt};
use hearth_shard::keys::KeyId;
use hearth_soundness::SizeClass;
use p3_field::PrimeCharacteristicRing;

/// The size class of nodes.
pub const NODE: SizeClass = SizeClass::Real25;
/// Kinds: leaves by the key of their shards, then the join.
pub const KINDS: usize = KeyId::ALL.len() + 1;
/// Place of the join.
pub const JOIN: usize = KeyId::ALL.len();

/// A tree above shards of one size class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pins {
    /// Size class of the nodes.
    pub node: SizeClass,
    /// Children of a node of each kind, at most.
    pub slots: [usize; KINDS],
    /// Digest of the key of each kind.
    pub digests: [Digest; KINDS],
}

/// Size class of the shards, children, digests.
type Row = (SizeClass, [usize; KINDS], [[u32; DIGEST]; KINDS]);

/// As many children as there is room for.
const ROWS: [Row; 4] = [
    (
        SizeClass::Real24,
        [10, 8, 7, 7],
        [
            [337881387, 1576688652, 1705975708, 1137844554, 388645106, 1358895726, 1249518243, 2044480896, 981084813],
            [1189983720, 1017420899, 1659928667, 427037219, 478833550, 594108353, 1339361556, 1807295886, 1170866462],
            [204324161, 1092706492, 348122496, 509443798, 142492127, 1776200105, 366705220, 1831635656, 1505134441],
            [1356238190, 824981332, 1197977968, 1713748646, 568658393, 444831024, 1937385167, 806390592, 2010283348],
        ],
    ),
    (
        SizeClass::Real25,
        [9, 8, 6, 7],
        [
            [1745051427, 1617291958, 362699219, 413486325, 1949124164, 1354298828, 758966967, 196462141, 2008447114],
            [1206942130, 1838634460, 1731172344, 1579924342, 15564547, 1037804302, 1956922300, 752468745, 842552276],
            [470184339, 1277904817, 788276639, 1953943021, 2047606772, 614707304, 388170833, 390808587, 526471664],
            [1356238190, 824981332, 1197977968, 1713748646, 568658393, 444831024, 1937385167, 806390592, 2010283348],
        ],
    ),
    (
        SizeClass::Real26,
        [8, 7, 6, 7],
        [
            [1656979116, 1195449018, 939541556, 36374343, 1636991228, 2082718773, 1171511511, 1238014282, 1815489723],
            [1199559511, 178161198, 67040584, 1501272032, 10812946, 563041452, 1394363715, 331359714, 312118478],
            [137711204, 1127082170, 847241059, 1817104374, 1891514666, 2081464048, 852297900, 1967572786, 464106445],
            [1356238190, 824981332, 1197977968, 1713748646, 568658393, 444831024, 1937385167, 806390592, 2010283348],
        ],
    ),
    (
        SizeClass::Real27,
        [8, 7, 6, 7],
        [
            [1257483931, 188814076, 524252939, 656800482, 1761312141, 413792880, 2098928666, 633044714, 1422772460],
            [1554306159, 1254812582, 1399208645, 1566630139, 592849881, 1530814482, 1749805637, 32775064, 1345409188],
            [662020859, 1287610368, 922723913, 680895142, 2007601546, 35786539, 480417800, 1848414342, 302904375],
            [1356238190, 824981332, 1197977968, 1713748646, 568658393, 444831024, 1937385167, 806390592, 2010283348],
        ],
    ),
];

impl Pins {
    /// The tree above shards of this class. Those that exist for tests have none.
    pub fn of(class: SizeClass) -> Option<Self> {
        let (_, slots, digests) = ROWS.into_iter().find(|(of, ..)| *of == class)?;
        let digests = digests.map(|words| words.map(Felt::from_u32));
        Some(Self { node: NODE, slots, digests })
    }
}
