//! Integers of variable length.

use super::BadState;

pub(super) fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(super) fn put_signed(out: &mut Vec<u8>, value: i64) {
    put(out, (value << 1 ^ value >> 63) as u64);
}

/// What is left to read.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl Reader<'_> {
    pub(super) fn byte(&mut self) -> Result<u8, BadState> {
        let (&byte, rest) = self.0.split_first().ok_or(BadState::Truncated)?;
        self.0 = rest;
        Ok(byte)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], BadState> {
        let (array, rest) = self.0.split_first_chunk().ok_or(BadState::Truncated)?;
        self.0 = rest;
        Ok(*array)
    }

    pub(super) fn u64(&mut self) -> Result<u64, BadState> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return Err(BadState::Value("an integer above 64 bits"));
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(BadState::Value("an integer above 64 bits"))
    }

    pub(super) fn u32(&mut self) -> Result<u32, BadState> {
        self.u64()?.try_into().map_err(|_| BadState::Value("an integer above 32 bits"))
    }

    pub(super) fn i64(&mut self) -> Result<i64, BadState> {
        let zigzag = self.u64()?;
        Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }

    pub(super) fn len(&mut self, max: u32, what: &'static str) -> Result<usize, BadState> {
        let len = self.u32()?;
        if len <= max { Ok(len as usize) } else { Err(BadState::Value(what)) }
    }
}
