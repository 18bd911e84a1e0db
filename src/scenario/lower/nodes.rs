//! Lists: names of regions, and selectors of nodes such as `capability.0-4`.

use super::super::diagnostics::Diagnostic;
use super::super::document::{Node, Raw};
use super::super::value::{Selector, Side};
use super::Lowering;

impl Lowering<'_> {
    pub(super) fn names(&mut self, key: &str, node: &Node) -> Option<Vec<String>> {
        let Raw::Array(items) = &node.raw else { return self.no_array(key, node, "an array of strings") };
        let names: Vec<_> = items.iter().map(|item| self.text(key, item, "an array of strings")).collect();
        names.into_iter().collect()
    }

    pub(super) fn nodes(&mut self, key: &str, node: &Node) -> Option<Vec<Selector>> {
        let Raw::Array(items) = &node.raw else { return self.no_array(key, node, "an array of node selectors") };
        if items.is_empty() {
            let finding = Diagnostic::new(node.at, format!("`{key}` selects no node")).label("an empty array");
            return self.report(finding.help("write for example [\"workflow\", \"capability.0-4\"]"));
        }
        let selectors: Vec<_> = items.iter().map(|item| self.selector(key, item)).collect();
        selectors.into_iter().collect()
    }

    fn no_array<T>(&mut self, key: &str, node: &Node, expected: &str) -> Option<T> {
        match &node.raw {
            Raw::Text(text) => self.wrong_value(key, node, expected, format!("put it into brackets: [{text:?}]")),
            _ => self.wrong_type(key, node, expected),
        }
    }

    fn selector(&mut self, key: &str, node: &Node) -> Option<Selector> {
        let text = self.text(key, node, "an array of node selectors")?;
        if let Some(selector) = parse_selector(&text) {
            return Some(selector);
        }
        self.report(
            Diagnostic::new(node.at, format!("`{key}` holds an unknown node selector"))
                .label("selects nothing")
                .help("write \"workflow\" or \"capability\" for all nodes, \"workflow.2\" for one, \"capability.0-4\" for five"),
        )
    }
}

fn parse_selector(text: &str) -> Option<Selector> {
    let (side, rest) = text.split_once('.').map_or((text, None), |(side, rest)| (side, Some(rest)));
    let side = [Side::Workflow, Side::Capability].into_iter().find(|known| known.name() == side)?;
    let range = match rest {
        None => None,
        Some(rest) => {
            let (first, last) = rest.split_once('-').unwrap_or((rest, rest));
            let (first, last) = (index(first)?, index(last)?);
            Some((first, last)).filter(|_| first <= last).map(Some)?
        }
    };
    Some(Selector { side, range })
}

fn index(text: &str) -> Option<u32> {
    // `parse` alone would take a sign.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors() {
        let parsed = |text| parse_selector(text).map(|selector| (selector.side, selector.range));
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
