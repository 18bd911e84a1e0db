//! Distributions: a plain duration, or a table that names one with `dist`.

use super::super::document::Entry;
use super::super::files::Loaded;
use super::super::units::Quantity;
use super::file::{FILE, MATRIX, TRACE};
use super::json;
use super::number::EXPONENT;
use super::parameter::{Parameter, inline_table};
use super::prelude::*;
use super::quantity::{Amount, TIME};
use super::text::text;
use crate::engine::{Distribution, DistributionError, Span};
use crate::network::Latency;

/// A distribution of durations.
#[derive(Debug)]
pub(in super::super) struct Random {
    name: &'static str,
    words: &'static str,
    example: &'static str,
    /// Whether a plain duration is the most of a uniform one.
    is_skew: bool,
    /// Whether it may come from a region matrix.
    has_regions: bool,
}

pub(in super::super) const DISTRIBUTION: Random = Random {
    name: "distribution",
    words: "distribution",
    example: "{ dist = \"uniform\", min = \"1s\", max = \"2s\" }",
    is_skew: false,
    has_regions: false,
};

/// The same, where a plain duration stands for "uniform between zero and it".
pub(in super::super) const SKEW: Random = Random {
    name: "skew",
    words: "distribution; a plain duration is the most of a uniform one",
    example: "\"200ms\"",
    is_skew: true,
    ..DISTRIBUTION
};

/// A distribution or a region matrix.
pub(in super::super) const LATENCY: Random = Random {
    name: "latency",
    words: "distribution or region matrix",
    example: "{ dist = \"lognormal\", p50 = \"40ms\", p99 = \"180ms\" }",
    has_regions: true,
    ..DISTRIBUTION
};

/// Distribution that `dist` may name.
#[derive(Debug)]
pub(in super::super) struct Form {
    pub name: &'static str,
    pub parameters: &'static [Parameter],
    pub meaning: &'static str,
    /// The distribution with these values of its parameters.
    make: fn(&[Value]) -> Result<Latency, DistributionError>,
}

pub(super) const VALUE: Parameter = Parameter::new("value", &TIME);
pub(super) const MIN: Parameter = Parameter::new("min", &TIME);
pub(super) const MAX: Parameter = Parameter::new("max", &TIME);
pub(super) const MEAN: Parameter = Parameter::new("mean", &TIME);
pub(super) const P50: Parameter = Parameter::new("p50", &TIME);
pub(super) const P99: Parameter = Parameter::new("p99", &TIME);
pub(super) const ALPHA: Parameter = Parameter::new("alpha", &EXPONENT);
pub(super) const JITTER: Parameter = Parameter { default: Some("\"0s\""), ..Parameter::new("jitter", &DISTRIBUTION) };
/// A file, whatever is in it.
pub(super) const ANY_FILE: Parameter = Parameter::new("file", &FILE);
const TRACE_FILE: Parameter = Parameter::new("file", &TRACE);
const MATRIX_FILE: Parameter = Parameter::new("file", &MATRIX);

/// Forms: name, parameters, meaning, and the distribution of their values.
macro_rules! forms {
    ($($const:ident = $name:literal $parameters:tt, $meaning:literal, |$parts:ident| $make:expr;)+) => {
        $(const $const: Form =
            Form { name: $name, parameters: &$parameters, meaning: $meaning, make: |$parts| $make };)+

        /// All of them; the last one is for latencies only.
        pub(in super::super) const FORMS: &[Form] = &[$($const),+];
    };
}

