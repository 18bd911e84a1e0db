//! Arrays: names of regions, and selectors of nodes such as `capability.0-4`.

use super::prelude::*;
use super::text::text;
use crate::sim::Side;
use std::fmt::{self, Debug, Display};

#[derive(Debug)]
pub(in super::super) struct Names;

#[derive(Debug)]
pub(in super::super) struct Nodes;

/// Some nodes of one DON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Selector {
    pub side: Side,
    /// First and last index; all nodes when absent.
    pub range: Option<(u32, u32)>,
}

const SIDES: [(&str, Side); 2] = [("workflow", Side::Workflow), ("capability", Side::Capability)];

impl Selector {
    /// The word for its DON.
    pub fn side_name(&self) -> &'static str {
        SIDES.iter().find(|(_, side)| *side == self.side).map_or("", |(name, _)| name)
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
        let (_, side) = SIDES.into_iter().find(|(name, _)| *name == side)?;
        let Some(rest) = rest else { return Some(Self { side, range: None }) };
        let (first, last) = rest.split_once('-').unwrap_or((rest, rest));
        // `parse` alone would take a sign.
        let index = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?;
        let range: (u32, u32) = (index(first)?, index(last)?);
        (range.0 <= range.1).then_some(Self { side, range: Some(range) })
    }
}

impl Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = self.side_name();
        match self.range {
            None => f.write_str(side),
            Some((first, last)) if first == last => write!(f, "{side}.{first}"),
            Some((first, last)) => write!(f, "{side}.{first}-{last}"),
        }
    }
}

impl<T: Debug + Display + Send + Sync + 'static> Meaning for Vec<T> {
    fn print(&self, _: FileNames) -> String {
        format!("[{}]", self.iter().map(|item| quote(&item.to_string())).collect::<Vec<_>>().join(", "))
    }

    fn axis_value(&self) -> AxisValue {
        AxisValue::word(self.iter().map(T::to_string).collect::<Vec<_>>().join(" "))
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
