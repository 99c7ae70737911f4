//! The tables of a shard: the list of all chips, and the rows of one shard in all of them.

use alloc::vec::Vec;

use hearth_machine::isa::Family;
use hearth_machine::keccak::ROUNDS;
use hearth_machine::sha256;
use hearth_machine::trace::ShardTrace;
use p3_air::{Air, BaseAir};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;
use p3_matrix::dense::RowMajorMatrix;

use crate::Felt;
use crate::add_sub::AddSubChip;
use crate::and::AndChip;
use crate::bitwise::BitwiseChip;
use crate::boundary::{self, BoundaryChip, Public};
use crate::branch::BranchChip;
use crate::bytes::BytesChip;
use crate::check::{self, Messages, Report};
use crate::chip::{Chip, RecordChip, StepChip};
use crate::code_leaf::CodeLeafChip;
use crate::code_node::CodeNodeChip;
use crate::compare::CompareChip;
use crate::decode::DecodeChip;
use crate::divrem::DivRemChip;
use crate::ecall::EcallChip;
use crate::jump::JumpChip;
use crate::keccak::{KeccakCallChip, KeccakRoundChip};
use crate::load::LoadChip;
use crate::load_double::LoadDoubleChip;
use crate::lookups::{Lookups, NotInTable};
use crate::memory_leaf::MemoryLeafChip;
use crate::memory_node::MemoryNodeChip;
use crate::misaligned::MisalignedChip;
use crate::modular::{Modular256Chip, Modular384Chip};
use crate::mul::MulChip;
use crate::poseidon2::Poseidon2Chip;
use crate::secp256k1::{PointAddChip, PointDoubleChip};
use crate::sha256::{Sha256CallChip, Sha256RoundChip};
use crate::shift::ShiftChip;
use crate::store::StoreChip;
use crate::store_double::StoreDoubleChip;
use crate::uncle::UncleChip;

macro_rules! tables {
    ($($variant:ident = $chip:ty,)*) => {
        /// One table of a shard proof. The order is that of the key and of every list of heights.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // named like their chips
        pub enum Table { $($variant,)* }

        impl Table {
            /// All tables in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Name in costs and reports.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => <$chip>::NAME,)* }
            }

            /// Messages of a row.
            pub fn interactions(self) -> usize {
                match self { $(Self::$variant => check::interactions::<$chip>(),)* }
            }

            /// Highest degree of constraints, and of message fields and counts.
            pub fn degrees(self) -> (usize, usize) {
                match self { $(Self::$variant => check::degrees::<$chip>(),)* }
            }

            /// Whether the all-zero row holds every constraint and sends nothing.
            pub fn zero_row_is_neutral(self) -> bool {
                match self { $(Self::$variant => check::zero_row_is_neutral::<$chip>(),)* }
            }

            /// What the checker of the tests finds in a table of this kind.
            pub fn report(self, table: &RowMajorMatrix<Felt>, public: &[Felt]) -> Report {
                match self { $(Self::$variant => check::report::<$chip>(table, public),)* }
            }

            /// Columns.
            pub fn columns(self) -> usize {
                match self { $(Self::$variant => <$chip>::WIDTH,)* }
            }
        }

        impl BaseAir<Felt> for Table {
            fn width(&self) -> usize {
                self.columns()
            }

            fn main_next_row_columns(&self) -> Vec<usize> {
                match self {
                    Self::Bytes => crate::bytes::NEXT_ROW_COLUMNS.to_vec(),
                    Self::Boundary => boundary::NEXT_ROW_COLUMNS.to_vec(),
                    _ => Vec::new(),
                }
            }

            fn num_public_values(&self) -> usize {
                match self {
                    Self::Boundary => Public::WIDTH,
                    _ => 0,
                }
            }
        }

        impl<B: InteractionBuilder<F = Felt>> Air<B> for Table {
            fn eval(&self, builder: &mut B) {
                match self { $(Self::$variant => <$chip>::eval(builder),)* }
            }
        }
    };
}