forms! {
    CONSTANT = "constant" [VALUE], "Always the same; a plain duration says it in fewer letters.",
        |parts| plain(Ok(Distribution::constant(part(parts, 0))));
    UNIFORM = "uniform" [MIN, MAX], "Anything from `min` to `max`, equally likely.",
        |parts| plain(Distribution::uniform(part(parts, 0), part(parts, 1)));
    EXPONENTIAL = "exponential" [MEAN], "Exponential with this mean.",
        |parts| plain(Ok(Distribution::Exponential { mean: part(parts, 0) }));
    LOGNORMAL = "lognormal" [P50, P99], "Lognormal with this median and this 99 % quantile.",
        |parts| plain(Distribution::lognormal(part(parts, 0), part(parts, 1)));
    PARETO = "pareto" [MIN, ALPHA],
        "Never below `min`, with a tail of exponent `alpha`: the smaller, the heavier.",
        |parts| plain(Distribution::pareto(part(parts, 0), part(parts, 1)));
    EMPIRICAL = "empirical" [TRACE_FILE], "One of the values in a file, equally likely.",
        |parts| plain(file(parts).and_then(|file| file.distribution.clone().ok()).ok_or(DistributionError::NoValues));
    REGIONS = "regions" [MATRIX_FILE, JITTER],
        "Half of the round trip between the regions of the two nodes, plus `jitter`.",
        |parts| {
            let matrix = file(parts).and_then(|file| file.matrix.clone().ok()).ok_or(DistributionError::NoValues)?;
            Ok(Latency::Regions { matrix, jitter: part(parts, 1) })
        };
}

fn plain(made: Result<Distribution, DistributionError>) -> Result<Latency, DistributionError> {
    made.map(Latency::Distribution)
}

fn part<T: FromValue>(parts: &[Value], at: usize) -> T {
    T::from_value(parts.get(at).map(AsRef::as_ref))
}

fn file(parts: &[Value]) -> Option<&Loaded> {
    downcast(parts.first().map(AsRef::as_ref))
}

/// A distribution together with what it is printed as.
#[derive(Clone, Debug)]
struct Law {
    form: &'static Form,
    /// The values of the form's parameters.
    parts: Vec<Value>,
    latency: Latency,
    is_skew: bool,
}

impl Kind for Random {
    fn about(&self) -> About {
        let tables = self.forms().iter().map(|form| json::reference(&format!("distribution.{}", form.name)));
        let choices: Vec<_> = [json::reference("duration")].into_iter().chain(tables).collect();
        About::new(self.name, self.words, self.example, json!({ "oneOf": choices }))
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let (form, parts) = if let Raw::Table(entries) = &node.raw {
            self.named(lowering, key, node, entries)?
        } else {
            let most = TIME.read(lowering, key, node)?;
            let is_uniform = self.is_skew && Span::from_value(Some(&*most)) > Span::ZERO;
            let zero = || Arc::new(Amount::from(Span::ZERO));
            if is_uniform { (&UNIFORM, vec![zero(), most]) } else { (&CONSTANT, vec![most]) }
        };
        match (form.make)(&parts) {
            Ok(latency) => Some(Arc::new(Law { form, parts, latency, is_skew: self.is_skew })),
            Err(error) => {
                let values = form.parameters.iter().zip(&parts);
                let label: Vec<_> =
                    values.map(|(of, value)| format!("{} = {}", of.name, value.axis_value().text)).collect();
                let finding = Diagnostic::new(node.at, format!("`{key}` is no distribution: {error}"));
                lowering.report(finding.label(label.join(", ")).help(remedy(error)))
            }
        }
    }

    /// That of plain durations.
    fn measure(&self) -> Option<Measure> {
        Some(Measure::Of(Quantity::Duration))
    }

    fn table(&self) -> Option<&'static str> {
        Some("a distribution that has `{}`")
    }

    fn axis(&self) -> Json {
        json::reference("axis.distribution")
    }

    fn definitions(&self) -> Vec<(String, Json)> {
        let table = |form: &Form| {
            (format!("distribution.{}", form.name), inline_table(Some(form.name), form.meaning, form.parameters))
        };
        let parts = FORMS.iter().flat_map(|form| form.parameters);
        let parts: Json = parts.map(|part| (part.name.to_owned(), part.kind.axis())).collect();
        let durations = json::range(&json::reference("duration"), Measure::Of(Quantity::Duration));
        let axis = json!({ "oneOf": [json::values(&json!(true)), json::open(&parts), durations] });
        let plain = [
            ("duration", TIME.about().schema),
            ("distribution", DISTRIBUTION.about().schema),
            ("axis.distribution", axis),
        ];
        plain.into_iter().map(|(name, schema)| (name.to_owned(), schema)).chain(FORMS.iter().map(table)).collect()
    }
}

