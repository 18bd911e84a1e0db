//! `that`: a metric, or the difference of one in two cells, against a bound.

use super::super::diagnostics::{Diagnostic, Place, did_you_mean};
use super::super::document::{Node, Raw};
use super::super::files::Files;
use super::super::kinds::{Lowering, amount};
use super::super::metric::{Metric, Stat};
use super::super::text::{Part, Text};
use super::super::units::Quantity;

/// Other names of metrics.
const ALIASES: [(&str, Metric); 3] =
    [("p50", Metric::LatencyP50), ("p90", Metric::LatencyP90), ("p99", Metric::LatencyP99)];

const EXAMPLES: &str = "write for example `accepted >= 0.999`, `p99 <= 2s`, `total_bytes <= 200KiB` or \
                        `accepted[attested] - accepted[identical] >= 0.3`";

/// On which side of its threshold a metric is expected.
///
/// ```
/// use donsim::experiment::Direction;
/// use donsim::scenario::Scenario;
///
/// let text = "schema = 1\n[[expect]]\nthat = \"p99 <= 2s\"\n".to_owned();
/// let scenario = Scenario::parse("mine.toml".as_ref(), text, &[])?;
/// assert_eq!(scenario.expectations()[0].direction, Direction::AtMost);
/// assert_eq!(Direction::AtMost.sign(), "<=");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `>=`.
    AtLeast,
    /// `<=`.
    AtMost,
}

impl Direction {
    /// As scenarios write it.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
        }
    }
}

/// Contents of `that`.
#[derive(Debug)]
pub(super) struct That<'a> {
    pub metric: Metric,
    /// Contents of the brackets behind the metric, and behind the one that is subtracted.
    pub cells: Cells<'a>,
    pub direction: Direction,
    /// In the metric's unit.
    pub threshold: f64,
}

/// Which cells an expectation is about.
#[derive(Debug)]
pub(super) enum Cells<'a> {
    Each(Option<Part<'a>>),
    Difference(Part<'a>, Part<'a>),
}

/// A metric with the contents of its brackets.
struct Term<'a> {
    all: Part<'a>,
    metric: Metric,
    bracket: Option<Part<'a>>,
}

pub(super) fn parse<'a>(text: &Text<'a>, files: &Files) -> Result<That<'a>, Diagnostic> {
    let mut cursor = Cursor { text, rest: text.all() };
    let first = cursor.term()?;
    let second = if cursor.eat("-") { Some(cursor.term()?) } else { None };
    let direction = cursor.direction()?;
    let value = cursor.rest.trim();
    if value.text.is_empty() {
        return Err(malformed(text, value, "a number is missing here"));
    }
    let threshold = threshold(text, first.metric, second.is_some(), value.unquoted(), files)?;
    let metric = first.metric;
    let cells = match second {
        None => Cells::Each(first.bracket),
        Some(second) => difference(text, &first, &second)?,
    };
    Ok(That { metric, cells, direction, threshold })
}

fn difference<'a>(text: &Text<'_>, first: &Term<'a>, second: &Term<'a>) -> Result<Cells<'a>, Diagnostic> {
    if first.metric != second.metric {
        let message = "a difference is of one metric in two cells";
        let (label, help) =
            (format!("not `{}`", first.metric.name()), format!("write `{}` in both", first.metric.name()));
        return Err(Diagnostic::new(text.place(second.all), message).label(label).help(help));
    }
    if first.metric.stat() != Stat::Rate {
        let message = format!("`{}` cannot be subtracted", first.metric.name());
        let help = "only rates can, such as `accepted`; compare each cell with a bound of its own";
        return Err(Diagnostic::new(text.place(first.all), message).label("no rate").help(help));
    }
    let bracket = |term: &Term<'a>| {
        term.bracket.ok_or_else(|| {
            Diagnostic::new(text.place(term.all), "a difference needs to know of which cells")
                .label("in which cell?")
                .help("name values of an axis: `accepted[attested] - accepted[identical] >= 0.3`")
        })
    };
    Ok(Cells::Difference(bracket(first)?, bracket(second)?))
}

struct Cursor<'t, 'a> {
    text: &'t Text<'a>,
    rest: Part<'a>,
}

