//! Loading: 64-bit little-endian static RISC-V executables.
//!
//! Source: System V ABI, chapters 4 and 5; RISC-V ELF psABI for `e_machine` and `e_flags`.
//! The file is untrusted: every offset is checked, no two segments share all bytes of the file, and what is kept is at
//! most the size of the file plus [`MAX_CODE_SPAN`].

use alloc::vec::Vec;

use thiserror::Error;

use crate::layout::{CODE_END, LEAF_BYTES, PROGRAM_END};
use crate::memory::little_endian;

/// Most bytes of a file.
pub const MAX_FILE: u64 = 1 << 28;
/// Most bytes between the first and the last byte of code.
pub const MAX_CODE_SPAN: u64 = 1 << 24;
/// Most program headers.
pub const MAX_SEGMENTS: usize = 64;

/// Why a file is no program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ElfError {
    /// A header or a segment's bytes lie beyond the end of the file.
    #[error("the file is truncated")]
    Truncated,
    /// More than [`MAX_FILE`] bytes.
    #[error("the file has more than {MAX_FILE} bytes")]
    TooLong,
    /// Magic, class or byte order.
    #[error("not a 64-bit little-endian ELF file")]
    NotElf,
    /// `e_machine` is not RISC-V.
    #[error("not for RISC-V")]
    Machine,
    /// `e_type` is not `ET_EXEC`, or there is a segment for a dynamic linker.
    #[error("not a static executable")]
    NotStatic,
    /// The file says that it has compressed instructions.
    #[error("compressed instructions are not supported")]
    Compressed,
    /// Program headers are too many or of another size.
    #[error("bad program header table")]
    Headers,
    /// A segment is larger in the file than in memory, or not below 2^30, or overlaps another one there or in the file.
    #[error("segment at {0:#x} does not fit")]
    Segment(u64),
    /// Code is not 4-aligned, not below 2^30 - 64, or spread over more than [`MAX_CODE_SPAN`].
    #[error("code at {0:#x} does not fit")]
    Code(u64),
    /// The entry is not 4-aligned or in no executable segment.
    #[error("bad entry {0:#x}")]
    Entry(u64),
}

/// What an executable file holds.
#[derive(Clone, Debug)]
pub struct Elf {
    /// First pc.
    pub entry: u32,
    /// Address of the first code leaf.
    pub code_base: u32,
    /// Instruction words from there on; zero between segments.
    pub code: Vec<u32>,
    /// All bytes to be loaded, code included, ascending and disjoint.
    pub segments: Vec<Segment>,
}

/// Bytes at an address of program space; bytes after them are zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Address of the first byte.
    pub address: u32,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// A `PT_LOAD` header, checked.
struct Load<'a> {
    address: u64,
    size: u64,
    bytes: &'a [u8],
    is_code: bool,
}

const HEADER_BYTES: usize = 64;
const PROGRAM_HEADER_BYTES: usize = 56;
const PT_LOAD: u64 = 1;
const PT_DYNAMIC: u64 = 2;
const PT_INTERP: u64 = 3;

impl Elf {
    /// Parses a file.
    pub fn parse(file: &[u8]) -> Result<Self, ElfError> {
        if file.len() as u64 > MAX_FILE {
            return Err(ElfError::TooLong);
        }
        let header = file.get(..HEADER_BYTES).ok_or(ElfError::Truncated)?;
        if header[..6] != [0x7f, b'E', b'L', b'F', 2, 1] {
            return Err(ElfError::NotElf);
        }
        let field = |at: usize, len: usize| little_endian(&header[at..at + len]);
        if field(18, 2) != 243 {
            return Err(ElfError::Machine);
        }
        if field(16, 2) != 2 {
            return Err(ElfError::NotStatic);
        }
        if field(48, 4) & 1 != 0 {
            return Err(ElfError::Compressed);
        }
        let count = field(56, 2) as usize;
        if count > MAX_SEGMENTS || field(54, 2) as usize != PROGRAM_HEADER_BYTES {
            return Err(ElfError::Headers);
        }
        let headers = slice(file, field(32, 8), (count * PROGRAM_HEADER_BYTES) as u64)?;
        let mut loads = Vec::new();
        for header in headers.chunks_exact(PROGRAM_HEADER_BYTES) {
            match little_endian(&header[..4]) {
                PT_LOAD => loads.extend(load(file, header)?),
                PT_DYNAMIC | PT_INTERP => return Err(ElfError::NotStatic),
                _ => {}
            }
        }
        let mut unclaimed = file.len();
        for load in &loads {
            unclaimed = unclaimed.checked_sub(load.bytes.len()).ok_or(ElfError::Segment(load.address))?;
        }
        loads.sort_by_key(|load| load.address);
        for pair in loads.windows(2) {
            if pair[0].address + pair[0].size > pair[1].address {
                return Err(ElfError::Segment(pair[1].address));
            }
        }
        Self::from_loads(field(24, 8), &loads)
    }

    /// `loads` ascend and are disjoint.
    fn from_loads(entry: u64, loads: &[Load<'_>]) -> Result<Self, ElfError> {
        let code: Vec<_> = loads.iter().filter(|load| load.is_code).collect();
        let (Some(first), Some(last)) = (code.first(), code.last()) else {
            return Err(ElfError::Entry(entry));
        };
        let is_code = code.iter().any(|load| (load.address..load.address + load.size).contains(&entry));
        if !entry.is_multiple_of(4) || !is_code {
            return Err(ElfError::Entry(entry));
        }
        let base = first.address / LEAF_BYTES * LEAF_BYTES;
        let end = last.address + last.size;
        if end > CODE_END || end - base > MAX_CODE_SPAN {
            return Err(ElfError::Code(last.address));
        }
        let mut words = alloc::vec![0u32; (end - base).div_ceil(4) as usize];
        for load in &code {
            if !load.address.is_multiple_of(4) {
                return Err(ElfError::Code(load.address));
            }
            let at = ((load.address - base) / 4) as usize;
            for (word, bytes) in words[at..].iter_mut().zip(load.bytes.chunks(4)) {
                *word = little_endian(bytes) as u32;
            }
        }
        Ok(Self {
            entry: entry as u32,
            code_base: base as u32,
            code: words,
            segments: loads
                .iter()
                .map(|load| Segment { address: load.address as u32, bytes: load.bytes.to_vec() })
                .collect(),
        })
    }
}

/// Checks a `PT_LOAD` header. Empty ones load nothing.
fn load<'a>(file: &'a [u8], header: &[u8]) -> Result<Option<Load<'a>>, ElfError> {
    let field = |at: usize, len: usize| little_endian(&header[at..at + len]);
    let (address, size) = (field(16, 8), field(40, 8));
    let bytes = slice(file, field(8, 8), field(32, 8))?;
    let end = address.checked_add(size);
    if bytes.len() as u64 > size || end.is_none_or(|end| end > PROGRAM_END) {
        return Err(ElfError::Segment(address));
    }
    Ok((size != 0).then_some(Load { address, size, bytes, is_code: field(4, 4) & 1 != 0 }))
}

fn slice(file: &[u8], offset: u64, len: u64) -> Result<&[u8], ElfError> {
    let end = offset.checked_add(len).ok_or(ElfError::Truncated)?;
    if end > file.len() as u64 {
        return Err(ElfError::Truncated);
    }
    Ok(&file[offset as usize..end as usize])
}
