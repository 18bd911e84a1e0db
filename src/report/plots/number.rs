//! Numbers as readers write them.

/// `value` with `decimals` decimals, thousands separated, and a real minus sign.
pub(in crate::report) fn fixed(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let is_zero = !digits.contains(|c: char| c.is_ascii_digit() && c != '0');
    let mut text = if value < 0.0 && !is_zero { "−".to_owned() } else { String::new() };
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if fraction.is_empty() { text } else { format!("{text}.{fraction}") }
}

/// Values below this are written with their power of ten: nobody counts so many zeros.
const TINY: f64 = 1e-5;

/// `value` with about three significant digits and no idle zeros: `0.05`, `12.5`, `1,230`, `1e−9`.
pub(super) fn short(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    if value != 0.0 && value.abs() < TINY {
        let text = format!("{value:.2e}").replace('-', "−");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{exponent}", trimmed(digits.to_owned()));
    }
    let decimals =
        (0..=9_i32).find(|d| value.abs() * libm::pow(10.0, f64::from(*d)) >= 99.95 || value == 0.0).unwrap_or(9);
    trimmed(fixed(value, usize::try_from(decimals).unwrap_or(0)))
}

/// Drops the zeros that a fraction ends with.
fn trimmed(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A share in percent with enough digits to tell it from 0 and from 100.
pub(super) fn percent(share: f64) -> String {
    if !share.is_finite() {
        return "–".to_owned();
    }
    let decimals = match share.min(1.0 - share).abs() * 100.0 {
        0.0 | 9.95.. => 0,
        0.095.. => 1,
        0.0095.. => 2,
        _ => 4,
    };
    format!("{} %", trimmed(fixed(share * 100.0, decimals)))
}

/// A time span in the unit that suits it.
pub(super) fn span(ms: f64) -> String {
    if ms >= 1000.0 { format!("{} s", short(ms / 1000.0)) } else { format!("{} ms", short(ms)) }
}

#[cfg(test)]
#[path = "tests/number.rs"]
mod tests;