impl<'a> Cursor<'_, 'a> {
    fn eat(&mut self, token: &str) -> bool {
        let rest = self.rest.trim();
        let found = rest.text.starts_with(token);
        if found {
            self.rest = rest.split_at(token.len()).1;
        }
        found
    }

    fn word(&mut self) -> Part<'a> {
        let rest = self.rest.trim();
        let end = rest.text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.text.len());
        let (word, rest) = rest.split_at(end);
        self.rest = rest;
        word
    }

    fn term(&mut self) -> Result<Term<'a>, Diagnostic> {
        let whole = self.rest.trim();
        let first = self.word();
        let is_rate = first.text == "rate" && self.eat("(");
        let name = if is_rate { self.word() } else { first };
        if name.text.is_empty() {
            return Err(malformed(self.text, self.rest.trim(), "a metric is missing here"));
        }
        let metric = metric(self.text, name)?;
        if is_rate && !self.eat(")") {
            return Err(malformed(self.text, self.rest.trim(), "`)` is missing here"));
        }
        if is_rate && metric.stat() != Stat::Rate {
            let message = format!("`{}` is no rate", metric.name());
            let help = format!("write `{}` without `rate`", name.text);
            return Err(Diagnostic::new(self.text.place(name), message).label("no share of anything").help(help));
        }
        let mut all = name;
        let mut bracket = None;
        if self.eat("[") {
            let Some(end) = self.rest.text.find(']') else {
                return Err(malformed(self.text, self.rest, "`]` is missing"));
            };
            let (inside, rest) = self.rest.split_at(end);
            all = whole.slice(0..0).to(rest.slice(0..1), self.text.all());
            (bracket, self.rest) = (Some(inside.trim()), rest.split_at(1).1);
        }
        Ok(Term { all, metric, bracket })
    }

    fn direction(&mut self) -> Result<Direction, Diagnostic> {
        let rest = self.rest.trim();
        let end = rest.text.find(|c: char| !"<>=!~".contains(c)).unwrap_or(rest.text.len());
        let (sign, behind) = rest.split_at(end);
        self.rest = behind;
        let other = |help: &str| {
            let message = format!("expectations do not know `{}`", sign.text);
            Err(Diagnostic::new(self.text.place(sign), message).label("not a bound").help(help))
        };
        match sign.text {
            ">=" => Ok(Direction::AtLeast),
            "<=" => Ok(Direction::AtMost),
            ">" => other("write `>=`: no finite number of replicates could tell the two apart"),
            "<" => other("write `<=`: no finite number of replicates could tell the two apart"),
            "" => {
                let word = rest.text.find(char::is_whitespace).unwrap_or(rest.text.len());
                Err(malformed(self.text, rest.slice(0..word), "`>=` or `<=` is expected here"))
            }
            _ => other("write `>=` or `<=`"),
        }
    }
}

fn malformed(text: &Text<'_>, part: Part<'_>, label: &str) -> Diagnostic {
    Diagnostic::new(text.place(part), "`expect.that` is not a metric with a bound").label(label).help(EXAMPLES)
}

fn metric(text: &Text<'_>, name: Part<'_>) -> Result<Metric, Diagnostic> {
    let named = ALIASES.into_iter().chain(Metric::ALL.iter().map(|metric| (metric.name(), *metric)));
    let found = named.clone().find(|(known, _)| *known == name.text);
    found.map(|(_, metric)| metric).ok_or_else(|| {
        let help = did_you_mean(name.text, named.map(|(known, _)| known));
        Diagnostic::new(text.place(name), format!("unknown metric `{}`", name.text)).label("not measured").help(help)
    })
}

/// The bound in the unit of `metric`.
fn threshold(
    text: &Text<'_>,
    metric: Metric,
    is_difference: bool,
    value: Part<'_>,
    files: &Files,
) -> Result<f64, Diagnostic> {
    let at = text.place(value);
    let quantity = |quantity| {
        let node = Node { at, raw: Raw::Text(value.text.into()) };
        let mut findings = Vec::new();
        let amount = amount(&mut Lowering::new(files, &mut findings), metric.name(), &node, quantity);
        // Without an amount there is a finding.
        amount.ok_or_else(|| findings.pop().unwrap_or_else(|| no_number(at, value.text)))
    };
    match (metric.stat(), metric.unit()) {
        (Stat::Rate, _) => rate(at, value.text, is_difference),
        // A saving may be a loss.
        (Stat::Ratio, _) => rate(at, value.text, true),
        (Stat::Quantile(_), _) => quantity(Quantity::Duration).map(|nanos| nanos as f64 / 1e6),
        (Stat::Mean, "bytes") => quantity(Quantity::Size).map(|bytes| bytes as f64),
        (Stat::Mean, _) => {
            shifted(value.text, 0).filter(|number| *number >= 0.0).ok_or_else(|| no_number(at, value.text))
        }
    }
}

fn rate(at: Place, text: &str, is_difference: bool) -> Result<f64, Diagnostic> {
    let (percent, bare) = match text.strip_suffix('%') {
        Some(bare) => (true, bare.trim_end()),
        None => (false, text),
    };
    // Shifting the point of the text rounds once: 99.9 % is exactly 0.999.
    let parsed = shifted(bare, if percent { -2 } else { 0 });
    let least = if is_difference { -1.0 } else { 0.0 };
    match parsed {
        Some(rate) if (least..=1.0).contains(&rate) => Ok(rate + 0.0),
        Some(rate) => {
            let finding = Diagnostic::new(at, format!("a rate is from {least} to 1")).label("out of range");
            let meant =
                (!percent && rate > 1.0 && rate <= 100.0).then(|| format!("if {bare} % is meant, write `{bare}%`"));
            Err(finding
                .help(meant.unwrap_or_else(|| "write a number such as 0.99, or a percentage such as 99%".into())))
        }
        None => Err(no_number(at, text)),
    }
}

fn no_number(at: Place, text: &str) -> Diagnostic {
    Diagnostic::new(at, format!("`{text}` is not a number")).label("the bound must be one").help(EXAMPLES)
}

/// A decimal number, with or without exponent, its point moved by so many places to the right.
fn shifted(text: &str, places: i32) -> Option<f64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let digits = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = || format!("{mantissa}e{}", exponent.saturating_add(places)).parse().ok();
    plain.then(number).flatten().filter(|number: &f64| number.is_finite())
}
