//! The buses and their messages.
//!
//! A bus balances when every message is sent as often as it is received. Bug class 12 (one bus for different
//! meanings) is excluded by one type per message, each with a bus of its own; class 13 (outputs swapped between
//! calls) by input and output travelling in the same message.

use hearth_machine::hash::{BLOCK, DIGEST};
use p3_lookup::{Count, InteractionBuilder};

/// A message on the bus `BUS`.
pub trait Message<E> {
    /// The bus.
    const BUS: &'static str;
    /// Field elements, always the same number on one bus. No allocation: look-ups are counted row by row.
    fn fields(self) -> impl IntoIterator<Item = E>;
}

macro_rules! messages {
    ($($(#[$meta:meta])* $name:ident on $bus:literal { $($(#[$fmeta:meta])* $field:ident $([$n:expr])?,)* })*) => {$(
        $(#[$meta])*
        pub struct $name<E> { $($(#[$fmeta])* pub $field: messages!(@type $([$n])?),)* }

        impl<E> Message<E> for $name<E> {
            const BUS: &'static str = $bus;
            #[inline(always)]
            fn fields(self) -> impl IntoIterator<Item = E> {
                core::iter::empty()$(.chain(messages!(@fields self.$field $(, $n)?)))*
            }
        }
    )*
    /// Every bus with its number of fields.
    pub const BUSES: &[(&str, usize)] = &[$(($bus, size_of::<$name<u8>>())),*];
    };
    (@type) => { E };
    (@type [$n:expr]) => { [E; $n] };
    (@fields $value:expr) => { [$value] };
    (@fields $value:expr, $n:expr) => { $value };
}

messages! {
    /// The machine's state between two instructions. The boundary sends the first and receives the last.
    State on "state" {
        /// pc, below 2^30, or [`hearth_machine::layout::HALT_PC`].
        pc,
        /// Local time.
        ts,
    }
    /// A word of memory after an access at `ts`; the next access to the word receives it.
    Memory on "memory" {
        /// Word address.
        word,
        /// Time of the access, 0 for the initial content.
        ts,
        /// Value, 16-bit limbs, least significant first.
        value[4],
    }
    /// A decoded instruction; decoding provides it, the instruction's row looks it up.
    Program on "program" {
        /// Address of the instruction.
        pc,
        /// [`hearth_machine::isa::Op`] as a number.
        op,
        /// 1 when the second operand is the immediate.
        is_imm,
        /// Register written, 32 for x0.
        rd,
        /// First register read.
        rs1,
        /// Second register read.
        rs2,
        /// Limbs 0, 1 and 2 of the sign-extended immediate; limb 3 equals limb 2.
        imm[3],
        /// Target of branches and `jal`.
        target,
    }
    /// A node of the memory tree before (`tree = 0`) or after (`tree = 1`) the shard.
    Node on "node" {
        /// 0 before, 1 after.
        tree,
        /// 27 for the root, 0 for leaves.
        level,
        /// Index within the level.
        index,
        /// Its digest.
        digest[DIGEST],
    }
    /// A node of the read-only code tree.
    CodeNode on "code" {
        /// 24 for the root, 0 for leaves.
        level,
        /// Index within the level.
        index,
        /// Its digest.
        digest[DIGEST],
    }
    /// An instruction word; its code leaf sends it, decoding receives it.
    Word on "word" {
        /// Address of the instruction.
        pc,
        /// Low and high half.
        halves[2],
    }
    /// One call of the memory hash with its input **and** its output.
    Hash on "hash" {
        /// Domain.
        tag,
        /// Level.
        level,
        /// Input.
        input[BLOCK],
        /// Output.
        output[DIGEST],
    }
    /// The state of a keccak-f call before round `round`.
    KeccakState on "keccak" {
        /// Time of the call.
        call,
        /// 0 for the input, 24 for the output.
        round,
        /// 25 lanes of 4 limbs.
        lanes[100],
    }
    /// The working variables of a SHA-256 call before row `round` of its rounds.
    Sha256State on "sha256" {
        /// Time of the call.
        call,
        /// 0 for the input, 16 for the output.
        round,
        /// a to h, low and high half each.
        words[16],
    }
    /// The words of the message schedule of a SHA-256 call from row `round` of its rounds on.
    Sha256Schedule on "sha256_schedule" {
        /// Time of the call.
        call,
        /// 0 for the block.
        round,
        /// 16 words, low and high half each.
        words[32],
    }
    /// `value` is below 2^16.
    Range16 on "range16" {
        /// The value.
        value,
    }
    /// `a` and `b` are below 2^8.
    BytePair on "bytes" {
        /// First byte.
        a,
        /// Second byte.
        b,
    }
    /// `a` and `b` are below 2^8 and `c = a & b`.
    ByteAnd on "and" {
        /// First byte.
        a,
        /// Second byte.
        b,
        /// `a & b`.
        c,
    }
}

/// Sending and receiving typed messages. Every builder that takes interactions can.
pub trait BusBuilder: InteractionBuilder {
    /// Sends `message` `times` times on each row; `times` must be constrained to 0 or 1.
    fn send(&mut self, message: impl Message<Self::Expr>, times: Self::Expr) {
        push(self, message, Count::bounded(times, 1));
    }

    /// Receives `message` `times` times on each row; `times` must be constrained to 0 or 1.
    fn receive(&mut self, message: impl Message<Self::Expr>, times: Self::Expr) {
        push(self, message, Count::bounded(-times, 1));
    }

    /// Offers `message` to as many look-ups as there are. `times` may be any element: it can only make the bus
    /// balance, and the number of look-ups is below the field order.
    fn provide(&mut self, message: impl Message<Self::Expr>, times: Self::Expr) {
        push(self, message, Count::provided(-times));
    }

    /// Looks `message` up `times` times, 0 or 1: some row provides it.
    fn look_up(&mut self, message: impl Message<Self::Expr>, times: Self::Expr) {
        self.send(message, times);
    }
}

impl<B: InteractionBuilder> BusBuilder for B {}

#[inline(always)]
fn push<B: InteractionBuilder, M: Message<B::Expr>>(builder: &mut B, message: M, count: Count<B::Expr>) {
    builder.push_interaction(M::BUS, message.fields(), count);
}