tables! {
    AddSub = AddSubChip,
    Bitwise = BitwiseChip,
    Shift = ShiftChip,
    Compare = CompareChip,
    Branch = BranchChip,
    Jump = JumpChip,
    Load = LoadChip,
    LoadDouble = LoadDoubleChip,
    Store = StoreChip,
    StoreDouble = StoreDoubleChip,
    Misaligned = MisalignedChip,
    Mul = MulChip,
    DivRem = DivRemChip,
    Ecall = EcallChip,
    MemoryLeaf = MemoryLeafChip,
    MemoryNode = MemoryNodeChip,
    Uncle = UncleChip,
    CodeLeaf = CodeLeafChip,
    CodeNode = CodeNodeChip,
    Decode = DecodeChip,
    Boundary = BoundaryChip,
    KeccakCall = KeccakCallChip,
    KeccakRound = KeccakRoundChip,
    Secp256k1Add = PointAddChip,
    Secp256k1Double = PointDoubleChip,
    Sha256Call = Sha256CallChip,
    Sha256Round = Sha256RoundChip,
    Modular256 = Modular256Chip,
    Modular384 = Modular384Chip,
    Poseidon2 = Poseidon2Chip,
    And = AndChip,
    Bytes = BytesChip,
}

impl Table {
    /// The least set of accelerators with which the table is there.
    fn needs(self) -> Accelerators {
        match self {
            Self::KeccakCall | Self::KeccakRound => Accelerators::Keccak,
            Self::Secp256k1Add | Self::Secp256k1Double => Accelerators::All,
            Self::Sha256Call | Self::Sha256Round => Accelerators::All,
            Self::Modular256 | Self::Modular384 => Accelerators::All,
            _ => Accelerators::None,
        }
    }
}

/// Sets of accelerators, each with those before it: a shard has the tables of the least set with all that it calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Accelerators {
    /// No table is there for calls alone.
    None,
    /// Those of keccak-f.
    Keccak,
    /// Those of every call.
    All,
}

impl Accelerators {
    /// What the calls of a shard need.
    pub fn of(trace: &ShardTrace) -> Self {
        let points = !trace.secp256k1_adds.is_empty() || !trace.secp256k1_doubles.is_empty();
        let modular = !trace.modular_256.is_empty() || !trace.modular_384.is_empty();
        if points || modular || !trace.sha256s.is_empty() {
            Self::All
        } else if !trace.keccaks.is_empty() {
            Self::Keccak
        } else {
            Self::None
        }
    }

    /// All tables of a shard with these accelerators, in order.
    pub fn tables(self) -> Vec<Table> {
        Table::ALL.iter().copied().filter(|table| table.needs() <= self).collect()
    }
}

/// The filled tables of a shard, in the order of [`Table::ALL`], those of unused accelerators left out.
pub struct Tables {
    /// Which accelerators there are.
    pub accelerators: Accelerators,
    /// Which tables there are: those of `accelerators`.
    pub tables: Vec<Table>,
    /// One matrix per table, height a power of two.
    pub matrices: Vec<RowMajorMatrix<Felt>>,
    /// Public values of the boundary table.
    pub public_values: Vec<Felt>,
}

/// Height of a table of `rows` rows: the least power of two that holds them and is at least `2^min_log_height`.
pub fn height(rows: usize, min_log_height: u32) -> usize {
    rows.next_power_of_two().max(1 << min_log_height)
}

impl Tables {
    /// Fills all tables of a shard to powers of two.
    ///
    /// # Errors
    /// A trace that looks up what no table holds: not that of an honest run.
    pub fn generate(trace: &ShardTrace, min_log_height: u32) -> Result<Self, NotInTable> {
        Self::fill(trace, |rows| height(rows, min_log_height))
    }

    /// Fills all tables of a shard, none higher than its rows.
    ///
    /// # Errors
    /// A trace that looks up what no table holds: not that of an honest run.
    pub fn unpadded(trace: &ShardTrace) -> Result<Self, NotInTable> {
        Self::fill(trace, |rows| rows)
    }

