//! Functions of a program: from the symbols of an ELF file, or from its calls.

use std::collections::BTreeMap;

use hearth_machine::code::Code;
use hearth_machine::isa::Op;
use hearth_machine::program::Program;
use rustc_demangle::demangle;
use thiserror::Error;

/// Why symbols cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SymbolsError {
    /// Section headers, symbols or names lie beyond the end of the file, or are of another size.
    #[error("the file's symbol table is damaged")]
    Malformed,
    /// No table of symbols, or one without functions.
    #[error("the file has no symbols")]
    None,
}

/// Functions by their first address, ascending.
#[derive(Clone, Debug)]
pub struct Symbols {
    functions: Vec<(u32, String)>,
}

const SECTION_HEADER: usize = 64;
const SYMBOL: usize = 24;
const SHT_SYMTAB: u64 = 2;
const STT_FUNC: u8 = 2;
/// A label of assembly; mapping symbols, whose names begin with `$`, are such labels too.
const STT_NOTYPE: u8 = 0;

impl Symbols {
    /// The functions of a 64-bit little-endian ELF file (System V ABI, chapter 4).
    ///
    /// # Errors
    /// A stripped or damaged file.
    pub fn from_elf(file: &[u8]) -> Result<Self, SymbolsError> {
        let sections = table(file, number(file, 40, 8)?, number(file, 60, 2)?, SECTION_HEADER)?;
        let header = |index: usize| sections.get(index * SECTION_HEADER..(index + 1) * SECTION_HEADER);
        let content = |header: &[u8]| -> Result<&[u8], SymbolsError> {
            slice(file, number(header, 24, 8)?, number(header, 32, 8)?)
        };
        let mut functions = BTreeMap::new();
        for section in sections.chunks_exact(SECTION_HEADER) {
            if number(section, 4, 4)? != SHT_SYMTAB {
                continue;
            }
            let names = content(header(number(section, 40, 4)? as usize).ok_or(SymbolsError::Malformed)?)?;
            for symbol in content(section)?.chunks_exact(SYMBOL) {
                let address = number(symbol, 8, 8)?;
                let name = names.get(number(symbol, 0, 4)? as usize..).ok_or(SymbolsError::Malformed)?;
                let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
                let is_function = match symbol[4] & 15 {
                    STT_FUNC => true,
                    STT_NOTYPE => !matches!(name.first(), None | Some(b'$' | b'.')),
                    _ => false,
                };
                if !is_function || address >= 1 << 30 {
                    continue;
                }
                // Aliases of one address: any name will do, so the same every time.
                let name = short(&format!("{:#}", demangle(&String::from_utf8_lossy(name))));
                functions.entry(address as u32).or_insert(name);
            }
        }
        if functions.is_empty() {
            return Err(SymbolsError::None);
        }
        Ok(Self { functions: functions.into_iter().collect() })
    }

    /// The targets of a program's direct calls, and its entry, named by their addresses.
    pub fn from_calls(program: &Program) -> Self {
        let code = program.code();
        let calls = code_addresses(code).filter_map(|pc| code.fetch(pc).ok()).filter(|instruction| {
            instruction.op == Op::Jal && instruction.rd == 1 && code.fetch(instruction.target).is_ok()
        });
        let targets: BTreeMap<u32, String> = calls
            .map(|instruction| instruction.target)
            .chain([program.key().entry])
            .map(|address| (address, format!("{address:#x}")))
            .collect();
        Self { functions: targets.into_iter().collect() }
    }

    /// Name of function `index`; whatever lies before the first one is the last index.
    pub(crate) fn name(&self, index: u32) -> &str {
        self.functions.get(index as usize).map_or("?", |function| &function.1)
    }

    /// Number of functions, with the one before the first.
    pub(crate) fn len(&self) -> usize {
        self.functions.len() + 1
    }

    /// By position in the code: the function that the instruction belongs to, and whether it is its first.
    pub(crate) fn by_position(&self, code: &Code) -> Vec<(u32, bool)> {
        let outside = self.functions.len() as u32;
        let mut next = 0;
        let positions = code_addresses(code).map(|pc| {
            while self.functions.get(next).is_some_and(|function| function.0 <= pc) {
                next += 1;
            }
            match next.checked_sub(1) {
                Some(index) => (index as u32, self.functions[index].0 == pc),
                None => (outside, false),
            }
        });
        positions.collect()
    }
}

/// Addresses of all instructions, in the order of their positions.
fn code_addresses(code: &Code) -> impl Iterator<Item = u32> {
    (64 * code.first_leaf()..).step_by(4).take(code.words().len())
}

/// A name without its generic arguments.
fn short(name: &str) -> String {
    let mut depth = 0u32;
    let mut out = String::new();
    let mut previous = ' ';
    for c in name.chars() {
        match c {
            // A name that starts with a bracket is that of an impl, whose type matters.
            '<' if !out.is_empty() && !out.ends_with('<') => depth += 1,
            '>' if depth > 0 && previous != '-' => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
        previous = c;
    }
    out.replace("::::", "::")
}

/// A little-endian number of `len` bytes at `at`.
fn number(bytes: &[u8], at: usize, len: usize) -> Result<u64, SymbolsError> {
    let digits = bytes.get(at..at + len).ok_or(SymbolsError::Malformed)?;
    Ok(digits.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

fn slice(file: &[u8], offset: u64, len: u64) -> Result<&[u8], SymbolsError> {
    let end = offset.checked_add(len).filter(|&end| end <= file.len() as u64).ok_or(SymbolsError::Malformed)?;
    Ok(&file[offset as usize..end as usize])
}

fn table(file: &[u8], offset: u64, count: u64, size: usize) -> Result<&[u8], SymbolsError> {
    slice(file, offset, count * size as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_arguments() {
        assert_eq!(short("core::iter::Map<I,F>::next"), "core::iter::Map::next");
        assert_eq!(short("<a::B<C> as d::E<F>>::g"), "<a::B as d::E>::g");
        assert_eq!(short("a::b::<fn() -> C>::d"), "a::b::d");
        assert_eq!(short("memcpy"), "memcpy");
    }

    #[test]
    fn files_without_symbols_are_refused() {
        assert_eq!(Symbols::from_elf(&[]).unwrap_err(), SymbolsError::Malformed);
        assert_eq!(Symbols::from_elf(&[0; 64]).unwrap_err(), SymbolsError::None);
        let mut far = [0; 64];
        far[40] = 1;
        far[60] = 1;
        assert_eq!(Symbols::from_elf(&far).unwrap_err(), SymbolsError::Malformed);
    }
}
