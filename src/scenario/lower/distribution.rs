//! Distributions: a plain duration, or a table that names one with `dist`.

use super::super::diagnostics::{Diagnostic, did_you_mean, list};
use super::super::document::{Node, Raw};
use super::super::schema::{DISTRIBUTIONS, REGIONS};
use super::super::value::Law;
use super::Lowering;
use crate::engine::{Distribution, DistributionError, Span};

impl Lowering<'_> {
    /// A distribution.
    pub(super) fn law(&mut self, key: &str, node: &Node) -> Option<Law> {
        match &node.raw {
            Raw::Text(text) if text == "round" && key == "capability_don.ocr" => self.report(
                Diagnostic::new(node.at, "OCR rounds are not simulated message by message in this version")
                    .label("not yet available")
                    .help("give the time that OCR takes as a distribution, for example \"1.5s\""),
            ),
            Raw::Table(_) => self.law_table(key, node, false),
            _ => self.duration(key, node, false).map(|span| Law::plain(Distribution::constant(span))),
        }
    }

    /// A distribution, where a plain duration is the most that a uniform one can be.
    pub(super) fn skew(&mut self, key: &str, node: &Node) -> Option<Law> {
        if matches!(node.raw, Raw::Table(_)) {
            return self.law_table(key, node, false);
        }
        let max = self.duration(key, node, false)?;
        Some(Law::plain(match max {
            Span::ZERO => Distribution::constant(max),
            max => Distribution::Uniform { min: Span::ZERO, max },
        }))
    }

    /// A distribution or a region matrix.
    pub(super) fn latency(&mut self, key: &str, node: &Node) -> Option<Law> {
        if matches!(node.raw, Raw::Table(_)) { self.law_table(key, node, true) } else { self.law(key, node) }
    }

    fn law_table(&mut self, key: &str, node: &Node, regions: bool) -> Option<Law> {
        let Raw::Table(entries) = &node.raw else { return None };
        let known = DISTRIBUTIONS.iter().chain(regions.then_some(&REGIONS));
        let names = known.clone().map(|(name, _)| *name);
        let Some(dist) = node.get("dist") else {
            let finding = Diagnostic::new(node.at, format!("`{key}` lacks `dist`")).label("which distribution?");
            return self.report(finding.help(format!("one of {}", list(names))));
        };
        let name = self.text(&format!("{key}.dist"), dist, "the name of a distribution")?;
        let Some((name, expected)) = known.clone().find(|(known, _)| *known == name) else {
            let finding = Diagnostic::new(dist.at, format!("unknown distribution `{name}` in `{key}`"));
            let help = match name.as_str() {
                "regions" => format!("only latencies come from regions; here there are {}", list(names)),
                _ => did_you_mean(&name, names),
            };
            return self.report(finding.label("not known here").help(help));
        };
        let entries: Vec<_> = entries.iter().filter(|entry| entry.key != "dist").collect();
        let parameters = self.parameters(key, node, &entries, expected)?;
        match (*name, parameters.as_slice()) {
            ("regions", [Some(file), jitter]) => self.regions(key, file, *jitter),
            ("empirical", [Some(file)]) => self.empirical(key, file),
            ("pareto", [Some(min), Some(alpha)]) => {
                let min = self.parameter(key, "min", min);
                let alpha = self.exponent(&format!("{key}.alpha"), alpha);
                self.checked(key, node, Distribution::pareto(min?, alpha?), String::new())
            }
            (name, [Some(first), second]) => {
                let first = self.parameter(key, expected[0].0, first);
                let second = second.map(|second| self.parameter(key, expected[1].0, second));
                self.two_spans(key, node, name, first?, second.unwrap_or(first)?)
            }
            (name, [Some(only)]) => {
                let only = self.parameter(key, expected[0].0, only)?;
                self.two_spans(key, node, name, only, only)
            }
            _ => None,
        }
    }

    fn two_spans(&mut self, key: &str, node: &Node, name: &str, first: Span, second: Span) -> Option<Law> {
        let label = match name {
            "uniform" => format!("min = {first}, max = {second}"),
            _ => format!("p50 = {first}, p99 = {second}"),
        };
        let distribution = match name {
            "uniform" => Distribution::uniform(first, second),
            "lognormal" => Distribution::lognormal(first, second),
            "exponential" => Ok(Distribution::Exponential { mean: first }),
            _ => Ok(Distribution::constant(first)),
        };
        self.checked(key, node, distribution, label)
    }

    fn parameter(&mut self, key: &str, name: &str, node: &Node) -> Option<Span> {
        self.duration(&format!("{key}.{name}"), node, false)
    }

    fn checked(
        &mut self,
        key: &str,
        node: &Node,
        made: Result<Distribution, DistributionError>,
        label: String,
    ) -> Option<Law> {
        match made {
            Ok(distribution) => Some(Law::plain(distribution)),
            Err(error) => {
                let help = match error {
                    DistributionError::MinAboveMax => "`max` is the larger of the two, or they are equal",
                    DistributionError::TailBelowMedian => "`p99` is the larger of the two, or they are equal",
                    DistributionError::ZeroMedian => "write a median above zero, such as \"1ms\"",
                    DistributionError::BadExponent => "write a positive number, such as 1.5",
                    DistributionError::NoValues => "write one duration a line",
                };
                let finding = Diagnostic::new(node.at, format!("`{key}` is no distribution: {error}"));
                self.report(finding.label(label).help(help))
            }
        }
    }

    fn empirical(&mut self, key: &str, file: &Node) -> Option<Law> {
        let name = self.text(&format!("{key}.file"), file, "the name of a file")?;
        match self.files.distribution(&name) {
            Ok((distribution, file)) => Some(Law::Plain { distribution, file: Some(file) }),
            Err(problem) => self.bad_file(
                file,
                &name,
                &problem,
                "write one duration a line, such as 12.5ms, or numbers below a first line such as latency_ms",
            ),
        }
    }

    fn regions(&mut self, key: &str, file: &Node, jitter: Option<&Node>) -> Option<Law> {
        let jitter = match jitter {
            Some(node) => self.law(&format!("{key}.jitter"), node),
            None => Some(Law::plain(Distribution::constant(Span::ZERO))),
        };
        let name = self.text(&format!("{key}.file"), file, "the name of a file")?;
        match self.files.matrix(&name) {
            Ok((matrix, file)) => Some(Law::Regions { matrix, file, jitter: Box::new(jitter?) }),
            Err(problem) => self.bad_file(
                file,
                &name,
                &problem,
                "write a first line `from,a,b` with the regions, and a line `a,2,80` with round trips in ms for each",
            ),
        }
    }
}
