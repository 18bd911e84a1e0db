//! Numbers as readers write them.

/// `value` with `decimals` decimals, thousands separated, and a real minus sign.
pub(super) fn fixed(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = digits.split_once('.').map_or((digits.as_str(), None), |(w, f)| (w, Some(f)));
    let mut text = String::new();
    if value < 0.0 && digits.contains(|c: char| c.is_ascii_digit() && c != '0') {
        text.push('−');
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// `value` with about three significant digits and no idle zeros: `0.05`, `12.5`, `1,230`.
pub(super) fn short(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
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
    let edge = share.min(1.0 - share).abs() * 100.0;
    let decimals = if edge == 0.0 || edge >= 9.95 {
        0
    } else if edge >= 0.095 {
        1
    } else if edge >= 0.0095 {
        2
    } else {
        4
    };
    format!("{} %", trimmed(fixed(share * 100.0, decimals)))
}

/// A count with thousands separated.
pub(super) fn count(value: u64) -> String {
    let digits = value.to_string();
    let groups: Vec<&str> = {
        let first = digits.len() % 3;
        let rest = (first..digits.len()).step_by(3).map(|start| &digits[start..start + 3]);
        std::iter::once(&digits[..first]).filter(|head| !head.is_empty()).chain(rest).collect()
    };
    groups.join(",")
}

/// A time span in the unit that suits it.
pub(super) fn span(ms: f64) -> String {
    if ms >= 1000.0 { format!("{} s", short(ms / 1000.0)) } else { format!("{} ms", short(ms)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(fixed(1_234_567.0, 0), "1,234,567");
        assert_eq!(fixed(-0.04, 1), "0.0");
        assert_eq!(fixed(-1234.5, 1), "−1,234.5");
        assert_eq!([0.0, 0.05, 12.5, 1234.4, 0.000_012].map(short), ["0", "0.05", "12.5", "1,234", "0.000012"]);
        assert_eq!(
            [0.0, 1.0, 0.942, 0.9999, 0.000_002].map(percent),
            ["0 %", "100 %", "94.2 %", "99.99 %", "0.0002 %"]
        );
        assert_eq!([0, 999, 3000, 1_000_000].map(count), ["0", "999", "3,000", "1,000,000"]);
        assert_eq!([250.0, 10_000.0].map(span), ["250 ms", "10 s"]);
    }

    #[test]
    fn broken_numbers_are_dashes() {
        assert_eq!([short(f64::NAN), percent(f64::INFINITY)], ["–", "–"]);
    }
}