    /// Fills all tables of a shard to heights that hold their rows. Look-up tables are filled last, from what the others
    /// look up.
    fn fill(trace: &ShardTrace, height: impl Fn(usize) -> usize) -> Result<Self, NotInTable> {
        let mut lookups = Lookups::default();
        let mut matrices = Vec::with_capacity(Table::ALL.len());

        macro_rules! steps {
            ($($chip:ty = $family:ident,)*) => {$({
                let steps = &trace.steps[Family::$family as usize];
                let table = <$chip>::table(steps, height(steps.len()));
                lookups.count::<$chip>(&table)?;
                matrices.push(table);
            })*};
        }
        steps! {
            AddSubChip = AddSub,
            BitwiseChip = Bitwise,
            ShiftChip = Shift,
            CompareChip = Compare,
            BranchChip = Branch,
            JumpChip = Jump,
            LoadChip = Load,
            LoadDoubleChip = LoadDouble,
            StoreChip = Store,
            StoreDoubleChip = StoreDouble,
            MisalignedChip = Misaligned,
            MulChip = Mul,
            DivRemChip = DivRem,
            EcallChip = Ecall,
        }
        macro_rules! records {
            ($($chip:ty = $field:ident,)*) => {$({
                let records = &trace.$field;
                let table = <$chip>::table(records, height(records.len()));
                lookups.count::<$chip>(&table)?;
                matrices.push(table);
            })*};
        }
        records! {
            MemoryLeafChip = leaves,
            MemoryNodeChip = nodes,
            UncleChip = uncles,
            CodeLeafChip = code_leaves,
            CodeNodeChip = code_nodes,
            DecodeChip = decodes,
        }
        matrices.push(BoundaryChip::table(height(1)));
        let accelerators = Accelerators::of(trace);
        if accelerators >= Accelerators::Keccak {
            let calls = KeccakCallChip::table(&trace.keccaks, height(trace.keccaks.len()));
            lookups.count::<KeccakCallChip>(&calls)?;
            matrices.push(calls);
            let states: Vec<_> = trace.keccaks.iter().map(|call| (call.ts, call.words.map(|word| word.prev))).collect();
            matrices.push(KeccakRoundChip::table(&states, height(states.len() * ROUNDS)));
        }
        if accelerators >= Accelerators::All {
            records! {
                PointAddChip = secp256k1_adds,
                PointDoubleChip = secp256k1_doubles,
                Sha256CallChip = sha256s,
            }
            matrices.push(Sha256RoundChip::table(&trace.sha256s, height(trace.sha256s.len() * sha256::ROWS)));
            records! {
                Modular256Chip = modular_256,
                Modular384Chip = modular_384,
            }
        }

        let calls = lookups.hash_calls();
        matrices.push(Poseidon2Chip::table(&calls, height(calls.len())));
        let and = lookups.and();
        matrices.push(AndChip::table(and, height(AndChip::rows(and))));
        matrices.push(BytesChip::table(lookups.range(), lookups.pair()));
        let public_values = boundary::public_values(&trace.statement);
        Ok(Self { accelerators, tables: accelerators.tables(), matrices, public_values })
    }

    /// Whether `table` is there.
    pub fn holds(&self, table: Table) -> bool {
        self.tables.contains(&table)
    }

    /// Committed cells, padding rows included.
    pub fn cells(&self) -> usize {
        self.matrices.iter().map(|matrix| matrix.values.len()).sum()
    }

    /// The checker's reports of all tables, and the messages that do not balance over all of them.
    pub fn check(&self) -> (Vec<(Table, Report)>, Messages) {
        let mut net = Messages::new();
        let reports = self.tables.iter().zip(&self.matrices).map(|(&table, matrix)| {
            let public = if table == Table::Boundary { &self.public_values[..] } else { &[] };
            let report = table.report(matrix, public);
            for (message, &count) in &report.messages {
                *net.entry(message.clone()).or_insert(Felt::ZERO) += count;
            }
            (table, report)
        });
        let reports = reports.collect();
        // The look-up tables provide what reports have already found in the functions.
        net.retain(|(bus, _), count| !check::is_lookup(bus) && *count != Felt::ZERO);
        (reports, net)
    }
}
