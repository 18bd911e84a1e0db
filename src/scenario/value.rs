//! A key's value once it is understood, and its one canonical text.

use std::fmt::Write as _;
use std::sync::Arc;

use super::AxisValue;
use super::files::FileRef;
use super::units::Quantity;
use crate::engine::{Distribution, Span};
use crate::network::RegionMatrix;
use crate::sim::PayloadHolders;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// None, where that means something.
    Absent,
    Count(u64),
    /// A probability or an exponent.
    Number(f64),
    Flag(bool),
    Text(String),
    Duration(Span),
    /// Bytes.
    Size(u64),
    /// Bits a second.
    Bandwidth(u64),
    Law(Law),
    /// A law whose plain form is the upper end of a uniform one.
    Skew(Law),
    Holders(PayloadHolders),
    Choice(&'static str),
    Names(Vec<String>),
    Nodes(Vec<Selector>),
    File(Arc<FileRef>),
}

impl AxisValue {
    /// The units that numbers on axes have.
    pub const UNITS: [&'static str; 4] = ["", "ms", "bytes", "Mbit/s"];

    /// A number in one of [`Self::UNITS`], with the one text that it has whoever wrote it: `1.5s` for 1500 in `ms`.
    /// `None` for what no scenario can have there: a quantity below zero, or finer than it is counted.
    #[must_use]
    pub fn of_number(number: f64, unit: &'static str) -> Option<Self> {
        // Floats hold every count of a scenario exactly, and give it back when the division is undone.
        let counted = |per_unit: f64| {
            let count = libm::round(number * per_unit);
            let is_exact = (0.0..u64::MAX as f64).contains(&count) && count / per_unit == number;
            is_exact.then_some(count as u64)
        };
        let text = match unit {
            "" => number.is_finite().then(|| number.to_string())?,
            "ms" => Span::from_nanos(counted(1e6)?).to_string(),
            "bytes" => Quantity::Size.print(counted(1.0)?),
            "Mbit/s" => Quantity::Bandwidth.print(counted(1e6)?),
            _ => return None,
        };
        Some(Self { text, number: Some(number), unit })
    }
}

/// A distribution together with the file that it came from.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Law {
    Plain { distribution: Distribution, file: Option<Arc<FileRef>> },
    Regions { matrix: Arc<RegionMatrix>, file: Arc<FileRef>, jitter: Box<Law> },
}

/// Some nodes of one DON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selector {
    pub side: Side,
    /// First and last index; all nodes when absent.
    pub range: Option<(u32, u32)>,
}

/// One of the DONs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Workflow,
    Capability,
}

impl Side {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Workflow => "workflow",
            Self::Capability => "capability",
        }
    }
}

/// How a text names files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileNames {
    /// By their place beside `resolved.toml`.
    Stored,
    /// By their contents: for ids.
    Digest,
}

impl Law {
    pub const fn plain(distribution: Distribution) -> Self {
        Self::Plain { distribution, file: None }
    }

    fn print(&self, names: FileNames) -> String {
        let (distribution, file) = match self {
            Self::Plain { distribution, file } => (distribution, file),
            Self::Regions { file, jitter, .. } => {
                let file = quote(file.name(names));
                return format!("{{ dist = \"regions\", file = {file}, jitter = {} }}", jitter.print(names));
            }
        };
        match distribution {
            Distribution::Constant(span) => quote(&span.to_string()),
            Distribution::Uniform { min, max } => {
                format!("{{ dist = \"uniform\", min = \"{min}\", max = \"{max}\" }}")
            }
            Distribution::Exponential { mean } => format!("{{ dist = \"exponential\", mean = \"{mean}\" }}"),
            Distribution::LogNormal { p50, p99 } => {
                format!("{{ dist = \"lognormal\", p50 = \"{p50}\", p99 = \"{p99}\" }}")
            }
            Distribution::Pareto { min, alpha } => {
                format!("{{ dist = \"pareto\", min = \"{min}\", alpha = {alpha} }}")
            }
            Distribution::Empirical(_) => {
                let file = file.as_ref().map_or("", |file| file.name(names));
                format!("{{ dist = \"empirical\", file = {} }}", quote(file))
            }
        }
    }

    /// The same in fewer letters, for axes: `lognormal(40ms, 180ms)`.
    fn compact(&self) -> String {
        let (distribution, file) = match self {
            Self::Plain { distribution, file } => (distribution, file),
            Self::Regions { file, jitter, .. } => return format!("regions({}, {})", file.label(), jitter.compact()),
        };
        match distribution {
            Distribution::Constant(span) => span.to_string(),
            Distribution::Uniform { min, max } => format!("uniform({min}, {max})"),
            Distribution::Exponential { mean } => format!("exponential({mean})"),
            Distribution::LogNormal { p50, p99 } => format!("lognormal({p50}, {p99})"),
            Distribution::Pareto { min, alpha } => format!("pareto({min}, {alpha})"),
            Distribution::Empirical(_) => {
                format!("empirical({})", file.as_ref().map_or("", |file| file.label()))
            }
        }
    }

