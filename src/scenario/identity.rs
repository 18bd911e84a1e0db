//! The ids of scenarios and cells: digests of what results depend on, however it was written.

use sha2::{Digest, Sha256};

use super::cells::Cells;
use super::render;
use super::settings::Settings;
use super::sweep::Sweep;

/// Part of every id: raised whenever the same scenario begins to give other results.
pub const RESULTS_VERSION: u32 = 5;

/// Digest of all that tells a cell from others.
pub(super) fn cell_digest(settings: &Settings) -> [u8; 32] {
    let text = render::cell(settings);
    let mut hash = Sha256::new();
    hash.update(format!("donsim cell {RESULTS_VERSION}\n"));
    hash.update(text.as_bytes());
    hash.finalize().into()
}

/// 12 letters and digits of that.
pub(super) fn cell_id(settings: &Settings) -> String {
    id(&cell_digest(settings), 12)
}

/// 8 letters and digits of a scenario. Which of its combinations are cells matters, and not by which conditions they were
/// chosen; `first` is the first of them.
pub(super) fn scenario_id(first: &Settings, sweep: &Sweep, cells: &Cells) -> String {
    let mut identity = format!("donsim {RESULTS_VERSION}\n{}", render::identity(first, sweep));
    if let Some(chosen) = cells.chosen().filter(|chosen| (chosen.len() as u64) < sweep.count) {
        let mut hash = Sha256::new();
        for index in chosen {
            hash.update(index.to_be_bytes());
        }
        identity.extend(["\n[cells]\n", &hex::encode(hash.finalize())]);
    }
    id(&Sha256::digest(identity.as_bytes()), 8)
}

/// The first hexadecimal digits of a digest. Tables are read by programs that take 12345678 and 1234e567 for numbers:
/// the first digit of such an id becomes a letter from `g` on.
fn id(digest: &[u8], digits: usize) -> String {
    let mut id = hex::encode(digest);
    id.truncate(digits);
    let (first, rest) = id.split_at(1);
    let letters = rest.trim_matches(|c: char| c.is_ascii_digit());
    let is_number = letters.is_empty() || letters == "e" && !rest.ends_with('e');
    match first.bytes().next() {
        Some(digit @ b'0'..=b'9') if is_number => format!("{}{rest}", char::from(b'g' + digit - b'0')),
        _ => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_reads_as_a_number() {
        for (digest, expected) in [
            ([0x12, 0x34, 0x56, 0x78], "h2345678"),
            ([0x92, 0x34, 0xe5, 0x67], "p234e567"),
            ([0x1e, 0x34, 0x55, 0x67], "he345567"),
            ([0x12, 0x34, 0xd5, 0x67], "1234d567"),
            ([0xe2, 0x34, 0x55, 0x67], "e2345567"),
            ([0x12, 0x34, 0x55, 0x6e], "1234556e"),
            ([0x12, 0x3e, 0x55, 0xe7], "123e55e7"),
            ([0x12, 0x3a, 0x55, 0x67], "123a5567"),
        ] {
            assert_eq!(id(&digest, 8), expected);
        }
        assert_eq!(id(&[0xab, 0xcd], 3), "abc");
    }
}
