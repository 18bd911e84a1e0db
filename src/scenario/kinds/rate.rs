//! The name of a rate that is a share of equally many rows in every replicate.

use super::super::metric::Metric;
use super::prelude::*;
use super::text::text;

#[derive(Debug)]
pub(in super::super) struct Rate;

fn rates() -> impl Iterator<Item = Metric> + Clone {
    Metric::ALL.iter().copied().filter(|metric| metric.has_equal_rows() && !metric.is_of_strata())
}

impl Kind for Rate {
    fn about(&self) -> About {
        let names: Vec<&str> = rates().map(Metric::name).collect();
        About::new("rate", "name of a rate", "\"served\"", json!({ "enum": names }))
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let text = text(lowering, key, node, "the name of a rate")?;
        if let Some(metric) = rates().find(|metric| metric.name() == text) {
            return Some(Arc::new(metric));
        }
        let is_other = Metric::ALL.iter().any(|metric| metric.name() == text);
        let label = if is_other { "no share of equally many rows in every replicate" } else { "not known here" };
        let finding = Diagnostic::new(node.at, format!("`{key}` must be the name of a rate")).label(label);
        let names = rates().map(Metric::name);
        let help = if is_other { format!("use one of {}", list(names)) } else { did_you_mean(&text, names) };
        lowering.report(finding.help(help))
    }
}

impl Meaning for Metric {
    fn axis_value(&self) -> AxisValue {
        AxisValue::word(self.name())
    }
}

impl FromValue for Metric {
    fn from_value(value: Option<&dyn Meaning>) -> Self {
        downcast(value).copied().unwrap_or(Self::Accepted)
    }
}
