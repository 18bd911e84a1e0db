//! Distributions: a plain duration, or a table that names one with `dist`.

use super::super::document::Entry;
use super::super::files::{FileRef, Files};
use super::super::units::Quantity;
use super::file::{File, contents};
use super::json;
use super::number::EXPONENT;
use super::parameter::{Parameter, inline_table};
use super::prelude::*;
use super::quantity::{Amount, TIME, span};
use super::text::text;
use crate::engine::{Distribution, DistributionError, Span};
use crate::network::{Latency, RegionMatrix};

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

/// A distribution.
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
    has_regions: false,
};

/// A distribution or a region matrix.
pub(in super::super) const LATENCY: Random = Random {
    name: "latency",
    words: "distribution or region matrix",
    example: "{ dist = \"lognormal\", p50 = \"40ms\", p99 = \"180ms\" }",
    is_skew: false,
    has_regions: true,
};

/// Distribution that `dist` may name.
#[derive(Debug)]
pub(in super::super) struct Form {
    pub name: &'static str,
    pub parameters: &'static [Parameter],
    pub meaning: &'static str,
}

pub(super) const VALUE: Parameter = Parameter::new("value", &TIME);
pub(super) const MIN: Parameter = Parameter::new("min", &TIME);
pub(super) const MAX: Parameter = Parameter::new("max", &TIME);
pub(super) const MEAN: Parameter = Parameter::new("mean", &TIME);
pub(super) const P50: Parameter = Parameter::new("p50", &TIME);
pub(super) const P99: Parameter = Parameter::new("p99", &TIME);
pub(super) const ALPHA: Parameter = Parameter::new("alpha", &EXPONENT);
pub(super) const FILE: Parameter = Parameter::new("file", &File);
pub(super) const JITTER: Parameter = Parameter { is_required: false, ..Parameter::new("jitter", &DISTRIBUTION) };

const fn form(name: &'static str, parameters: &'static [Parameter], meaning: &'static str) -> Form {
    Form { name, parameters, meaning }
}

/// All of them; the last one is for latencies only.
pub(in super::super) const FORMS: &[Form] = &[
    form("constant", &[VALUE], "Always the same; a plain duration says it in fewer letters."),
    form("uniform", &[MIN, MAX], "Anything from `min` to `max`, equally likely."),
    form("exponential", &[MEAN], "Exponential with this mean."),
    form("lognormal", &[P50, P99], "Lognormal with this median and this 99 % quantile."),
    form("pareto", &[MIN, ALPHA], "Never below `min`, with a tail of exponent `alpha`: the smaller, the heavier."),
    form("empirical", &[FILE], "One of the values in a file, equally likely."),
    form("regions", &[FILE, JITTER], "Half of the round trip between the regions of the two nodes, plus `jitter`."),
];

/// A distribution together with the file that it came from.
#[derive(Clone, Debug)]
enum Law {
    Plain { distribution: Distribution, file: Option<Arc<FileRef>>, is_skew: bool },
    Regions { matrix: Arc<RegionMatrix>, file: Arc<FileRef>, jitter: Arc<Law> },
}

impl Kind for Random {
    fn about(&self) -> About {
        let tables = self.forms().iter().map(|form| json::reference(&format!("distribution.{}", form.name)));
        let choices: Vec<_> = [json::reference("duration")].into_iter().chain(tables).collect();
        About::new(self.name, self.words, self.example, json!({ "oneOf": choices }))
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        Some(Arc::new(self.law(lowering, key, node)?))
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

    fn law(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Law> {
        match &node.raw {
            Raw::Text(text) if text == "round" && key == "capability_don.ocr" => lowering.report(
                Diagnostic::new(node.at, "OCR rounds are not simulated message by message in this version")
                    .label("not yet available")
                    .help("give the time that OCR takes as a distribution, for example \"1.5s\""),
            ),
            Raw::Table(entries) => self.named(lowering, key, node, entries),
            _ => {
                let max = span(lowering, key, node)?;
                let is_uniform = self.is_skew && max > Span::ZERO;
                let uniform = Distribution::Uniform { min: Span::ZERO, max };
                Some(self.plain(if is_uniform { uniform } else { Distribution::constant(max) }, None))
            }
        }
    }

    const fn plain(&self, distribution: Distribution, file: Option<Arc<FileRef>>) -> Law {
        Law::Plain { distribution, file, is_skew: self.is_skew }
    }

    fn named(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node, entries: &[Entry]) -> Option<Law> {
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
        let parameters = lowering.parameters(key, node, &entries, form.parameters)?;
        Of { kind: self, form, key, node, parameters: &parameters }.law(lowering)
    }
}

/// A table of a known form.
struct Of<'a> {
    kind: &'a Random,
    form: &'static Form,
    key: &'a str,
    node: &'a Node,
    parameters: &'a [Option<&'a Node>],
}