    /// What a plain duration in place of the law would be; `None` where only a table says it.
    fn as_plain(&self, skew: bool) -> Option<Span> {
        let Self::Plain { distribution, .. } = self else { return None };
        match distribution {
            Distribution::Constant(span) if !skew || *span == Span::ZERO => Some(*span),
            Distribution::Uniform { min: Span::ZERO, max } if skew && *max > Span::ZERO => Some(*max),
            _ => None,
        }
    }
}

impl Selector {
    fn print(&self) -> String {
        let side = self.side.name();
        match self.range {
            None => side.into(),
            Some((first, last)) if first == last => format!("{side}.{first}"),
            Some((first, last)) => format!("{side}.{first}-{last}"),
        }
    }
}

impl Value {
    /// As TOML, the same for equal values however they were written; empty for [`Value::Absent`].
    pub fn print(&self, names: FileNames) -> String {
        match self {
            Self::Absent => String::new(),
            Self::Count(count) => count.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Text(text) => quote(text),
            Self::Duration(span) => quote(&span.to_string()),
            Self::Size(bytes) => quote(&Quantity::Size.print(*bytes)),
            Self::Bandwidth(bits) => quote(&Quantity::Bandwidth.print(*bits)),
            Self::Law(law) => law.print(names),
            Self::Skew(law) => match (law.as_plain(true), law) {
                (Some(span), _) => quote(&span.to_string()),
                // A constant has to say that it is one, or it would be read as the end of a uniform skew.
                (None, Law::Plain { distribution: Distribution::Constant(span), .. }) => {
                    format!("{{ dist = \"constant\", value = \"{span}\" }}")
                }
                (None, law) => law.print(names),
            },
            Self::Holders(holders) => match holders {
                PayloadHolders::FPlusOne => quote("f+1"),
                PayloadHolders::All => quote("all"),
                PayloadHolders::Count(count) => count.to_string(),
                PayloadHolders::Agree(p) => format!("{{ agree = {p} }}"),
            },
            Self::Choice(word) => quote(word),
            Self::Names(items) => array(items.iter().map(|name| quote(name))),
            Self::Nodes(items) => array(items.iter().map(|selector| quote(&selector.print()))),
            Self::File(file) => quote(file.name(names)),
        }
    }

    /// As a point on an axis.
    pub fn axis_value(&self) -> AxisValue {
        let millis = |span: &Span| Some(span.as_nanos() as f64 / 1e6);
        let (text, number, unit) = match self {
            Self::Absent => (String::new(), None, ""),
            Self::Count(count) => (count.to_string(), Some(*count as f64), ""),
            Self::Number(number) => (number.to_string(), Some(*number), ""),
            Self::Flag(flag) => (flag.to_string(), None, ""),
            Self::Text(text) => (text.clone(), None, ""),
            Self::Duration(span) => (span.to_string(), millis(span), "ms"),
            Self::Size(bytes) => (Quantity::Size.print(*bytes), Some(*bytes as f64), "bytes"),
            Self::Bandwidth(bits) => (Quantity::Bandwidth.print(*bits), Some(*bits as f64 / 1e6), "Mbit/s"),
            Self::Law(law) | Self::Skew(law) => {
                let plain = law.as_plain(matches!(self, Self::Skew(_)));
                match (&plain, self, law) {
                    (Some(span), ..) => (span.to_string(), millis(span), "ms"),
                    (None, Self::Skew(_), Law::Plain { distribution: Distribution::Constant(span), .. }) => {
                        (format!("constant({span})"), None, "")
                    }
                    (None, ..) => (law.compact(), None, ""),
                }
            }
            Self::Holders(PayloadHolders::FPlusOne) => ("f+1".into(), None, ""),
            Self::Holders(PayloadHolders::All) => ("all".into(), None, ""),
            Self::Holders(PayloadHolders::Count(count)) => (count.to_string(), Some(f64::from(*count)), ""),
            Self::Holders(PayloadHolders::Agree(p)) => (format!("agree({p})"), None, ""),
            Self::Choice(word) => ((*word).into(), None, ""),
            Self::Names(items) => (items.join(" "), None, ""),
            Self::Nodes(items) => (items.iter().map(Selector::print).collect::<Vec<_>>().join(" "), None, ""),
            Self::File(file) => (file.label().into(), None, ""),
        };
        AxisValue { text, number, unit }
    }
}

fn array(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// `text` as a TOML basic string.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
