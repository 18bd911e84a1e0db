//! `donsim faults`: what may go wrong in a scenario?

use std::fmt::Write as _;

use crate::scenario::{FaultDescription, Key, Preset, common_fault_keys, fault_catalogue};
use crate::sim::Side;

use super::{exit, print};

/// Where the meaning of a key or a fault begins.
const COLUMN: usize = 44;

pub(super) fn execute() -> u8 {
    let (callees, callers): (Vec<_>, Vec<_>) =
        fault_catalogue().iter().partition(|fault| fault.side == Side::Capability);
    let text = [
        section("capability nodes", "workflow nodes", common_fault_keys(Side::Capability), &callees),
        section("workflow nodes", "capability nodes", common_fault_keys(Side::Workflow), &callers),
    ];
    print(text.join("\n"));
    exit::PASS
}

fn section(who: &str, audience: &str, common: &[Key], faults: &[&FaultDescription]) -> String {
    let mut out = format!(
        "Faults of {who}, in what they do to {audience}. Each is a table [[faults.<name>]] with these keys:\n\n"
    );
    out.extend(common.iter().map(key));
    out.push_str("\nand those of its own:\n\n");
    for fault in faults {
        line(&mut out, 2, fault.name, fault.meaning);
        out.extend(fault.own.iter().map(key));
        let lacks = fault.lacks();
        if !lacks.is_empty() {
            line(&mut out, 6, "", lacks.trim_start());
        }
    }
    out
}

fn key(key: &Key) -> String {
    let (head, rest) = match key.preset {
        Preset::Required => (format!("{} (required)", key.name), String::new()),
        Preset::Value(value) => (format!("{} = {value}", key.name), String::new()),
        Preset::Derived(words, _) | Preset::Open(words) => (key.name.to_owned(), format!(" When absent: {words}.")),
    };
    let mut out = String::new();
    line(&mut out, 6, &head, &format!("{}{rest}", key.meaning));
    out
}

/// A name and what it means; the meaning on a line of its own below a long name.
fn line(out: &mut String, indent: usize, name: &str, meaning: &str) {
    let head = format!("{:indent$}{name}", "");
    // Writing to a string cannot fail.
    let _ = if head.len() < COLUMN {
        writeln!(out, "{head:COLUMN$}{meaning}")
    } else {
        writeln!(out, "{head}\n{:COLUMN$}{meaning}", "")
    };
}