impl Of<'_> {
    fn law(&self, lowering: &mut Lowering<'_>) -> Option<Law> {
        let (made, label) = match self.form.name {
            "uniform" => {
                let (min, max) = self.spans(lowering)?;
                (Distribution::uniform(min, max), format!("min = {min}, max = {max}"))
            }
            "lognormal" => {
                let (p50, p99) = self.spans(lowering)?;
                (Distribution::lognormal(p50, p99), format!("p50 = {p50}, p99 = {p99}"))
            }
            "pareto" => {
                let min = self.span(lowering, 0);
                let alpha = EXPONENT.number(lowering, &self.name(1), self.parameters[1]?);
                (Distribution::pareto(min?, alpha?), String::new())
            }
            "exponential" => (Ok(Distribution::Exponential { mean: self.span(lowering, 0)? }), String::new()),
            "empirical" => {
                let form =
                    "write one duration a line, such as 12.5ms, or numbers below a first line such as latency_ms";
                let (distribution, file) = self.file(lowering, Files::distribution, form)?;
                return Some(self.kind.plain(distribution, Some(file)));
            }
            "regions" => {
                let jitter = match self.parameters[1] {
                    Some(node) => DISTRIBUTION.law(lowering, &self.name(1), node),
                    None => Some(DISTRIBUTION.plain(Distribution::constant(Span::ZERO), None)),
                };
                let form = "write a first line `from,a,b` with the regions, and a line `a,2,80` with round trips in ms for \
                            each";
                let (matrix, file) = self.file(lowering, Files::matrix, form)?;
                return Some(Law::Regions { matrix, file, jitter: Arc::new(jitter?) });
            }
            _ => (Ok(Distribution::constant(self.span(lowering, 0)?)), String::new()),
        };
        match made {
            Ok(distribution) => Some(self.kind.plain(distribution, None)),
            Err(error) => {
                let finding = Diagnostic::new(self.node.at, format!("`{}` is no distribution: {error}", self.key));
                lowering.report(finding.label(label).help(remedy(error)))
            }
        }
    }

    /// The dotted name of a parameter.
    fn name(&self, at: usize) -> String {
        format!("{}.{}", self.key, self.form.parameters[at].name)
    }

    fn span(&self, lowering: &mut Lowering<'_>, at: usize) -> Option<Span> {
        span(lowering, &self.name(at), self.parameters[at]?)
    }

    /// Both, even when the first is wrong, to find all that is.
    fn spans(&self, lowering: &mut Lowering<'_>) -> Option<(Span, Span)> {
        let (first, second) = (self.span(lowering, 0), self.span(lowering, 1));
        first.zip(second)
    }

    fn file<T>(
        &self,
        lowering: &mut Lowering<'_>,
        read: fn(&Files, &str) -> Result<T, String>,
        form: &str,
    ) -> Option<T> {
        contents(lowering, &self.name(0), self.parameters[0]?, read, form)
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
    fn as_plain(&self) -> Option<Amount> {
        let Self::Plain { distribution, is_skew, .. } = self else { return None };
        match distribution {
            Distribution::Constant(span) if !is_skew || *span == Span::ZERO => Some(Amount::from(*span)),
            Distribution::Uniform { min: Span::ZERO, max } if *is_skew && *max > Span::ZERO => Some(Amount::from(*max)),
            _ => None,
        }
    }

    /// Name and parameters that its table has.
    fn parts(&self) -> (&'static str, Vec<(&'static str, Value)>) {
        let span = |span: &Span| -> Value { Arc::new(Amount::from(*span)) };
        let (distribution, file) = match self {
            Self::Plain { distribution, file, .. } => (distribution, file),
            Self::Regions { file, jitter, .. } => {
                return (
                    "regions",
                    vec![("file", Arc::<FileRef>::clone(file)), ("jitter", Arc::<Self>::clone(jitter))],
                );
            }
        };
        match distribution {
            Distribution::Constant(value) => ("constant", vec![("value", span(value))]),
            Distribution::Uniform { min, max } => ("uniform", vec![("min", span(min)), ("max", span(max))]),
            Distribution::Exponential { mean } => ("exponential", vec![("mean", span(mean))]),
            Distribution::LogNormal { p50, p99 } => ("lognormal", vec![("p50", span(p50)), ("p99", span(p99))]),
            Distribution::Pareto { min, alpha } => ("pareto", vec![("min", span(min)), ("alpha", Arc::new(*alpha))]),
            Distribution::Empirical(_) => {
                let file = file.iter().map(|file| ("file", Arc::<FileRef>::clone(file) as Value));
                ("empirical", file.collect())
            }
        }
    }
}

impl Meaning for Law {
    /// Outside its plain form in few letters: `lognormal(40ms, 180ms)`.
    fn axis_value(&self) -> AxisValue {
        if let Some(span) = self.as_plain() {
            return span.axis_value();
        }
        let (name, parts) = self.parts();
        let parts: Vec<_> = parts.iter().map(|(_, value)| value.axis_value().text).collect();
        AxisValue::word(format!("{name}({})", parts.join(", ")))
    }

    fn print(&self, names: FileNames) -> String {
        if let Some(span) = self.as_plain() {
            return span.print(names);
        }
        let (name, parts) = self.parts();
        let parts = parts.iter().map(|(name, value)| format!(", {name} = {}", value.print(names)));
        format!("{{ dist = \"{name}\"{} }}", parts.collect::<String>())
    }

    fn part(&self, name: &str) -> Option<Value> {
        let parts = self.as_plain().is_none().then(|| self.parts().1)?;
        parts.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl FromValue for Distribution {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        match downcast(value) {
            Some(Law::Plain { distribution, .. }) => distribution.clone(),
            _ => Self::constant(Span::ZERO),
        }
    }
}

impl FromValue for Latency {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        match downcast(value) {
            Some(Law::Regions { matrix, jitter, .. }) => {
                Self::Regions { matrix: Arc::clone(matrix), jitter: Distribution::from_value(Some(jitter.as_ref())) }
            }
            _ => Self::Distribution(Distribution::from_value(value)),
        }
    }
}