impl Random {
    fn forms(&self) -> &'static [Form] {
        if self.has_regions { FORMS } else { &FORMS[..FORMS.len() - 1] }
    }

    /// The form that a table names, and the values of its parameters.
    fn named(
        &self,
        lowering: &mut Lowering<'_>,
        key: &str,
        node: &Node,
        entries: &[Entry],
    ) -> Option<(&'static Form, Vec<Value>)> {
        let names = self.forms().iter().map(|form| form.name);
        let Some(dist) = node.get("dist") else {
            let finding = Diagnostic::new(node.at, format!("`{key}` lacks `dist`")).label("which distribution?");
            return lowering.report(finding.help(format!("one of {}", list(names))));
        };
        let name = text(lowering, &format!("{key}.dist"), dist, "the name of a distribution")?;
        let Some(form) = self.forms().iter().find(|form| form.name == name) else {
            let finding = Diagnostic::new(dist.at, format!("unknown distribution `{name}` in `{key}`"));
            let help = match name.as_str() {
                "regions" => format!("only latencies come from regions; here there are {}", list(names)),
                _ => did_you_mean(&name, names),
            };
            return lowering.report(finding.label("not known here").help(help));
        };
        let entries: Vec<_> = entries.iter().filter(|entry| entry.key != "dist").collect();
        Some((form, lowering.parameters(key, node, &entries, form.parameters)?))
    }
}

const fn remedy(error: DistributionError) -> &'static str {
    match error {
        DistributionError::MinAboveMax => "`max` is the larger of the two, or they are equal",
        DistributionError::TailBelowMedian => "`p99` is the larger of the two, or they are equal",
        DistributionError::ZeroMedian => "write a median above zero, such as \"1ms\"",
        DistributionError::BadExponent => "write a positive number, such as 1.5",
        DistributionError::NoValues => "write one duration a line",
    }
}

impl Law {
    /// A plain duration that says the same; `None` where only a table does.
    fn as_plain(&self) -> Option<&Value> {
        match self.latency {
            Latency::Distribution(Distribution::Constant(span)) if !self.is_skew || span == Span::ZERO => {
                self.parts.first()
            }
            Latency::Distribution(Distribution::Uniform { min: Span::ZERO, max })
                if self.is_skew && max > Span::ZERO =>
            {
                self.parts.last()
            }
            _ => None,
        }
    }
}

impl Meaning for Law {
    /// Outside its plain form in few letters: `lognormal(40ms, 180ms)`.
    fn axis_value(&self) -> AxisValue {
        let in_few_letters = || {
            let parts: Vec<_> = self.parts.iter().map(|value| value.axis_value().text).collect();
            AxisValue::word(format!("{}({})", self.form.name, parts.join(", ")))
        };
        self.as_plain().map_or_else(in_few_letters, |span| span.axis_value())
    }

    fn print(&self, names: FileNames) -> String {
        let as_table = || {
            let parts = self.form.parameters.iter().zip(&self.parts);
            let parts = parts.map(|(of, value)| format!(", {} = {}", of.name, value.print(names)));
            format!("{{ dist = \"{}\"{} }}", self.form.name, parts.collect::<String>())
        };
        self.as_plain().map_or_else(as_table, |span| span.print(names))
    }

    fn part(&self, name: &str) -> Option<Value> {
        let at = self.form.parameters.iter().position(|known| known.name == name && self.as_plain().is_none())?;
        self.parts.get(at).cloned()
    }
}

impl FromValue for Distribution {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        match Latency::from_value(value) {
            Latency::Distribution(distribution) => distribution,
            Latency::Regions { jitter, .. } => jitter,
        }
    }
}

impl FromValue for Latency {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        let nothing = || Self::Distribution(Distribution::constant(Span::ZERO));
        downcast(value).map_or_else(nothing, |law: &Law| law.latency.clone())
    }
}
