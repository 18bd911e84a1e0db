//! Files beside the scenario.

use super::super::files::Loaded;
use super::prelude::*;
use super::text::text;

/// A file beside the scenario.
#[derive(Debug)]
pub(in super::super) struct File {
    /// How to write such a file.
    form: &'static str,
    /// Why its contents are not what is wanted.
    problem: fn(&Loaded) -> Option<&String>,
}

/// A file with anything in it.
pub(in super::super) const FILE: File = File { form: "", problem: |_| None };

/// Observed durations.
pub(super) const TRACE: File = File {
    form: "write one duration a line, such as 12.5ms, or numbers below a first line such as latency_ms",
    problem: |file| file.distribution.as_ref().err(),
};

/// A region matrix.
pub(super) const MATRIX: File = File {
    form: "write a first line `from,a,b` with the regions, and a line `a,2,80` with round trips in ms for each",
    problem: |file| file.matrix.as_ref().err(),
};

impl Kind for File {
    fn about(&self) -> About {
        About::new("file", "path of a file", "\"data/rtt-ibm-cloud-2024-08.csv\"", json!({ "type": "string" }))
    }

    fn read(&self, lowering: &mut Lowering<'_>, key: &str, node: &Node) -> Option<Value> {
        let name = text(lowering, key, node, "the name of a file")?;
        let (problem, help) = match lowering.files.get(&name) {
            Err(problem) => (problem, "check the name; it is relative to the folder of the scenario"),
            Ok(file) => match (self.problem)(&file) {
                Some(problem) => (problem.clone(), self.form),
                None => return Some(file),
            },
        };
        let finding = Diagnostic::new(node.at, format!("cannot use the file `{name}`: {problem}"));
        lowering.report(finding.label("named here").help(help))
    }
}

impl Meaning for Loaded {
    fn print(&self, names: FileNames) -> String {
        quote(self.name(names))
    }

    fn axis_value(&self) -> AxisValue {
        AxisValue::word(self.label())
    }
}
