//! Mutations that know nothing of the format.

use crate::dice::Dice;

/// Changes `input` a little. Pieces move in units of `grain` bytes; `other` is another input to take pieces from,
/// `words` are pieces that the format likes.
pub fn mutate(dice: &mut Dice, input: &mut Vec<u8>, other: &[u8], grain: usize, words: &[Vec<u8>]) {
    let stretch = |dice: &mut Dice, len: usize| {
        let units = dice.stretch(len / grain);
        units.start * grain..units.end * grain
    };
    let at = stretch(dice, input.len());
    match dice.below(9) {
        0 => drop(input.drain(at)),
        1 => {
            let piece = input[at].to_vec();
            let to = dice.below(input.len() / grain + 1) * grain;
            input.splice(to..to, piece);
        }
        2 => {
            let piece = other[stretch(dice, other.len())].to_vec();
            input.splice(at, piece);
        }
        3 => {
            let to = at.start + dice.below(grain);
            let word = if words.is_empty() { Vec::new() } else { dice.pick(words).clone() };
            input.splice(to.min(input.len())..to.min(input.len()), word);
        }
        4 => {
            let piece: Vec<u8> = input.drain(at).collect();
            let to = dice.below(input.len() / grain + 1) * grain;
            input.splice(to..to, piece);
        }
        5 => input.truncate(at.start),
        _ => one_byte(dice, input),
    }
}

fn one_byte(dice: &mut Dice, input: &mut [u8]) {
    if input.is_empty() {
        return;
    }
    let at = dice.below(input.len());
    let byte = input[at];
    input[at] = match dice.below(5) {
        0 => byte ^ (1 << dice.below(8)),
        1 => byte.wrapping_add(1),
        2 => byte.wrapping_sub(1),
        3 => *dice.pick(&[0x00, 0x01, 0x7f, 0x80, 0xff, b'0', b'"', b'.']),
        _ => dice.byte(),
    };
}
