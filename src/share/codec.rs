//! A document as text for a URL: JSON, deflate with a dictionary of common words, base64url.

use super::doc::{Doc, ShareError};
use super::migrate;
use crate::k8s::json;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

/// A link's text may not be longer.
pub const LIMIT_TEXT: usize = 4 << 20;
/// A document may not unpack to more.
pub const LIMIT_UNPACKED: usize = 16 << 20;

/// Text that documents are full of; what occurs here costs next to nothing in a link. It belongs to the format:
/// it never changes, and a new one would come with a new first letter.
const DICTIONARY: &[u8] = include_bytes!("dictionary.txt");

/// The first letter of a link: which dictionary and packing.
const PACKING: char = 'A';

/// The text of a document.
pub fn encode(doc: &Doc) -> String {
    let text = doc.to_value().to_string();
    letters(&pack(text.as_bytes()))
}

/// What was packed, as text.
pub(super) fn letters(packed: &[u8]) -> String {
    format!("{PACKING}{}", base64(packed))
}

/// Opens a text. Nothing of it is trusted.
pub fn decode(text: &str) -> Result<Doc, ShareError> {
    if text.len() > LIMIT_TEXT {
        return Err(ShareError::TooLarge);
    }
    let packed = text
        .trim()
        .strip_prefix(PACKING)
        .ok_or(ShareError::Damaged)?;
    let bytes = unpack(&unbase64(packed).ok_or(ShareError::Damaged)?)?;
    let text = String::from_utf8(bytes).map_err(|_| ShareError::Damaged)?;
    let value = json::parse(&text).map_err(|_| ShareError::Damaged)?;
    migrate::read(&value)
}

/// The text of a workspace file: the document as it is, readable.
pub fn to_file(doc: &Doc) -> String {
    format!("{}\n", doc.to_value())
}

/// Opens a workspace file, or a file that holds a link's text. Nothing of it is trusted.
pub fn from_file(text: &str) -> Result<Doc, ShareError> {
    if text.len() > LIMIT_TEXT {
        return Err(ShareError::TooLarge);
    }
    let text = text.trim();
    if !text.starts_with('{') {
        return decode(text.rsplit('#').next().unwrap_or(text));
    }
    migrate::read(&json::parse(text).map_err(|_| ShareError::Damaged)?)
}

/// Deflates as if the dictionary had come before: it is written first and its output thrown away.
fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packer = Packer::default();
    packer.push(bytes);
    packer.finish()
}

/// What is packed piece by piece; how it is cut makes no difference.
pub(super) struct Packer {
    compressor: Box<CompressorOxide>,
    packed: Vec<u8>,
}

impl Default for Packer {
    fn default() -> Self {
        const BEST_LEVEL: i32 = 9;
        const RAW: i32 = -15;
        let flags = create_comp_flags_from_zip_params(BEST_LEVEL, RAW, 0);
        let mut packer = Self {
            compressor: Box::new(CompressorOxide::new(flags)),
            packed: Vec::new(),
        };
        packer.write(DICTIONARY, TDEFLFlush::Sync);
        packer.packed.clear();
        packer
    }
}

impl Packer {
    pub fn push(&mut self, bytes: &[u8]) {
        self.write(bytes, TDEFLFlush::None);
    }

    /// The packed bytes; nothing may follow.
    pub fn finish(&mut self) -> Vec<u8> {
        self.write(&[], TDEFLFlush::Finish);
        std::mem::take(&mut self.packed)
    }

    fn write(&mut self, bytes: &[u8], flush: TDEFLFlush) {
        let packed = &mut self.packed;
        compress_to_output(&mut self.compressor, bytes, flush, |out| {
            packed.extend_from_slice(out);
            true
        });
    }
}

/// Inflates behind the dictionary, growing the output up to the limit.
fn unpack(packed: &[u8]) -> Result<Vec<u8>, ShareError> {
    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let mut inflater = Box::<DecompressorOxide>::default();
    let mut out = DICTIONARY.to_vec();
    let (mut read, mut written) = (0, out.len());
    out.resize(
        written + packed.len().saturating_mul(4).clamp(1024, LIMIT_UNPACKED),
        0,
    );
    loop {
        let (status, taken, given) =
            decompress(&mut inflater, &packed[read..], &mut out, written, flags);
        read += taken;
        written += given;
        match status {
            TINFLStatus::Done => {
                out.truncate(written);
                return Ok(out.split_off(DICTIONARY.len()));
            }
            TINFLStatus::HasMoreOutput if out.len() < LIMIT_UNPACKED => {
                let longer = (out.len() * 2).min(LIMIT_UNPACKED);
                out.resize(longer, 0);
            }
            TINFLStatus::HasMoreOutput => return Err(ShareError::TooLarge),
            _ => return Err(ShareError::Damaged),
        }
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648 base64url without padding.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let word = at(0) << 16 | at(1) << 8 | at(2);
        for i in 0..=chunk.len() {
            let index = (word >> (18 - 6 * i)) & 63;
            text.push(char::from(ALPHABET[index as usize]));
        }
    }
    text
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for chunk in text.as_bytes().chunks(4) {
        if chunk.len() == 1 {
            return None;
        }
        let mut word = 0_u32;
        for (i, letter) in chunk.iter().enumerate() {
            let value = ALPHABET.iter().position(|a| a == letter)?;
            word |= u32::try_from(value).ok()? << (18 - 6 * i);
        }
        let [_, a, b, c] = word.to_be_bytes();
        bytes.extend_from_slice(&[a, b, c][..chunk.len() - 1]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64url_round_trip() {
        for length in 0..40_u8 {
            let bytes: Vec<u8> = (0..length).map(|i| i.wrapping_mul(37)).collect();
            assert_eq!(unbase64(&base64(&bytes)), Some(bytes));
        }
        assert_eq!(unbase64("A"), None);
        assert_eq!(unbase64("A+=="), None);
    }

    #[test]
    fn packing_round_trip_and_bomb() {
        let text = b"apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: x\n".repeat(9);
        let packed = pack(&text);
        assert!(packed.len() < 60, "the dictionary helps: {}", packed.len());
        assert_eq!(unpack(&packed).as_deref(), Ok(&text[..]));
        let bomb = pack(&vec![b'x'; LIMIT_UNPACKED + 1]);
        assert_eq!(unpack(&bomb), Err(ShareError::TooLarge));
        assert_eq!(
            unpack(&packed[..packed.len() - 3]),
            Err(ShareError::Damaged)
        );
    }
}
