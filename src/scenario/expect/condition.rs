//! `where`: comparisons of a cell's keys, all of which have to hold.

use super::super::AxisValue;
use super::super::diagnostics::Diagnostic;
use super::super::document::{literal, segments};
use super::super::files::Files;
use super::super::lower::Lowering;
use super::super::settings::{Settings, Target};
use super::super::sweep::{Sweep, kind_at};
use super::text::{Part, Text};

/// How a key compares with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Unequal,
    Below,
    AtMost,
    Above,
    AtLeast,
}

/// The longer signs first: `<=` begins with `<`.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::Unequal),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("<", Comparison::Below),
    (">", Comparison::Above),
];

/// One comparison.
#[derive(Debug)]
struct Clause {
    target: Target,
    comparison: Comparison,
    value: AxisValue,
}

/// All comparisons of a `where`; none, and every cell fits.
#[derive(Debug, Default)]
pub(super) struct Condition {
    clauses: Vec<Clause>,
}

impl Condition {
    /// Reads `where`; reports everything that is wrong with it.
    pub fn parse(
        text: &Text<'_>,
        settings: &Settings,
        sweep: Option<&Sweep>,
        files: &Files,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let before = findings.len();
        let mut clauses = Vec::new();
        for part in text.all().split(conjunction) {
            match clause(text, part.trim(), settings, sweep, files) {
                Ok(clause) => clauses.push(clause),
                Err(finding) => findings.push(finding),
            }
        }
        (findings.len() == before).then_some(Self { clauses })
    }

    /// Whether cell `index` of the sweep fits.
    pub fn holds(&self, base: &Settings, sweep: &Sweep, index: u64, files: &Files) -> bool {
        let values = sweep.values(index);
        let mut settings = None;
        self.clauses.iter().all(|clause| {
            let axis = sweep.axes.iter().position(|axis| axis.target == clause.target);
            if let Some(value) = axis.and_then(|axis| values.get(axis)) {
                return clause.fits(value);
            }
            // What is wrong with a cell is reported elsewhere.
            let settings = settings.get_or_insert_with(|| sweep.settings(base, index, files, &mut Vec::new()));
            clause.fits(&settings.groups[clause.target.group].slots[clause.target.slot].value.axis_value())
        })
    }
}

impl Clause {
    /// Whether a cell that has `value` fits. What has no value, or none of this kind, differs from all and is neither above
    /// nor below any.
    fn fits(&self, value: &AxisValue) -> bool {
        let order = value.number.zip(self.value.number).and_then(|(a, b)| a.partial_cmp(&b));
        match self.comparison {
            Comparison::Equal => value.text == self.value.text,
            Comparison::Unequal => value.text != self.value.text,
            Comparison::Below => order.is_some_and(std::cmp::Ordering::is_lt),
            Comparison::AtMost => order.is_some_and(std::cmp::Ordering::is_le),
            Comparison::Above => order.is_some_and(std::cmp::Ordering::is_gt),
            Comparison::AtLeast => order.is_some_and(std::cmp::Ordering::is_ge),
        }
    }
}

/// The length of an `and` between two comparisons.
fn conjunction(rest: &str) -> Option<usize> {
    let word = rest.strip_prefix(char::is_whitespace)?.strip_prefix("and")?;
    word.starts_with(char::is_whitespace).then(|| rest.len() - word.len())
}

fn clause(
    text: &Text<'_>,
    part: Part<'_>,
    settings: &Settings,
    sweep: Option<&Sweep>,
    files: &Files,
) -> Result<Clause, Diagnostic> {
    let end = part.text.find(|c: char| "=!<>".contains(c) || c.is_whitespace()).unwrap_or(part.text.len());
    let (key, rest) = part.split_at(end);
    let rest = rest.trim();
    let found = COMPARISONS.iter().find(|(sign, _)| rest.text.starts_with(sign)).filter(|_| !key.text.is_empty());
    let Some((sign, comparison)) = found else { return Err(malformed(text, part, rest)) };
    let value = rest.split_at(sign.len()).1.trim();
    let loose = ["or", "||", "&&", "not"];
    if value.text.is_empty() || value.text.split_whitespace().any(|word| loose.contains(&word)) {
        return Err(malformed(text, part, value));
    }
    let path: Vec<_> = segments(key.text, text.place(key)).collect();
    let target = settings.target(&path)?;
    check_target(text, key, &target, settings, sweep)?;
    let mut lowering = Lowering::new(files);
    let node = literal(value.text, text.place(value));
    let lowered = lowering.value(kind_at(settings, &target), &target.dotted, &node);
    let Some(lowered) = lowered else {
        // Without a value there is a finding.
        return Err(lowering.findings.into_iter().next().unwrap_or_else(|| malformed(text, part, value)));
    };
    let value = lowered.axis_value();
    let needs_order = !matches!(comparison, Comparison::Equal | Comparison::Unequal);
    if needs_order && value.number.is_none() {
        let message = format!("`{}` has no order", target.dotted);
        let finding = Diagnostic::new(text.place(part), message).label("neither above nor below");
        return Err(finding.help("compare it with `==` or `!=`"));
    }
    Ok(Clause { target, comparison: *comparison, value })
}

/// Refuses what is the same in every cell, and what has no value by itself.
fn check_target(
    text: &Text<'_>,
    key: Part<'_>,
    target: &Target,
    settings: &Settings,
    sweep: Option<&Sweep>,
) -> Result<(), Diagnostic> {
    let place = text.place(key);
    if !settings.groups[target.group].section.sweepable {
        let message = format!("`{}` does not tell cells apart", target.dotted);
        let finding = Diagnostic::new(place, message).label("the same in every cell");
        return Err(finding.help("compare keys that may be swept, such as `network.loss`"));
    }
    // Without a plan nothing is known about its axes.
    let swept = sweep.is_none_or(|sweep| sweep.axes.iter().any(|axis| axis.target == *target));
    if !target.rest.is_empty() && !swept {
        let message = format!("`{}` is a part of a value", target.dotted);
        return Err(Diagnostic::new(place, message).label("not swept").help("compare whole keys, or swept parts"));
    }
    Ok(())
}

fn malformed(text: &Text<'_>, part: Part<'_>, rest: Part<'_>) -> Diagnostic {
    let place = if rest.text.is_empty() { text.place(part) } else { text.place(rest) };
    Diagnostic::new(place, "`expect.where` is not a list of comparisons")
        .label("not a key, a comparison and a value")
        .help("write for example `network.loss <= 0.1 and aggregator.rule_set == \"attested\"`; there is no `or`")
}
