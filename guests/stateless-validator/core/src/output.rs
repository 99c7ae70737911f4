//! The public output.

/// Bytes of an output.
pub const OUTPUT_SIZE: usize = 43;

/// `StatelessValidationResult` of EIP-8025.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// Hash tree root of the payload request, zero in the sentinel.
    pub new_payload_request_root: [u8; 32],
    /// Whether the block is valid.
    pub successful_validation: bool,
    /// From the input.
    pub chain_id: u64,
    /// From the input.
    pub schema_id: u16,
}

impl Output {
    /// The output for an input that is not a stateless input.
    pub const SENTINEL: Self =
        Self { new_payload_request_root: [0; 32], successful_validation: false, chain_id: 0, schema_id: 0 };

    /// Root, validity, chain id and schema id, the numbers little-endian.
    pub fn to_bytes(&self) -> [u8; OUTPUT_SIZE] {
        let mut out = [0; OUTPUT_SIZE];
        out[..32].copy_from_slice(&self.new_payload_request_root);
        out[32] = u8::from(self.successful_validation);
        out[33..41].copy_from_slice(&self.chain_id.to_le_bytes());
        out[41..].copy_from_slice(&self.schema_id.to_le_bytes());
        out
    }

    /// Reads an output; `None` unless it is one.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; OUTPUT_SIZE] = bytes.try_into().ok()?;
        let (root, rest) = bytes.split_first_chunk()?;
        let (&[validity], rest) = rest.split_first_chunk()?;
        let (chain_id, schema_id) = rest.split_first_chunk()?;
        if validity > 1 {
            return None;
        }
        Some(Self {
            new_payload_request_root: *root,
            successful_validation: validity == 1,
            chain_id: u64::from_le_bytes(*chain_id),
            schema_id: u16::from_le_bytes(schema_id.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout() {
        let output = Output {
            new_payload_request_root: [0xaa; 32],
            successful_validation: true,
            chain_id: 0x0102_0304_0506_0708,
            schema_id: 0x1401,
        };
        let bytes = output.to_bytes();
        assert_eq!(bytes[32..], [1, 8, 7, 6, 5, 4, 3, 2, 1, 1, 0x14]);
        assert_eq!(Output::from_bytes(&bytes), Some(output));
        assert_eq!(Output::SENTINEL.to_bytes(), [0; OUTPUT_SIZE]);
        assert_eq!(Output::from_bytes(&bytes[1..]), None);
        let mut odd = bytes;
        odd[32] = 2;
        assert_eq!(Output::from_bytes(&odd), None);
    }
}
