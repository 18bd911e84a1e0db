//! Files beside the scenario.

use super::super::files::{FileRef, Files};
use super::prelude::*;
use super::text::text;

/// A file beside the scenario.
#[derive(Debug)]
pub(in super::super) struct File;

impl Kind for File {
    fn about(&self) -> About {
        About::new("file", "path of a file", "\"data/rtt-ibm-cloud-2024-08.csv\"", json!({ "type": "string" }))
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let reference = contents(lowering, key, node, Files::reference, "")?;
        Some(reference)
    }
}

/// Contents of the file that `node` names, as `read` understands them; `form` says how to write such a file.
pub(super) fn contents<T>(
    lowering: &mut Lowering<'_>,
    key: &str,
    node: &Node,
    read: fn(&Files, &str) -> Result<T, String>,
    form: &str,
) -> Option<T> {
    let name = text(lowering, key, node, "the name of a file")?;
    read(lowering.files, &name).map_or_else(
        |problem| {
            let is_read = lowering.files.reference(&name).is_ok();
            let help = if is_read { form } else { "check the name; it is relative to the folder of the scenario" };
            let finding = Diagnostic::new(node.at, format!("cannot use the file `{name}`: {problem}"));
            lowering.report(finding.label("named here").help(help))
        },
        Some,
    )
}

impl Meaning for FileRef {
    fn print(&self, names: FileNames) -> String {
        quote(self.name(names))
    }

    fn axis_value(&self) -> AxisValue {
        AxisValue::word(self.label())
    }
}
