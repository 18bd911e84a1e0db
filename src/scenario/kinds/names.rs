//! Arrays: names of regions, and selectors of nodes such as `capability.0-4`.

use super::prelude::*;
use super::text::text;

/// Names of regions.
#[derive(Debug)]
pub(in super::super) struct Names;

/// Node selectors.
#[derive(Debug)]
pub(in super::super) struct Nodes;

/// Some nodes of one DON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Selector {
    pub side: Side,
    /// First and last index; all nodes when absent.
    pub range: Option<(u32, u32)>,
}

/// One of the DONs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Side {
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

impl Kind for Names {
    fn about(&self) -> About {
        let schema = json!({ "type": "array", "items": { "type": "string" } });
        About::new("names", "array of names", "[\"frankfurt\", \"tokyo\"]", schema)
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        const EXPECTED: &str = "an array of strings";
        let items = items(lowering, key, node, EXPECTED)?;
        let names: Vec<_> = items.iter().map(|item| text(lowering, key, item, EXPECTED)).collect();
        Some(Arc::new(names.into_iter().collect::<Option<Vec<_>>>()?))
    }
}

impl Kind for Nodes {
    fn about(&self) -> About {
        let schema = json!({ "type": "array", "minItems": 1, "items": {
            "type": "string",
            "pattern": "^(workflow|capability)(\\.[0-9]+(-[0-9]+)?)?$",
            "description": "All nodes of a DON, one (`workflow.2`) or a row of them (`capability.0-4`).",
        } });
        About::new("nodes", "array of node selectors", "[\"workflow\", \"capability.0-4\"]", schema)
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let items = items(lowering, key, node, "an array of node selectors")?;
        if items.is_empty() {
            let finding = Diagnostic::new(node.at, format!("`{key}` selects no node")).label("an empty array");
            return lowering.report(finding.help("write for example [\"workflow\", \"capability.0-4\"]"));
        }
        let selectors: Vec<_> = items.iter().map(|item| selector(lowering, key, item)).collect();
        Some(Arc::new(selectors.into_iter().collect::<Option<Vec<_>>>()?))
    }
}

fn items<'n>(lowering: &mut Lowering<'_>, key: &str, node: &'n Node, expected: &str) -> Option<&'n [Node]> {
    match &node.raw {
        Raw::Array(items) => Some(items),
        Raw::Text(text) => lowering.wrong_value(key, node, expected, format!("put it into brackets: [{text:?}]")),
        _ => lowering.wrong_type(key, node, expected),
    }
}

fn selector(lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Selector> {
    let text = text(lowering, key, node, "an array of node selectors")?;
    Selector::parse(&text).or_else(|| {
        lowering.report(
            Diagnostic::new(node.at, format!("`{key}` holds an unknown node selector"))
                .label("selects nothing")
                .help("write \"workflow\" or \"capability\" for all nodes, \"workflow.2\" for one, \"capability.0-4\" for five"),
        )
    })
}

impl Selector {
    fn parse(text: &str) -> Option<Self> {
        let (side, rest) = text.split_once('.').map_or((text, None), |(side, rest)| (side, Some(rest)));
        let side = [Side::Workflow, Side::Capability].into_iter().find(|known| known.name() == side)?;
        let Some(rest) = rest else { return Some(Self { side, range: None }) };
        let (first, last) = rest.split_once('-').unwrap_or((rest, rest));
        // `parse` alone would take a sign.
        let index = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
        let range: (u32, u32) = (index(first)?, index(last)?);
        (range.0 <= range.1).then_some(Self { side, range: Some(range) })
    }

    fn print(&self) -> String {
        let side = self.side.name();
        match self.range {
            None => side.into(),
            Some((first, last)) if first == last => format!("{side}.{first}"),
            Some((first, last)) => format!("{side}.{first}-{last}"),
        }
    }
}

fn array(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.map(|item| quote(&item)).collect::<Vec<_>>().join(", "))
}

impl Meaning for Vec<String> {
    fn print(&self, _: FileNames) -> String {
        array(self.iter().cloned())
    }

    fn axis_value(&self) -> AxisValue {
        AxisValue::word(self.join(" "))
    }
}

impl Meaning for Vec<Selector> {
    fn print(&self, _: FileNames) -> String {
        array(self.iter().map(Selector::print))
    }

    fn axis_value(&self) -> AxisValue {
        AxisValue::word(self.iter().map(Selector::print).collect::<Vec<_>>().join(" "))
    }
}

from_value!(Vec<String>, Vec<Selector>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors() {
        let parsed = |text| Selector::parse(text).map(|selector| (selector.side, selector.range));
        assert_eq!(parsed("workflow"), Some((Side::Workflow, None)));
        assert_eq!(parsed("capability.0-4"), Some((Side::Capability, Some((0, 4)))));
        assert_eq!(parsed("workflow.2"), Some((Side::Workflow, Some((2, 2)))));
        for text in
            ["", "nodes", "workflow.", "workflow.4-2", "workflow.+1", "workflow.1-2-3", "capability.99999999999"]
        {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
